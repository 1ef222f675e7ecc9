// One thing that is wrong in nf.config, a board.yaml or a campaign file: where, which rule, why, and what to do.
// Invariant: its text has the form "file(line,column): error RULE: reason. remedy", which MSBuild, editors and CI
// systems turn into a clickable error. Rules are numbered and never renumbered.
// Tests: tests/host-sim/Config.
namespace EsyncSim.Config;

/// <summary>Numbers of the rules that a configuration has to keep.</summary>
public static class ConfigRule
{
    /// <summary>Not YAML, or YAML of a kind that is not used here (anchors, tags, several documents).</summary>
    public const string Syntax = "NF001";

    /// <summary>A key that nobody reads, or not beside what else the section says.</summary>
    public const string UnknownKey = "NF002";

    /// <summary>A key, or the number that it stands for, twice.</summary>
    public const string DuplicateKey = "NF003";

    /// <summary>A key that must be there is not.</summary>
    public const string MissingKey = "NF004";

    /// <summary>A value of the wrong form: not a number, size, UUID, identifier, name.</summary>
    public const string Malformed = "NF005";

    /// <summary>A number outside its range.</summary>
    public const string OutOfRange = "NF006";

    /// <summary>A board, bus or flash part that is not described anywhere, or an encoding that no agent decodes.</summary>
    public const string UnknownName = "NF010";

    /// <summary>A memory area that ends behind its part.</summary>
    public const string OutsidePart = "NF020";

    /// <summary>A memory area that is not made of whole sectors, or a bank not of whole chunks.</summary>
    public const string Unaligned = "NF021";

    /// <summary>Two memory areas that share bytes.</summary>
    public const string Overlap = "NF022";

    /// <summary>Two areas of a pair with different lengths.</summary>
    public const string UnequalPair = "NF023";

    /// <summary>An area that cannot hold what PROTOCOL.md puts into it.</summary>
    public const string TooSmall = "NF024";

    /// <summary>A bank longer than what the board can load into RAM.</summary>
    public const string BankNotLoadable = "NF025";

    /// <summary>A CAN identifier that its format cannot carry, or that is not normal fixed addressing.</summary>
    public const string IdentifierForm = "NF030";

    /// <summary>Two uses of one CAN identifier on one bus.</summary>
    public const string IdentifierClash = "NF031";

    /// <summary>A value that asks more of the board than it can do.</summary>
    public const string LooserThanBoard = "NF032";

    /// <summary>A bit rate that the board's CAN controller cannot make exactly, or not with a sound sample point.</summary>
    public const string BitRateUnreachable = "NF033";

    /// <summary>A pin with two uses.</summary>
    public const string PinClash = "NF034";

    /// <summary>A role without which one stolen key could install an image.</summary>
    public const string MissingRole = "NF040";

    /// <summary>A role that no image is signed in.</summary>
    public const string RoleNotForImages = "NF041";

    /// <summary>A data identifier that cannot be a constant record.</summary>
    public const string RecordNotConfigurable = "NF050";

    /// <summary>A DTC that two events would set.</summary>
    public const string DuplicateDtc = "NF060";

    /// <summary>Times that contradict each other.</summary>
    public const string TimingContradiction = "NF070";

    /// <summary>A signal's name that is no VSS path, or is a branch as well.</summary>
    public const string SignalPath = "NF080";

    /// <summary>A data identifier that two signals would answer.</summary>
    public const string DuplicateDid = "NF081";

    /// <summary>A bound that a signal's type, bits, factor and offset cannot say.</summary>
    public const string SignalRange = "NF082";

    /// <summary>A signal that does not lie within a CAN frame, or not within its type.</summary>
    public const string OutsideFrame = "NF083";

    /// <summary>Bits of a CAN frame with two uses at once.</summary>
    public const string BitsOverlap = "NF084";

    /// <summary>A trigger of a collection rule that can never be, or records that can never be fetched.</summary>
    public const string NeverTrue = "NF090";

    /// <summary>ECUs of a campaign that wait for each other.</summary>
    public const string OrderCircle = "NF100";

    /// <summary>A file that a campaign cannot send, or that is for another ECU than the one beside it.</summary>
    public const string PackageUnfit = "NF101";
}

/// <summary>One problem; <see cref="Line"/> and <see cref="Column"/> count from 1.</summary>
public sealed record ConfigProblem(string File, int Line, int Column, string Rule, string Reason, string Remedy)
{
    /// <summary>The canonical error line; one line, whatever the file's words that it repeats.</summary>
    public override string ToString() => string.Concat($"{File}({Line},{Column}): error {Rule}: {Reason}. {Remedy}.".Select(Shown));

    private static string Shown(char letter) => char.IsControl(letter) || letter is '\u2028' or '\u2029' ? $"\\u{(int)letter:x4}" : letter.ToString();
}
