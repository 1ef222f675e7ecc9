// What a vehicle manifest says: which versions the ECUs of one vehicle run together, until when that counts, and on which version reports it
// rests. The vehicle's client compares it with what a server asks of it (src/Vehicle/FleetPolicy.cs).
// Invariant: encoding and decoding are strict in the same way as for images: one content has one form, and whatever is read is within bounds.
// Clause: host-sim/README.md, "Vehicle manifest".
// Tests: tests/host-sim/Packages/VehicleManifestTests.cs.
using System.Formats.Cbor;
using EsyncAgent;

namespace EsyncSim.Packages;

/// <summary>What one ECU is to run.</summary>
/// <param name="Ecu">Its name in nf.config, 1 to 64 printable ASCII characters.</param>
/// <param name="Version">Application version, 1 to 24 printable ASCII characters.</param>
/// <param name="ImageDigest">SHA-256 of the installed image, 32 bytes: the SUIT image digest, the same for each form in which it is sent.</param>
/// <param name="Nonce">Nonce of the ECU's version report that this rests on, 16 bytes.</param>
public sealed record VehicleManifestEntry(string Ecu, string Version, byte[] ImageDigest, byte[] Nonce)
{
    /// <summary>True when the other one says the same.</summary>
    public bool Is(VehicleManifestEntry other) =>
        Ecu == other.Ecu && Version == other.Version && ImageDigest.AsSpan().SequenceEqual(other.ImageDigest) && Nonce.AsSpan().SequenceEqual(other.Nonce);
}

/// <summary>Content of a vehicle manifest.</summary>
public sealed record VehicleManifest
{
    /// <summary>Most ECUs of a vehicle.</summary>
    public const int EntryCountMax = 64;

    /// <summary>Bytes of a nonce.</summary>
    public const int NonceLength = 16;

    /// <summary>Longest name of a vehicle, a campaign or an ECU.</summary>
    public const int NameLengthMax = 64;

    private const string What = "vehicle manifest";
    private const int Version = 1;
    private const int DigestLength = 32;
    private const int KeyVersion = 1;
    private const int KeySequence = 2;
    private const int KeyVehicle = 3;
    private const int KeyCampaign = 4;
    private const int KeyNotAfter = 5;
    private const int KeyEntries = 6;
    private const int MemberCount = 6;
    private const int EntryItemCount = 4;

    /// <summary>Orders the vehicle manifests of one vehicle; 1 or more.</summary>
    public required long Sequence { get; init; }

    /// <summary>Vehicle identification number, 1 to 64 printable ASCII characters.</summary>
    public required string Vehicle { get; init; }

    /// <summary>Name of the campaign, 1 to 64 printable ASCII characters.</summary>
    public required string Campaign { get; init; }

    /// <summary>Last moment at which it counts, in milliseconds since 1970 UTC.</summary>
    public required long NotAfterMs { get; init; }

    /// <summary>1 to 64 ECUs, ascending by name (ordinal), each once.</summary>
    public required IReadOnlyList<VehicleManifestEntry> Entries { get; init; }

    /// <summary>What an ECU is to run; null when the manifest does not name it.</summary>
    public VehicleManifestEntry? Find(string ecu) => Entries.FirstOrDefault(entry => entry.Ecu == ecu);

    /// <summary>Reads a vehicle manifest.</summary>
    /// <exception cref="SuitException">Not one of our profile.</exception>
    public static VehicleManifest Decode(byte[] cbor) => CborItem.Read(cbor, FotaError.ManifestMalformed, What, reader =>
    {
        int? version = null;
        long? sequence = null, notAfterMs = null;
        string? vehicle = null, campaign = null;
        List<VehicleManifestEntry>? entries = null;
        CborItem.ReadMap(reader, key => _ = key switch
        {
            KeyVersion => (object)(version = ReadVersion(reader)),
            KeySequence => sequence = ReadNumber(reader, 1, "the sequence number"),
            KeyVehicle => vehicle = ReadText(reader, NameLengthMax, "the vehicle"),
            KeyCampaign => campaign = ReadText(reader, NameLengthMax, "the campaign"),
            KeyNotAfter => notAfterMs = ReadNumber(reader, 0, "the time"),
            KeyEntries => entries = ReadEntries(reader),
            _ => throw new SuitException(FotaError.ManifestUnsupported, $"{What}: member {key} is unknown"),
        });
        return version is null || sequence is null || vehicle is null || campaign is null || notAfterMs is null || entries is null
            ? throw new CborContentException("a member that must be there is missing")
            : new VehicleManifest { Sequence = sequence.Value, Vehicle = vehicle, Campaign = campaign, NotAfterMs = notAfterMs.Value, Entries = entries };
    });

    /// <summary>The manifest as CBOR.</summary>
    public byte[] Encode() => ManifestEncoder.Cbor(writer =>
    {
        writer.WriteStartMap(MemberCount);
        ManifestEncoder.Pair(writer, KeyVersion, () => writer.WriteInt32(Version));
        ManifestEncoder.Pair(writer, KeySequence, () => writer.WriteInt64(Sequence));
        ManifestEncoder.Pair(writer, KeyVehicle, () => writer.WriteTextString(Vehicle));
        ManifestEncoder.Pair(writer, KeyCampaign, () => writer.WriteTextString(Campaign));
        ManifestEncoder.Pair(writer, KeyNotAfter, () => writer.WriteInt64(NotAfterMs));
        ManifestEncoder.Pair(writer, KeyEntries, () => WriteEntries(writer));
        writer.WriteEndMap();
    });

    private void WriteEntries(CborWriter writer)
    {
        writer.WriteStartArray(Entries.Count);
        foreach (VehicleManifestEntry entry in Entries)
        {
            writer.WriteStartArray(EntryItemCount);
            writer.WriteTextString(entry.Ecu);
            writer.WriteTextString(entry.Version);
            writer.WriteByteString(entry.ImageDigest);
            writer.WriteByteString(entry.Nonce);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static List<VehicleManifestEntry> ReadEntries(CborReader reader)
    {
        int count = CborItem.ReadArray(reader);
        if (count is 0 or > EntryCountMax)
        {
            throw new CborContentException($"{count} ECUs instead of 1 to {EntryCountMax}");
        }

        List<VehicleManifestEntry> entries = [];
        for (int i = 0; i < count; i++)
        {
            CborItem.ReadArray(reader, EntryItemCount, "an ECU");
            entries.Add(new VehicleManifestEntry(
                ReadText(reader, NameLengthMax, "an ECU's name"),
                ReadText(reader, ApplicationBundle.VersionLengthMax, "a version"),
                CborItem.ReadBytes(reader, DigestLength, "an image's digest"),
                CborItem.ReadBytes(reader, NonceLength, "a nonce")));
            reader.ReadEndArray();
        }

        reader.ReadEndArray();
        bool isAscending = entries.Zip(entries.Skip(1)).All(pair => string.CompareOrdinal(pair.First.Ecu, pair.Second.Ecu) < 0);
        return isAscending ? entries : throw new CborContentException("the ECUs' names do not ascend");
    }

    private static int ReadVersion(CborReader reader)
    {
        int version = reader.ReadInt32();
        return version == Version ? version : throw new SuitException(FotaError.ManifestVersionUnknown, $"{What}: version {version} instead of {Version}");
    }

    private static long ReadNumber(CborReader reader, long min, string what)
    {
        long number = reader.ReadInt64();
        return number >= min ? number : throw new CborContentException($"{what} is {number}, below {min}");
    }

    private static string ReadText(CborReader reader, int lengthMax, string what)
    {
        string text = reader.ReadTextString();
        bool isPlain = text.Length >= 1 && text.Length <= lengthMax && text.All(character => character is >= ' ' and <= '~');
        return isPlain ? text : throw new CborContentException($"{what} is not 1 to {lengthMax} printable ASCII characters");
    }
}
