// What `nanoff` says about its work. Its error numbers are beyond 255, and a process on Linux ends with eight bits: the
// number is in the last line of its output, "Error E4003: <text>", and only without that line in the exit code.
// Invariants: exit code 0 is no success when nothing was done, or when the board waits for a reset by hand; both are told
// by a line of the output. Colours are taken out.
// Tests: tests/host-sim/Hil/NanoffLogTests.cs.
using System.Text.RegularExpressions;

namespace EsyncSim.Hil;

/// <summary>Judges a run of nanoff.</summary>
internal static partial class NanoffLog
{
    private const string NothingDone = "No operation was performed";
    private const string DownloadMode = "Please reset the chip manually to run nanoCLR";

    // ExitCodes of nanoFirmwareFlasher: first and last of each block. Their low bytes all differ.
    private static readonly (int First, int Last)[] Numbers =
    [
        (1000, 1000), (1002, 1006), (2000, 2003), (3000, 3006), (4000, 4005), (5000, 5010), (5022, 5022), (5030, 5031),
        (5040, 5041), (6000, 6002), (7000, 7000), (8000, 8003), (9000, 9000), (9002, 9015),
    ];

    /// <summary>Why it did not work; empty when it did.</summary>
    public static string Problem(int exitCode, string output)
    {
        string plain = Colour().Replace(output, "");
        if (ErrorLine().Match(plain) is { Success: true } error)
        {
            return error.Groups["text"].Value.Trim();
        }

        if (exitCode != 0)
        {
            return NumberOf(exitCode) is { } number
                ? $"exit code {exitCode}, which is E{number} without its thousands"
                : $"exit code {exitCode}";
        }

        return plain.Contains(NothingDone, StringComparison.Ordinal) ? "nanoff did nothing with these options"
            : plain.Contains(DownloadMode, StringComparison.Ordinal) ? "the board stays in download mode until somebody resets it"
            : "";
    }

    /// <summary>The error number whose low byte is the exit code; null when there is none.</summary>
    public static int? NumberOf(int exitCode) =>
        AllNumbers().Select(number => (int?)number).FirstOrDefault(number => (number & 0xFF) == exitCode);

    /// <summary>Every error number.</summary>
    internal static IEnumerable<int> AllNumbers() =>
        Numbers.SelectMany(block => Enumerable.Range(block.First, block.Last - block.First + 1));

    [GeneratedRegex(@"^(Error )?(?<text>E\d{4}\b.*)$", RegexOptions.Multiline)]
    private static partial Regex ErrorLine();

    [GeneratedRegex(@"\x1B\[[0-9;]*[A-Za-z]")]
    private static partial Regex Colour();
}
