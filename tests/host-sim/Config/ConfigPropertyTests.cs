// nf.config in general: however some lines of a good file are changed, it is a configuration, or one error of the user's that
// names every problem with file and line; no other exception, and never both.
using EsyncSim;
using EsyncSim.Config;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EsyncTests.HostSim.Config;

public sealed class ConfigPropertyTests : IDisposable
{
    private static readonly string[] GoodLines = ConfigBench.Good.Split('\n');

    // What takes the place of a value, or is put anywhere in a line.
    private static readonly string[] Pieces =
    [
        "0", "1", "-1", "0x7FF", "0x18DA98F1", "4 KiB", "999999 MiB", "1e9", "99999999999999999999", "true", "~", "", " ", "\t", "  ", ":", ": ", "- ", "[", "]", "{", "}", "[]", "{}", "{ a: 1 }", "[author, author]",
        "&a x", "*a", "!!int 1", "|", ">", "\"", "'", "\"a\\nb\"", "%YAML 1.2", "---", "...", "? ", "<<: x", "#", "\u2028", "\0", "bench", "main", "other", "motor", "é",
    ];

    private static readonly Gen<Change> AnyChange =
        from kind in Gen.Choose(0, 9)
        from line in Gen.Choose(0, GoodLines.Length - 1)
        from other in Gen.Choose(0, GoodLines.Length - 1)
        from piece in Gen.Elements(Pieces)
        from at in Gen.Choose(0, 60)
        select new Change(kind, line, other, piece, at);

    // What ends a line of YAML 1.1 (§5.4), which the reader counts by; of the pieces one has such a character.
    private static readonly char[] LineBreaks = ['\n', '\u2028'];

    private readonly Folder _folder = new();

    public ConfigPropertyTests()
    {
        string board = Repository.PathOf("tests/host-sim/Config/boards/bench");
        Directory.CreateDirectory(_folder["boards/bench"]);
        foreach (string file in Directory.EnumerateFiles(board))
        {
            File.Copy(file, Path.Combine(_folder["boards/bench"], Path.GetFileName(file)));
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Whatever_lines_are_changed_it_is_a_configuration_or_an_error_with_file_and_line()
    {
        string path = _folder["some.config"];
        int taken = 0, refused = 0;
        Properties.Hold(
            Gen.Choose(1, 3).SelectMany(count => AnyChange.ArrayOf(count)),
            changes =>
            {
                string text = string.Join('\n', changes.Aggregate(GoodLines, (lines, change) => change.Of(lines)));
                File.WriteAllText(path, text);
                try
                {
                    Assert.NotEmpty(NfConfig.Load(path).Ecus);
                    taken++;
                }
                catch (UserErrorException error)
                {
                    Assert.Equal(ExitCode.BadFile, error.ExitCode);
                    string[] told = error.Message.Split(Environment.NewLine);
                    Assert.Equal($"{path} is wrong", told[0]);
                    Assert.True(told.Length > 1, "no problem is named");
                    Assert.All(told[1..], problem => AssertPlace(problem, path, text.Split(LineBreaks).Length));
                    refused++;
                }
            },
            count: 600);
        Assert.True(taken > 60 && refused > 300, $"{taken} are a configuration, {refused} are not");
    }

    private static void AssertPlace(string problem, string path, int lineCount)
    {
        Assert.StartsWith($"{path}(", problem);
        Assert.Matches(@"^\(\d+,\d+\): error NF\d{3}: .+\.$", problem[path.Length..]);
        int line = int.Parse(problem[(path.Length + 1)..problem.IndexOf(',', path.Length)], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(line, 1, lineCount + 1);
    }

    /// <summary>One change of a file.</summary>
    private sealed record Change(int Kind, int Line, int Other, string Piece, int At)
    {
        public string[] Of(string[] lines)
        {
            if (Line >= lines.Length || Other >= lines.Length)
            {
                return lines;
            }

            string line = lines[Line];
            int at = Math.Min(At, line.Length), colon = line.LastIndexOf(':');
            return Kind switch
            {
                0 => [.. lines[..Line], .. lines[(Line + 1)..]],
                1 => [.. lines[..Line], line, .. lines[Line..]],
                2 => [.. lines[..Line], lines[Other], .. lines[(Line + 1)..]],
                3 => [.. lines[..Line], (colon < 0 ? line : line[..(colon + 1)] + " ") + Piece, .. lines[(Line + 1)..]],
                4 => [.. lines[..Line], line[..at] + Piece + line[at..], .. lines[(Line + 1)..]],
                5 => [.. lines[..Line], line[..at]],
                6 => [.. lines[..Line], "  " + line, .. lines[(Line + 1)..]],

                // What YAML lets pass: a comment, an empty line, a space at the end.
                7 => [.. lines[..Line], $"{line} # {Piece}", .. lines[(Line + 1)..]],
                8 => [.. lines[..Line], string.Empty, .. lines[Line..]],
                _ => [.. lines[..Line], line + " ", .. lines[(Line + 1)..]],
            };
        }
    }
}
