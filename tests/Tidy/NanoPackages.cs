// The one set of nanoFramework packages: the table in boards/README.md, which says of each its version, the files of its lib
// folder that a project refers to, and the packages that it needs. Projects are held against it by NanoProjectRules.
namespace EsyncTests.Tidy;

/// <summary>A row of the table.</summary>
internal sealed record NanoPackage(string Id, string Version, IReadOnlyList<string> Files, IReadOnlyList<string> Needs);

/// <summary>The table.</summary>
internal sealed class NanoPackages
{
    private const string Header = "| package | version | lib | needs |";

    private readonly Dictionary<string, NanoPackage> _rows;

    private NanoPackages(Dictionary<string, NanoPackage> rows) => _rows = rows;

    /// <summary>Rows, in the table's order.</summary>
    public IEnumerable<NanoPackage> Rows => _rows.Values;

    public static NanoPackages Parse(string page)
    {
        var rows = new Dictionary<string, NanoPackage>();
        foreach (string line in page.Split('\n').SkipWhile(l => l != Header).Skip(2).TakeWhile(l => l.StartsWith('|')))
        {
            string[] cells = [.. line.Trim('|').Split('|').Select(c => c.Trim())];
            rows.Add(cells[0], new NanoPackage(cells[0], cells[1], List(cells[2]), List(cells[3])));
        }

        return rows.Count > 0 ? new NanoPackages(rows) : throw new FormatException($"The page has no table {Header}");
    }

    /// <summary>The package of that name; null when there is none.</summary>
    public NanoPackage? Find(string id) => _rows.GetValueOrDefault(id);

    /// <summary>The package that an assembly comes from; null when none has it.</summary>
    public NanoPackage? OfAssembly(string assembly) => Rows.FirstOrDefault(p => p.Files.Any(f => Path.GetFileNameWithoutExtension(f) == assembly));

    /// <summary>Packages with all that they need, directly or not, in order.</summary>
    public IReadOnlyList<string> Closure(IEnumerable<string> ids)
    {
        var all = new SortedSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(ids);
        while (open.TryPop(out string? id))
        {
            foreach (string need in all.Add(id) ? Find(id)?.Needs ?? [] : [])
            {
                open.Push(need);
            }
        }

        return [.. all];
    }

    private static string[] List(string cell) => [.. cell.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(c => c != "–")];
}
