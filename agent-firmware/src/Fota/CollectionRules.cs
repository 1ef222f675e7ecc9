// What authenticated collection rules say of themselves (PROTOCOL.md, "Collection rules"); the rules lie in the RuleSet of
// RuleStore.
// Invariant: written by RulesVerifier only; complete once it has said Ok.
// Tests: tests/agent-firmware/EcuM.
namespace EsyncAgent;

/// <summary>Facts of one set of collection rules.</summary>
public sealed class CollectionRules : SignedFacts
{
    /// <summary>Length of the rules without the byte string's head, in bytes.</summary>
    public int Length;
}
