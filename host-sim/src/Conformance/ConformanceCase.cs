// One conformance case as data: its number, what it is called, the clause that it is from, what an ECU has to do, what the
// case needs, and the script.
// Invariants: an Id never changes its meaning and is never given again; a case is never passed for want of means: what is
// missing makes it "not applicable", and a script that cannot go on makes it "inconclusive".
// It must not know any ECU: what one is comes from the profile.
// Tests: tests/host-sim/Conformance.
namespace EsyncSim.Conformance;

/// <summary>What a case needs beside a bus with the ECU on it, and a profile.</summary>
[Flags]
internal enum ConformanceNeeds
{
    /// <summary>The bus only; the ECU is the same afterwards.</summary>
    Bus = 0,

    /// <summary>The profile says how access is opened, and its secret is at hand.</summary>
    Access = 1,

    /// <summary>A package that the ECU would install (<see cref="ConformanceScene.Package"/>).</summary>
    Package = 2,

    /// <summary>Erases or writes in the ECU: wanted by --destructive, or on a virtual ECU.</summary>
    Destructive = 4,

    /// <summary>A virtual ECU and bus that can be looked into and disturbed (<see cref="ConformanceScene.Model"/>).</summary>
    Model = 8,

    /// <summary>Resets the ECU, which the profile allows.</summary>
    Reset = 16,

    /// <summary>Enters the programming session, which the profile allows.</summary>
    Programming = 32,

    /// <summary>The signing keys that the ECU trusts (<see cref="ConformanceScene.Keys"/>): for packages that say something wrong and are signed well.</summary>
    Keys = 64,
}

/// <summary>A case.</summary>
/// <param name="Id">Number: TP- transport, DSL- sessions and timing, SVC- services, ACC- access, DL- download, LC- life cycle.</param>
/// <param name="Name">What is tried, in a few words.</param>
/// <param name="Clause">Where the requirement stands: standard, edition, clause.</param>
/// <param name="Requirement">What an ECU has to do, in our own words.</param>
/// <param name="Needs">What the case needs.</param>
/// <param name="Run">Does it, and tells the scene what was expected and what came.</param>
internal sealed record ConformanceCase(
    string Id, string Name, string Clause, string Requirement, ConformanceNeeds Needs, Func<ConformanceScene, Task> Run)
{
    /// <summary>The part of the Id that names the chapter: TP, DSL, SVC, ACC, DL, LC.</summary>
    public string Chapter => Id[..Id.IndexOf('-')];
}
