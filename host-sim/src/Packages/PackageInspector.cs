// What a package says, for people: every field of every manifest, signed or not. It believes nothing and verifies nothing;
// what does not parse is reported as such and the rest is still shown.
// Tests: tests/host-sim/Packages.
using System.Globalization;
using EsyncSim.Delta;

namespace EsyncSim.Packages;

/// <summary>One line of an inspection.</summary>
/// <param name="Field">Name of the field.</param>
/// <param name="Value">Its value in words.</param>
public sealed record InspectionLine(string Field, string Value);

/// <summary>A headed group of lines.</summary>
/// <param name="Title">Heading.</param>
/// <param name="Lines">The lines.</param>
public sealed record InspectionSection(string Title, IReadOnlyList<InspectionLine> Lines);

/// <summary>Turns packages into readable lines.</summary>
public static class PackageInspector
{
    /// <summary>All that the package says.</summary>
    public static IReadOnlyList<InspectionSection> Inspect(Package package)
    {
        List<InspectionSection> sections =
        [
            new("Package",
            [
                new("name", package.Name),
                new("hardware", package.Hardware),
                new("entries", Number(package.Entries.Count)),
            ]),
        ];
        foreach (PackageEntry entry in package.Entries)
        {
            sections.AddRange(Inspect(entry));
        }

        return sections;
    }

    /// <summary>All that the trust file says.</summary>
    public static IReadOnlyList<InspectionLine> Inspect(TrustFile trust)
    {
        TrustList list = trust.List;
        return
        [
            new("document", Bytes(trust.Document.Length)),
            new("signed digest", Hex(trust.Envelope.Digest)),
            .. trust.Envelope.Signatures.Select(block => new InspectionLine("signed by", $"kid {Hex(block.KeyId)}, {Bytes(block.Signature.Length)}")),
            new("sequence", Number(list.Sequence)),
            new("vendor", Uuid(list.VendorId)),
            new("class", Uuid(list.ClassId)),
            new("device", list.DeviceId is null ? "any" : Hex(list.DeviceId)),
            .. list.Anchors.Select(anchor => new InspectionLine("new anchor", $"{Signing.SigningRoles.Name(anchor.Role)} {Hex(anchor.KeyId)}")),
        ];
    }

    private static List<InspectionSection> Inspect(PackageEntry entry)
    {
        List<InspectionSection> sections = [];
        List<InspectionLine> lines = [new("payload", Bytes(entry.Payload.Length)), new("envelope", Bytes(entry.Envelope.Length))];
        if (entry.BaseDigest is byte[] baseDigest)
        {
            lines.Add(new("base", Hex(baseDigest)));
        }

        lines.AddRange(DescribePayload(entry));
        sections.Add(new($"Entry, encoding {entry.Encoding:X2} ({PayloadEncoding.Name(entry.Encoding)})", lines));
        try
        {
            SuitEnvelope envelope = SuitEnvelope.Decode(entry.Envelope);
            lines.Add(new("signed digest", Hex(envelope.Digest)));
            lines.AddRange(envelope.Signatures.Select(block => new InspectionLine("signed by", $"kid {Hex(block.KeyId)}, {Bytes(block.Signature.Length)}")));
            sections.Add(new("Manifest", Describe(ManifestDecoder.Decode(envelope.ManifestBytes), envelope.ManifestBytes.Length)));
        }
        catch (SuitException error)
        {
            lines.Add(new("unreadable", $"{error.Message} ({error.Reason})"));
        }

        if (entry.Encoding == 0)
        {
            sections.Add(new("Bundle", DescribeBundle(entry.Payload)));
        }

        return sections;
    }

    // What stands at the payload's beginning, where it is not encrypted.
    private static InspectionLine[] DescribePayload(PackageEntry entry)
    {
        switch (entry.Encoding)
        {
            case PayloadEncoding.Heatshrink << 4:
                return [new("window/lookahead", entry.Payload.Length == 0 ? "unreadable: the payload is empty" : HeatshrinkParameters.FromHeader(entry.Payload[0]).ToString())];
            case PayloadEncoding.Delta << 4:
                try
                {
                    SequentialPatch.ReadHead(entry.Payload, out int length, out HeatshrinkParameters parameters);
                    return [new("window/lookahead", parameters.ToString()), new("patch makes", Bytes(length))];
                }
                catch (UserErrorException error)
                {
                    return [new("patch", $"unreadable: {error.Message}")];
                }

            default:
                return [];
        }
    }

    private static List<InspectionLine> Describe(SuitManifest manifest, int length)
    {
        List<InspectionLine> lines =
        [
            new("length", Bytes(length)),
            new("sequence", Number(manifest.Sequence)),
            new("security version", Number(manifest.SecurityVersion)),
            new("application version", manifest.Version),
            new("vendor", Uuid(manifest.VendorId)),
            new("class", Uuid(manifest.ClassId)),
            new("device", manifest.DeviceId is null ? "any" : Hex(manifest.DeviceId)),
            new("component slots", manifest.SlotMask switch { 1 => "A", 2 => "B", _ => "A or B" }),
            new("runtime", manifest.Runtime.Name()),
            new("contract version", Number(manifest.ContractVersion)),
            new("image", Bytes(manifest.ImageLength)),
            new("image digest", Hex(manifest.ImageDigest)),
            new("uri", manifest.Uri),
            new("table salt", Hex(manifest.Salt)),
            new("chunk table", $"{Number(manifest.ChunkTable.Length / ChunkTable.TagLength)} tags, {Bytes(manifest.ChunkTable.Length)}"),
            new("encoding", $"{manifest.Encoding:X2} ({PayloadEncoding.Name(manifest.Encoding)})"),
        ];
        if (manifest.TransferLength is uint transferLength)
        {
            lines.Add(new("transfer size", Bytes(transferLength)));
        }

        if (manifest.TransferTable is byte[] table)
        {
            lines.Add(new("transfer table", $"{Number(table.Length / ChunkTable.TagLength)} tags, {Bytes(table.Length)}"));
        }

        if (manifest.BaseDigest is byte[] baseDigest)
        {
            lines.Add(new("base manifest", Hex(baseDigest)));
        }

        if (manifest.EncryptionInfo is { } info)
        {
            lines.Add(new("first counter block", Hex(info.Iv)));
            lines.AddRange(info.Recipients.Select(recipient => new InspectionLine("encrypted for", Hex(recipient.DeviceId))));
        }

        return lines;
    }

    private static List<InspectionLine> DescribeBundle(byte[] image)
    {
        if (ApplicationBundle.TryParse(image, out ApplicationBundle? bundle) is string reason)
        {
            return [new("unreadable", reason)];
        }

        return
        [
            new("version", bundle!.Version),
            new("runtime", bundle.Runtime.Name()),
            new("contract version", Number(bundle.ContractVersion)),
            new("entry class", bundle.EntryClass),
            .. bundle.Assemblies.SelectMany((assembly, i) => DescribeAssembly(bundle.Runtime, assembly, i)),
        ];
    }

    private static InspectionLine[] DescribeAssembly(BundleRuntime runtime, byte[] file, int i)
    {
        string field = $"assembly {Number(i)}", length = Bytes(file.Length);
        if (runtime != BundleRuntime.NanoFramework)
        {
            return [new(field, length)];
        }

        return NanoAssembly.TryParse(file, out NanoAssembly? assembly) is string reason
            ? [new(field, $"{length}, unreadable: {reason}")]
            : [new(field, $"{assembly!.Name} {assembly.Version}, {length}"), .. assembly.References.Select(reference => new InspectionLine("  refers to", $"{reference.Name} {reference.Version}"))];
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private static string Uuid(byte[] bytes) => new Guid(bytes, bigEndian: true).ToString();

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Bytes(long count) => string.Create(CultureInfo.InvariantCulture, $"{count} bytes");
}
