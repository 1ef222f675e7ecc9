// Which module folder may use which: the table in agent-firmware/README.md, held against what the compiler binds.
// The namespace is flat, so a using directive shows nothing; a type belongs to the folder of the file that declares it.
// What a folder may see, it may see downwards: the rows of those that it names count as well.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace EsyncTests.Tidy;

/// <summary>The order of folders.</summary>
internal sealed class FolderOrder
{
    private const string Everything = "everything";

    private readonly Dictionary<string, string[]> _maySee;

    private FolderOrder(Dictionary<string, string[]> maySee) => _maySee = maySee;

    /// <summary>Folders of the table, in its order.</summary>
    public IEnumerable<string> Folders => _maySee.Keys;

    /// <summary>Reads the table whose header is `| folder | … | may see |` from a page.</summary>
    public static FolderOrder Parse(string page)
    {
        var rows = new Dictionary<string, string[]>();
        IEnumerable<string> table = page.Split('\n').SkipWhile(l => !(l.StartsWith("| folder |", StringComparison.Ordinal) && l.Contains("| may see |", StringComparison.Ordinal))).Skip(2);
        foreach (string line in table.TakeWhile(l => l.StartsWith('|')))
        {
            string[] cells = [.. line.Trim('|').Split('|').Select(c => c.Trim())];
            string[] seen = [.. cells[^1].Split(',').Select(c => c.Trim(' ', '`')).Where(c => c.Length > 0 && c != "–")];
            rows.Add(cells[0].Trim('`'), seen);
        }

        return rows.Count > 0 ? new FolderOrder(rows) : throw new FormatException("The page has no table `| folder | … | may see |`.");
    }

    /// <summary>True when a file of one folder may use a type of the other.</summary>
    public bool MaySee(string from, string to) => from == to || Below(from).Contains(to) || Below(from).Contains(Everything);

    /// <summary>Folders that would see themselves, through one another.</summary>
    public IEnumerable<string> Circles() => Folders.Where(f => Below(f).Contains(f));

    /// <summary>One line for each use that the table forbids.</summary>
    /// <param name="compilation">The sources.</param>
    /// <param name="folderOf">Folder of a file.</param>
    public IEnumerable<string> Find(Compilation compilation, Func<string, string> folderOf)
    {
        foreach (SyntaxTree tree in compilation.SyntaxTrees)
        {
            string folder = folderOf(tree.FilePath);
            SemanticModel model = compilation.GetSemanticModel(tree);
            foreach (SimpleNameSyntax name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
            {
                ISymbol? symbol = model.GetSymbolInfo(name).Symbol;
                INamedTypeSymbol? type = symbol as INamedTypeSymbol ?? symbol?.ContainingType;
                bool isOurs = SymbolEqualityComparer.Default.Equals(type?.ContainingAssembly, compilation.Assembly);
                string? other = isOurs && type!.DeclaringSyntaxReferences.FirstOrDefault() is { } declared ? folderOf(declared.SyntaxTree.FilePath) : null;
                if (other is not null && !MaySee(folder, other))
                {
                    yield return $"{tree.FilePath}({Line(name)}): {folder} uses {type!.Name} of {other}, which it may not see";
                }
            }
        }
    }

    private HashSet<string> Below(string folder)
    {
        var below = new HashSet<string>();
        var open = new Stack<string>([folder]);
        while (open.TryPop(out string? next))
        {
            foreach (string seen in _maySee.GetValueOrDefault(next, []).Where(below.Add))
            {
                open.Push(seen);
            }
        }

        return below;
    }

    private static int Line(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
}
