// Names between DBC and VSS: C identifiers with underscores on one side, dots and capitals on the other.
// Tests: tests/host-sim/Signals/DbcNamesTests.cs.
using System.Text;

namespace EsyncSim.Signals;

/// <summary>Makes names.</summary>
internal static class DbcNames
{
    /// <summary>Characters that a name of a DBC file may have for all tools to take it.</summary>
    public const int LengthMax = 32;

    /// <summary>A name of VSS form: ENGINE_speed-1 becomes EngineSpeed1; what has no letter or digit becomes <paramref name="otherwise"/>.</summary>
    public static string ToVss(string name, string otherwise)
    {
        var made = new StringBuilder();
        foreach (string word in Words(name))
        {
            bool isShouted = word.Length > 1 && !word.Any(char.IsAsciiLetterLower);
            made.Append(char.ToUpperInvariant(word[0])).Append(isShouted ? word[1..].ToLowerInvariant() : word[1..]);
        }

        return made.Length == 0 ? otherwise : char.IsAsciiDigit(made[0]) ? $"N{made}" : made.ToString();
    }

    /// <summary>The last names of a path as a C identifier that is not among those that are taken, and takes it.</summary>
    public static string ToDbc(string path, HashSet<string> taken)
    {
        string[] names = path.Split('.');
        for (int count = 1; count <= names.Length; count++)
        {
            string name = string.Join('_', names[^count..]);
            if (name.Length <= LengthMax && taken.Add(name))
            {
                return name;
            }
        }

        return Numbered(names[^1], taken);
    }

    /// <summary>A name, or with a number behind it, that is not among those that are taken, and takes it.</summary>
    public static string Numbered(string name, HashSet<string> taken)
    {
        name = name.Length <= LengthMax ? name : name[..LengthMax];
        for (int number = 2; !taken.Add(name); number++)
        {
            string end = $"_{number}";
            string stem = name.LastIndexOf('_') is var at and > 0 && number > 2 ? name[..at] : name;
            name = (stem.Length + end.Length <= LengthMax ? stem : stem[..(LengthMax - end.Length)]) + end;
        }

        return name;
    }

    private static IEnumerable<string> Words(string name)
    {
        int start = -1;
        for (int i = 0; i <= name.Length; i++)
        {
            bool isPart = i < name.Length && char.IsAsciiLetterOrDigit(name[i]);
            if (isPart && start < 0)
            {
                start = i;
            }
            else if (!isPart && start >= 0)
            {
                yield return name[start..i];
                start = -1;
            }
        }
    }
}
