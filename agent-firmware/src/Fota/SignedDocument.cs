// Kinds of signed documents. Each has its own tag on the outside, and its signatures are made over its own label: one kind
// never passes for another, whatever somebody writes around it.
// Clause: PROTOCOL.md "Manifest", "Trust manifest", "Collection rules".
// Tests: tests/agent-firmware/Fota/TrustVerifierTests.
namespace EsyncAgent;

/// <summary>What a signed document is.</summary>
public enum SignedDocument : byte
{
    /// <summary>A SUIT manifest: what an image is.</summary>
    ImageManifest = 0,

    /// <summary>A trust manifest: whose signatures count from now on.</summary>
    TrustManifest = 1,

    /// <summary>Collection rules: what is sampled and when.</summary>
    CollectionRules = 2,
}
