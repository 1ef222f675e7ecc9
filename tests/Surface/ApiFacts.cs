// Reads tests/Surface/*.api and turns the facts into C# that the compiler takes for the target's base library.
// What is not a fact does not exist there: a class without a constructor in the facts cannot be made or derived from.
using System.Text;
using System.Text.RegularExpressions;

namespace EsyncTests.Surface;

/// <summary>The facts of one assembly.</summary>
internal sealed partial class ApiFacts
{
    private static readonly Dictionary<string, string> EnumBases = new()
    {
        ["System.Byte"] = "byte",
        ["System.SByte"] = "sbyte",
        ["System.Int16"] = "short",
        ["System.UInt16"] = "ushort",
        ["System.Int32"] = "int",
        ["System.UInt32"] = "uint",
        ["System.Int64"] = "long",
        ["System.UInt64"] = "ulong",
    };

    // How often an attribute may stand is not part of the notation; the full listing is asked for that.
    private const string AttributeUsage = "[global::System.AttributeUsage((global::System.AttributeTargets)32767, AllowMultiple = true)] ";

    private ApiFacts(string assembly, IReadOnlyList<string> lines)
    {
        Assembly = assembly;
        Lines = lines;
    }

    /// <summary>Name of the assembly, which is the file's name.</summary>
    public string Assembly { get; }

    /// <summary>The facts, without comments.</summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>Repository path of an assembly's facts.</summary>
    public static string FileOf(string assembly) => $"tests/Surface/{assembly}.api";

    public static ApiFacts Load(string assembly) => Parse(assembly, Repository.Read(FileOf(assembly)));

    public static ApiFacts Parse(string assembly, string text) =>
        new(assembly, [.. text.Split('\n').Select(l => l.TrimEnd()).Where(l => l.Length > 0 && l[0] != '#')]);

    /// <summary>C# source of a reference assembly with these facts.</summary>
    public string ToCSharp()
    {
        var source = new StringBuilder();
        foreach (IGrouping<string, string> type in Lines.Distinct().GroupBy(TypeOf))
        {
            int dot = type.Key.LastIndexOf('.');
            source.AppendLine($"namespace {type.Key[..dot]} {{ {Type(type.Key[(dot + 1)..], [.. type])} }}");
        }

        return source.ToString();
    }

    private static string TypeOf(string line) => line[..line.IndexOf(' ', StringComparison.Ordinal)];

    private static string Type(string name, IReadOnlyList<string> lines)
    {
        string kind = Bodies(lines, " = ").FirstOrDefault() ?? throw new FormatException($"No line says what {TypeOf(lines[0])} is: {lines[0]}");
        if (DelegateForm().Match(kind) is { Success: true } form)
        {
            return $"public delegate {Global(form.Groups["type"].Value)} {name}({Parameters(form.Groups["parameters"].Value)});";
        }

        var members = Bodies(lines, " . ").ToList();
        if (kind.StartsWith("enum ", StringComparison.Ordinal))
        {
            return $"public enum {name} : {EnumBases[kind[5..]]} {{ {string.Join(", ", members)} }}";
        }

        string bases = string.Join(", ", Bodies(lines, " < ").Select(Global));
        bool isClosed = kind.EndsWith("class", StringComparison.Ordinal) && !kind.StartsWith("static", StringComparison.Ordinal) && !members.Exists(m => m.Contains("new(", StringComparison.Ordinal));
        return $"{(bases.EndsWith(".Attribute", StringComparison.Ordinal) ? AttributeUsage : "")}public {kind} {name}{(bases.Length > 0 ? " : " + bases : "")} {{ {(isClosed ? $"internal {name}() {{ }} " : "")}"
            + string.Join(' ', members.Select(m => Member(name, m, isInterface: kind == "interface"))) + " }";
    }

    private static IEnumerable<string> Bodies(IEnumerable<string> lines, string separator) =>
        lines.Where(l => l.AsSpan(TypeOf(l).Length).StartsWith(separator)).Select(l => l[(TypeOf(l).Length + separator.Length)..]);

    private static string Member(string type, string fact, bool isInterface)
    {
        Match m = MemberForm().Match(fact);
        if (!m.Success)
        {
            throw new FormatException($"This fact about {type} has no known form: {fact}");
        }

        string modifiers = m.Groups["modifiers"].Value, name = m.Groups["name"].Value;
        string prefix = (isInterface || modifiers.Contains("protected ", StringComparison.Ordinal) ? "" : "public ") + modifiers;
        string body = isInterface || modifiers.Contains("abstract ", StringComparison.Ordinal) ? ";" : " { throw null; }";
        if (name == "new")
        {
            return $"{prefix}{type}({Parameters(m.Groups["parameters"].Value)}){body}";
        }

        string result = Global(m.Groups["type"].Value);
        if (m.Groups["parameters"].Success)
        {
            bool isConversion = name is "implicit operator" or "explicit operator";
            return $"{prefix}{(isConversion ? $"{name} {result}" : $"{result} {name}")}({Parameters(m.Groups["parameters"].Value)}){body}";
        }

        if (m.Groups["accessors"].Success)
        {
            string accessors = string.Concat(m.Groups["accessors"].Value.Split(' ').Select(a => $" {a}{body}"));
            string index = m.Groups["index"].Success ? $"[{Parameters(m.Groups["index"].Value)}]" : "";
            return $"{prefix}{result} {name}{index} {{{accessors} }}";
        }

        return $"{prefix}{result} {name}{(m.Groups["value"].Success ? " = " + m.Groups["value"].Value : "")};";
    }

    private static string Parameters(string text) =>
        string.Join(", ", text.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(p =>
        {
            Match m = ParameterForm().Match(p);
            return $"{m.Groups["kind"].Value}{Global(m.Groups["type"].Value)} @{m.Groups["name"].Value}{m.Groups["value"].Value}";
        }));

    private static string Global(string type) => type == "System.Void" ? "void" : "global::" + type;

    [GeneratedRegex(@"^delegate \((?<parameters>.*)\) -> (?<type>\S+)$")]
    private static partial Regex DelegateForm();

    [GeneratedRegex(@"^(?<modifiers>(?:(?:protected|static|abstract|override|virtual|readonly|const|event) )*)(?:(?<name>this)\[(?<index>[^\]]*)\]|(?<name>operator \S+?|implicit operator|explicit operator|\w+))(?:\((?<parameters>.*?)\))?(?: \{(?<accessors>[a-z ]+)\})?(?: -> (?<type>\S+))?(?: = (?<value>.+))?$")]
    private static partial Regex MemberForm();

    [GeneratedRegex(@"^(?<kind>(?:out|ref|in|params) )?(?<type>\S+) (?<name>\w+)(?<value> = .+)?$")]
    private static partial Regex ParameterForm();
}
