// Kinds of signed documents by the tag that they begin with and the label that their signatures are made over: none passes for another.
// Those that an ECU takes are the agent's own (SignedDocument); a vehicle manifest is for the vehicle's client, and no ECU ever sees one.
// Clause: PROTOCOL.md, "Manifest", "Trust manifest", "Collection rules"; host-sim/README.md, "Vehicle manifest".
// Tests: tests/host-sim/Packages.
using System.Text;
using EsyncAgent;

namespace EsyncSim.Packages;

/// <summary>A kind of signed document.</summary>
/// <param name="Tag">CBOR tag of its envelope; those of ours are not registered.</param>
/// <param name="Label">Goes into what is signed, as external data.</param>
/// <param name="Name">For people.</param>
public sealed record EnvelopeKind(ulong Tag, string Label, string Name)
{
    /// <summary>A SUIT manifest: what an image is.</summary>
    public static EnvelopeKind Image { get; } = new(107, string.Empty, "an image's manifest");

    /// <summary>"ESTM": whose signatures count.</summary>
    public static EnvelopeKind Trust { get; } = new(0x4553544D, "esync/v1/trust-manifest", "a trust manifest");

    /// <summary>"ESRU": what is sampled and when.</summary>
    public static EnvelopeKind Rules { get; } = new(0x45535255, "esync/v1/collection-rules", "a set of collection rules");

    /// <summary>"ESVU": which versions belong together in one vehicle.</summary>
    public static EnvelopeKind Vehicle { get; } = new(0x45535655, "esync/v1/vehicle-manifest", "a vehicle manifest");

    /// <summary>The label's bytes.</summary>
    internal byte[] External => Encoding.ASCII.GetBytes(Label);

    /// <summary>The kind that an ECU knows by this number.</summary>
    public static implicit operator EnvelopeKind(SignedDocument kind) => FromSignedDocument(kind);

    /// <summary>The kind that an ECU knows by this number.</summary>
    public static EnvelopeKind FromSignedDocument(SignedDocument kind) => kind switch
    {
        SignedDocument.TrustManifest => Trust,
        SignedDocument.CollectionRules => Rules,
        _ => Image,
    };

    /// <summary>The kind with this tag; null when there is none.</summary>
    public static EnvelopeKind? OfTag(ulong tag) => new[] { Image, Trust, Rules, Vehicle }.FirstOrDefault(kind => kind.Tag == tag);
}
