// A fault put into the product on purpose, to see whether a checker notices it. The product has no hook for this: the
// text of one source file is replaced, and what comes of it is compiled in memory.
// Invariant: the text to be replaced stands in the file exactly once; a mutant whose text has gone is an error, never a
// mutant that happens to be caught.
// Tests: tests/Mutants/MutatedProgramTests.cs.
namespace EsyncTests.Mutants;

/// <summary>One fault.</summary>
/// <param name="Name">What is wrong now, for reports.</param>
/// <param name="File">Source file from the repository's root, with slashes: of agent-firmware/src, boards/drivers/src or host-sim/src.</param>
/// <param name="Find">Text that stands in the file exactly once; lines end with \n.</param>
/// <param name="Replace">Text in its place.</param>
public sealed record Mutant(string Name, string File, string Find, string Replace)
{
    /// <summary>The file's text with the fault; <see cref="InvalidOperationException"/> when the text is not there exactly once.</summary>
    public string Apply() => Apply(Repository.Read(File));

    /// <summary>As <see cref="Apply()"/>, on a text of the file that may have other faults already.</summary>
    public string Apply(string text)
    {
        string find = Find.ReplaceLineEndings("\n");
        int at = text.IndexOf(find, StringComparison.Ordinal);
        if (at < 0 || text.IndexOf(find, at + 1, StringComparison.Ordinal) >= 0)
        {
            string many = at < 0 ? "is not" : "stands more than once";
            throw new InvalidOperationException($"mutant '{Name}': its text {many} in {File}; write the mutant anew for the source as it is:\n{find}");
        }

        return string.Concat(text.AsSpan(0, at), Replace.ReplaceLineEndings("\n"), text.AsSpan(at + find.Length));
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
