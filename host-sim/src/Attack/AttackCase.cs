// One attack as data: its name, where it is from, what it does, what it needs, what it may leave behind, and the script.
// Invariant: an attack is never passed for want of means: what a bench cannot offer makes it "not applicable".
// Tests: tests/host-sim/Attack.
namespace EsyncSim.Attack;

/// <summary>Where an attack is from.</summary>
internal enum AttackOrigin
{
    /// <summary>The threat model of Uptane (Uptane Standard 2.1.0 §4.3).</summary>
    Uptane,

    /// <summary>Aims at what is peculiar to this design: manifest, tables, proofs, banks.</summary>
    Design,

    /// <summary>What any attacker of a diagnostic server or its transport tries.</summary>
    Gateway,
}

/// <summary>What an attack needs beside a bus with the ECU on it.</summary>
[Flags]
internal enum AttackNeeds
{
    /// <summary>The bus only.</summary>
    Bus = 0,

    /// <summary>Identity and secret of the ECU: to play its owner, or to know what must not be heard.</summary>
    Secret = 1,

    /// <summary>The keys that the ECU trusts: for documents that are signed well and say something hostile.</summary>
    Keys = 2,

    /// <summary>An ECU and a bus that can be looked into and disturbed: faults, power, flash.</summary>
    Model = 4,
}

/// <summary>What an attack may leave behind in the ECU. The confirmed image runs on in any case.</summary>
internal enum AttackTrace
{
    /// <summary>Nothing: the boot record is the same to the byte.</summary>
    Nothing,

    /// <summary>What is in the bank that does not run, and the highest sequence number: the attacker had access and good signatures.</summary>
    OtherBank,

    /// <summary>An update that was to be hindered may have come to its end.</summary>
    Update,
}

/// <summary>An attack.</summary>
/// <param name="Name">Name for --only.</param>
/// <param name="Origin">Where it is from.</param>
/// <param name="What">What is tried, in a sentence.</param>
/// <param name="Needs">What it needs.</param>
/// <param name="Trace">What it may leave behind.</param>
/// <param name="Run">Does it, and writes expectations and what came into the scene's log.</param>
internal sealed record AttackCase(string Name, AttackOrigin Origin, string What, AttackNeeds Needs, AttackTrace Trace, Func<AttackScene, Task> Run)
{
    /// <summary>What this attack cannot show, or the design does not defend; empty when there is nothing to say.</summary>
    public string Limit { get; init; } = string.Empty;
}
