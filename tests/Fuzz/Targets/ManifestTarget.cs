// The agent's manifest reader over a flash slot, behind the signature check: what a signer could send who has gone mad.
// Held against the host's decoder, which was written apart: the two take the same manifests and read the same out of them.
// Tests: tests/Fuzz/Checks.
using System.Text;
using EsyncAgent;
using EsyncSim.Packages;

namespace EsyncTests.Fuzzing.Targets;

/// <summary>ManifestReader, InstallReader, EncryptionReader, ManifestCursor; and ManifestDecoder, EncryptionInfoCbor.</summary>
internal sealed class ManifestTarget : FuzzTarget
{
    private const int CallsMax = 200;
    private const byte RecipientCountMax = 32;

    private readonly Shelf _shelf = new();
    private readonly Manifest _manifest = new();
    private readonly ManifestCursor _cursor;
    private readonly ManifestReader _reader;

    public ManifestTarget()
    {
        _cursor = new ManifestCursor(new FlsWindow(_shelf.Fls, FlsPriority.Fota, 256));
        _reader = new ManifestReader(_cursor, _manifest, RecipientCountMax);
    }

    public override string What => "SUIT manifest, read by the agent from flash and by the host, which must agree";

    public override IReadOnlyList<string> Parsers => ["EsyncAgent.ManifestReader", "EsyncAgent.InstallReader", "EsyncAgent.EncryptionReader", "EsyncAgent.ManifestCursor", "EsyncSim.Packages.ManifestDecoder",
        "EsyncSim.Packages.EncryptionInfoCbor"];

    public override IReadOnlyList<string> NotReading => ["InstallReader..ctor", "EncryptionInfoCbor.WriteHeaders", "EncryptionInfoCbor.<Encode>b__0"];

    public override int LengthMax => 1024;

    public override int SmokeInputs => 10_000;

    public override IReadOnlyList<byte[]> Words =>
        [[0x39, 1, 0], [0x39, 1, 1], [0x39, 1, 2], [0x39, 1, 3], [0x39, 1, 4], [0x39, 1, 5], [0x39, 1, 6], [0x39, 1, 7], [0x39, 1, 8], [0x39, 1, 9], [0x14, 0xA1], [0x18, 0x18], [0x82, 0x2F, 0x58, 0x20], [0x15, 0x02, 0x03, 0x0F],
        [0xD8, 0x60, 0x84, 0x40, 0xA2], [0x39, 0xFF, 0xFB, 5, 0x50], [0x83, 0x40, 0xA2, 1, 0x24, 4, 0x50], [0x58, 0x28]];

    public override IReadOnlyList<byte[]> Seeds() => Samples.Manifests();

    public override long StepsMax(int length) => 60_000 + (100 * length);

    public override long AllocationMax(int length) => 40_000 + (40 * length);

    public override void Run(byte[] input)
    {
        _shelf.Put(input);
        long before = GC.GetAllocatedBytesForCurrentThread();
        _manifest.Clear();
        _cursor.Open(Shelf.Address, (uint)input.Length);
        _reader.Begin(0, Samples.DeviceId);
        StdReturn result = StdReturn.Pending;
        for (int i = 0; result == StdReturn.Pending; i++)
        {
            Require(i < CallsMax, "no verdict after 200 calls");
            result = _reader.MainFunction();
            _shelf.Turn();
        }

        FotaError error = result == StdReturn.Ok ? _reader.CheckTables() : _cursor.Error;
        RequireNoAllocation(before, "the reader");
        Require((result == StdReturn.Ok) == (_cursor.Error == FotaError.None), "a verdict without a reason");
        Compare(input, result == StdReturn.Ok, error);
    }

    private bool IsSameEncryption(byte[] input, EncryptionInfo? info)
    {
        byte[]? key = info?.Recipients.SingleOrDefault(recipient => recipient.DeviceId.AsSpan().SequenceEqual(Samples.DeviceId))?.Key;
        int position = (int)_manifest.WrappedKeyPosition;
        return _manifest.IsEncrypted == (info is not null) && (info?.Iv ?? new byte[16]).AsSpan().SequenceEqual(_manifest.Iv)
            && (position == 0 ? key is null : input.AsSpan(position, WrappedKey.Length).SequenceEqual(key));
    }

    private void Compare(byte[] input, bool isTaken, FotaError error)
    {
        SuitManifest decoded;
        try
        {
            decoded = ManifestDecoder.Decode(input);
        }
        catch (SuitException)
        {
            Require(!isTaken, "the agent takes a manifest that the host refuses");
            return;
        }

        Require(isTaken, "the host takes a manifest that the agent refuses");
        bool isSame = decoded.Sequence == _manifest.SequenceNumber && decoded.ImageLength == _manifest.ImageLength
            && decoded.SecurityVersion == _manifest.SecurityVersion && decoded.ContractVersion == _manifest.ContractVersion
            && (byte)decoded.Runtime == _manifest.Runtime && decoded.Encoding == _manifest.Encoding && decoded.SlotMask == _manifest.SlotMask
            && decoded.VendorId.AsSpan().SequenceEqual(_manifest.VendorId) && decoded.ClassId.AsSpan().SequenceEqual(_manifest.ClassId)
            && decoded.Salt.AsSpan().SequenceEqual(_manifest.Salt) && decoded.ImageDigest.AsSpan().SequenceEqual(_manifest.ImageDigest)
            && (decoded.DeviceId is not null) == _manifest.HasDeviceId && (decoded.BaseDigest is not null) == _manifest.HasBaseDigest
            && decoded.Version == Encoding.ASCII.GetString(_manifest.Version).TrimEnd('\0');
        isSame &= IsSameEncryption(input, decoded.EncryptionInfo);
        Require(isSame, "host and agent read different things out of one manifest");
        int chunks = (int)((decoded.ImageLength + 4095L) / 4096);
        bool isTableRight = decoded.ImageLength > 0 && decoded.ChunkTable.Length == 32L * chunks;
        Require(isTableRight || error == FotaError.ChunkTableInvalid, "a chunk table of the wrong length is taken");
        Require(!isTableRight || error != FotaError.ChunkTableInvalid, "a chunk table of the right length is refused");
    }
}
