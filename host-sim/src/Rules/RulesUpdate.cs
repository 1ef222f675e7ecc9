// Signed rules on their way to an ECU, and which rules an ECU says to be in force.
// Invariant: two sets with the same sequence number are not taken for each other; their digests tell them apart.
// Clause: PROTOCOL.md, "Data identifiers", FD10.
// Tests: tests/host-sim/Rules/RulesSessionTests.cs.
using System.Globalization;
using EsyncSim.Data;

namespace EsyncSim.Rules;

/// <summary>Which rules are in force (DID FD10).</summary>
/// <param name="Sequence">Their sequence number; 0 for the built-in ones.</param>
/// <param name="DigestPrefix">First 16 bytes of their digest; zeros for the built-in ones.</param>
/// <param name="RuleCount">How many they are.</param>
public sealed record RulesState(uint Sequence, byte[] DigestPrefix, int RuleCount)
{
    /// <summary>Bytes of the digest that an ECU says.</summary>
    public const int DigestPrefixLength = 16;

    private const int ShownLength = 4;

    /// <summary>The set as a version: sequence number and first four bytes of the digest, "3-1a2b3c4d"; "0" for the built-in one.</summary>
    public string Version => Sequence == 0
        ? "0"
        : string.Create(CultureInfo.InvariantCulture, $"{Sequence}-{Convert.ToHexStringLower(DigestPrefix.AsSpan(0, ShownLength))}");

    /// <summary>What an ECU says.</summary>
    public static RulesState Of(DataState state) => new(state.RulesSequence, state.RulesDigestPrefix, state.RuleCount);

    /// <summary>True when it is the same set.</summary>
    public bool Is(RulesState other) => Sequence == other.Sequence && DigestPrefix.AsSpan().SequenceEqual(other.DigestPrefix);

    /// <summary>Short form for people: "rule set 3-1a2b3c4d (5 rules)".</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{(Sequence == 0 ? "the built-in rule set" : $"rule set {Version}")} ({RuleCount} {(RuleCount == 1 ? "rule" : "rules")})");
}

/// <summary>Signed rules, and the state that they bring about.</summary>
public sealed record RulesUpdate(ReadOnlyMemory<byte> Document, RulesState State);
