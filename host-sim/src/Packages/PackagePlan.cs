// All entries of a package, ready to be signed: the full image, the compressed one, and for each older version and each
// manifest digest that an ECU may have it under a patch of its own. What takes no fewer bytes than a form that serves the same
// ECUs is left out.
// Invariants: nothing is signed here before everything is made and checked; every entry describes the same image. The full
// image has the higher sequence number, so that an ECU that has bound one of the others still takes it when that one fails.
// With recipients every entry is encrypted, the full image too, and each plaintext has a content key of its own.
// Clause: PROTOCOL.md, "Manifest" (sequence rule at 0210).
// Tests: tests/host-sim/Packages/PackagePlanTests.cs.
using EsyncSim.Signing;

namespace EsyncSim.Packages;

/// <summary>One entry before it is signed.</summary>
/// <param name="Source">How the image was made small.</param>
/// <param name="Manifest">What is signed.</param>
/// <param name="Payload">Bytes to transfer, encrypted if the package is.</param>
public sealed record PlannedEntry(EncodedPayload Source, SuitManifest Manifest, byte[] Payload)
{
    /// <summary>The manifest, encoded.</summary>
    public byte[] ManifestBytes { get; } = ManifestEncoder.Encode(Manifest);

    /// <summary>What it costs on the bus but for the signatures, which cost the same in all entries; in bytes.</summary>
    public int Cost => ManifestBytes.Length + Payload.Length;
}

/// <summary>A form that has no place in the package.</summary>
/// <param name="Compression">What it is, of <see cref="PayloadEncoding"/>.</param>
/// <param name="Base">The older version of a patch; null when it is none.</param>
/// <param name="Source">What was made; null when nothing was.</param>
/// <param name="Reason">Why it is left out.</param>
public sealed record LeftOut(byte Compression, DeltaBase? Base, EncodedPayload? Source, string Reason);

/// <summary>What a package will hold.</summary>
public sealed class PackagePlan
{
    private readonly List<PlannedEntry> _entries = [];
    private readonly List<LeftOut> _leftOut = [];
    private readonly Dictionary<EncodedPayload, EncryptedContent> _encrypted = new(ReferenceEqualityComparer.Instance);
    private readonly PackageRequest _request;
    private readonly EncodingRequest _encodings;
    private readonly Action<string> _progress;

    private PackagePlan(PackageRequest request, EncodingRequest encodings, Action<string> progress)
    {
        _request = request;
        _encodings = encodings;
        _progress = progress;
    }

    /// <summary>The entries, the full image first.</summary>
    public IReadOnlyList<PlannedEntry> Entries => _entries;

    /// <summary>What was asked for and has no place.</summary>
    public IReadOnlyList<LeftOut> LeftOut => _leftOut;

    /// <summary>Makes all forms. Patches of large images take seconds each.</summary>
    /// <param name="request">What the package shall say; its sequence number is that of the encoded entries, or of the full one when it is alone.</param>
    /// <param name="encodings">Which forms.</param>
    /// <param name="progress">Hears in a sentence what is being made.</param>
    /// <exception cref="UserErrorException">A value is out of range, or the package would hold too much.</exception>
    public static PackagePlan Make(PackageRequest request, EncodingRequest encodings, Action<string>? progress = null)
    {
        PackagePlan plan = new(request, encodings, progress ?? (_ => { }));
        plan.Require();
        plan.Fill();
        long length = plan._entries.Sum(entry => (long)entry.Cost);
        return length <= Package.LengthMax
            ? plan
            : throw new UserErrorException(ExitCode.BadUsage, $"the package would have more than {length} bytes, a file holds {Package.LengthMax}; name fewer older versions");
    }

    /// <summary>Signs each entry. Each signer gives an index of its key for each.</summary>
    /// <exception cref="UserErrorException">A key cannot sign.</exception>
    public Package Sign(IReadOnlyList<ISigner> signers) => new()
    {
        Name = _request.Name,
        Hardware = _request.Hardware,
        Entries = [.. _entries.Select(entry => new PackageEntry
        {
            Encoding = entry.Manifest.Encoding,
            Envelope = SuitEnvelope.Sign(entry.ManifestBytes, signers).Encode(),
            Payload = entry.Payload,
            BaseDigest = entry.Manifest.BaseDigest,
        })],
    };

    private void Require()
    {
        if (!_encodings.IsEmpty && _request.Sequence == uint.MaxValue)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"sequence {_request.Sequence} is the last there is, and the full image beside encoded ones needs the next; give a lower one");
        }

        int most = 2 + _encodings.Bases.Sum(item => item.Digests.Count);
        if (most > Package.EntryCountMax)
        {
            throw new UserErrorException(
                ExitCode.BadUsage,
                $"the package could have {most} entries, a file holds {Package.EntryCountMax}: one for each manifest digest of each older version; name fewer older versions");
        }
    }

    private void Fill()
    {
        PlannedEntry full = Entry(EncodedPayload.Plain(_request.Image), _request.Sequence + (_encodings.IsEmpty ? 0u : 1u), null);
        PlannedEntry smallest = full;
        if (_encodings.IsCompressed && IsTaken(PayloadEncoding.Heatshrink, null))
        {
            _progress($"compressing {_request.Image.Length} bytes");
            PlannedEntry compressed = Entry(EncodedPayload.Compress(_request.Image, _encodings.WindowBitsMax), _request.Sequence, null);
            if (IsSmaller(compressed, full))
            {
                _entries.Add(compressed);
                smallest = compressed;
            }
        }

        int number = 0;
        foreach (DeltaBase older in _encodings.Bases)
        {
            number++;
            if (IsTaken(PayloadEncoding.Delta, older))
            {
                _progress($"making patch {number} of {_encodings.Bases.Count}, from {older.Title}");
                AddPatches(older, smallest);
            }
        }

        // Alone it is the one that was asked for, and has the number that was asked for.
        _entries.Insert(0, _entries.Count > 0 ? full : Entry(full.Source, _request.Sequence, null));
    }

    private void AddPatches(DeltaBase older, PlannedEntry smallest)
    {
        EncodedPayload patch = EncodedPayload.Patch(older, _request.Image, _encodings.WindowBitsMax);
        PlannedEntry[] entries = [.. older.Digests.Select(digest => Entry(patch, _request.Sequence, digest))];
        if (IsSmaller(entries[0], smallest))
        {
            _entries.AddRange(entries);
        }
    }

    private bool IsTaken(byte compression, DeltaBase? older)
    {
        if (PayloadEncoding.IsTaken(_encodings.Encodings, EncodingOf(compression)))
        {
            return true;
        }

        _leftOut.Add(new LeftOut(compression, older, null, "the ECU takes none"));
        return false;
    }

    private bool IsSmaller(PlannedEntry entry, PlannedEntry than)
    {
        if (entry.Cost < than.Cost)
        {
            return true;
        }

        string name = than.Source.Compression == PayloadEncoding.Plain ? "full" : "compressed";
        _leftOut.Add(new LeftOut(entry.Source.Compression, entry.Source.Base, entry.Source, $"with its manifest not smaller than the {name} image"));
        return false;
    }

    private byte EncodingOf(byte compression) => (byte)((compression << 4) | _encodings.Encryption);

    private PlannedEntry Entry(EncodedPayload source, uint sequence, byte[]? baseDigest)
    {
        SuitManifest plain = PackageBuilder.ToManifest(_request with { Sequence = sequence });
        byte encoding = EncodingOf(source.Compression);
        if (encoding == 0)
        {
            return new PlannedEntry(source, plain, source.Bytes);
        }

        EncryptedContent? encrypted = Encrypted(source);
        byte[] payload = encrypted?.Payload ?? source.Bytes;
        string form = source.Compression switch
        {
            PayloadEncoding.Plain => "full",
            PayloadEncoding.Heatshrink => "heatshrink",
            _ => $"delta/{Convert.ToHexStringLower(baseDigest.AsSpan(0, 4))}",
        };
        SuitManifest manifest = plain with
        {
            Uri = $"{_request.Name}/{plain.Version}/{form}",
            Encoding = encoding,
            TransferLength = (uint)payload.Length,
            TransferTable = ChunkTable.Build(plain.Salt, payload),
            BaseDigest = baseDigest,
            EncryptionInfo = encrypted?.Info,
        };
        return new PlannedEntry(source, manifest, payload);
    }

    // Entries that differ in the base's digest only have one plaintext, and so one key.
    private EncryptedContent? Encrypted(EncodedPayload source)
    {
        if (_encodings.Encryption == 0)
        {
            return null;
        }

        if (!_encrypted.TryGetValue(source, out EncryptedContent? content))
        {
            content = ContentEncryption.Encrypt(source.Bytes, _encodings.Recipients, _encodings.Entropy);
            _encrypted.Add(source, content);
        }

        return content;
    }
}
