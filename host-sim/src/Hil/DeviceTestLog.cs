// The device tests' own words, as nanoFramework's unit test launcher prints them, one line for each test:
//   Test passed,<namespace>.<class>.<method>.<index>,<ticks of 100 ns>
//   Test failed,<...>,<message>        Test skipped,<...>,<reason>
// between the runtime's "Ready." before the program and "Done." after it.
// Invariants: what was printed before a test's line is that test's output; a recording that misses beginning or end, or in
// which the program started anew, is an error even when every test that it shows has passed.
// Tests: tests/host-sim/Hil/DeviceTestLogTests.cs.
using System.Globalization;

namespace EsyncSim.Hil;

/// <summary>What is expected of a recording.</summary>
/// <param name="TestsExpected">Number of tests; null when nobody knows.</param>
/// <param name="RestartsMax">Times that the rack restarted the board while it was recorded.</param>
internal sealed record DeviceTestExpectation(int? TestsExpected = null, int RestartsMax = 0);

/// <summary>Reads the recording of a run of the device tests.</summary>
internal static class DeviceTestLog
{
    private const string Ready = "Ready.";
    private const string Done = "Done.";
    private const double SecondsPerTick = 1e-7;

    private static readonly (string Prefix, HilEnd End)[] Verdicts =
    [
        ("Test passed,", HilEnd.Passed),
        ("Test failed,", HilEnd.Failed),
        ("Test skipped,", HilEnd.Skipped),
    ];

    /// <summary>The tests, and last a case that says whether the recording is whole.</summary>
    public static IReadOnlyList<HilCase> Read(ReadOnlySpan<byte> recording, DeviceTestExpectation expected)
    {
        string[] lines = SerialText.Lines(recording);
        int starts = lines.Count(line => line.Trim() == Ready);
        List<HilCase> cases = [];
        List<string> output = [];
        bool hasEnd = false;
        foreach (string line in lines.Skip(Array.FindLastIndex(lines, line => line.Trim() == Ready) + 1))
        {
            hasEnd |= line.Trim() == Done;
            if (TryRead(line, output) is { } test)
            {
                cases.Add(test);
                output.Clear();
            }
            else
            {
                output.Add(line);
            }
        }

        string problem = Problem(starts, hasEnd, cases, expected);
        cases.Add(new HilCase("recording", "is whole", problem.Length == 0 ? HilEnd.Passed : HilEnd.Error, 0, problem, string.Join('\n', output)));
        return cases;
    }

    private static string Problem(int starts, bool hasEnd, List<HilCase> cases, DeviceTestExpectation expected)
    {
        if (starts == 0)
        {
            return $"the line \"{Ready}\" is missing: the recording began after the program, or the board did not start it";
        }

        if (starts > 1 + expected.RestartsMax)
        {
            return $"the program started {starts} times: the board restarted by itself; the tests shown are those of the last start";
        }

        if (!hasEnd)
        {
            return $"the line \"{Done}\" is missing: the program did not end within the time";
        }

        if (cases.Count == 0)
        {
            return "the program ran and reported no test: is it the one with the device tests?";
        }

        string[] twice = [.. cases.GroupBy(test => $"{test.Class}.{test.Name}").Where(group => group.Count() > 1).Select(group => group.Key)];
        if (twice.Length > 0)
        {
            return $"{string.Join(", ", twice)} reported more than once";
        }

        return expected.TestsExpected is { } count && count != cases.Count ? $"{cases.Count} tests reported instead of {count}" : "";
    }

    private static HilCase? TryRead(string line, List<string> output)
    {
        foreach ((string prefix, HilEnd end) in Verdicts)
        {
            // The line may stand behind what was printed without an end of line.
            int start = line.IndexOf(prefix, StringComparison.Ordinal);
            string[] parts = start < 0 ? [] : line[(start + prefix.Length)..].Split(',', 2);
            int dot = start < 0 ? -1 : MethodDot(parts[0].Trim());
            if (dot < 0 || parts.Length < 2)
            {
                continue;
            }

            string name = parts[0].Trim();
            string rest = parts[1].Trim();
            bool hasTime = long.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out long ticks);
            if (end == HilEnd.Passed && !hasTime)
            {
                continue;
            }

            return new HilCase(
                name[..dot],
                name[(dot + 1)..],
                end,
                end == HilEnd.Passed ? ticks * SecondsPerTick : 0,
                end == HilEnd.Passed ? "" : rest.Length > 0 ? rest : "no message",
                string.Join('\n', start > 0 ? output.Append(line[..start]) : output));
        }

        return null;
    }

    // The dot between class and method: the last but one, for an index follows the method.
    private static int MethodDot(string name)
    {
        int last = name.LastIndexOf('.');
        return last > 0 ? name.LastIndexOf('.', last - 1) : -1;
    }
}
