// Trust manifests: the agent's reader over a flash slot, behind the signature check, and the host's decoder. The host knows which
// anchor stands twice at once, the agent when it stores them: that is the one thing on which they may differ here.
// Tests: tests/Fuzz/Checks.
using EsyncAgent;
using EsyncSim.Packages;
using EsyncSim.Signing;

namespace EsyncTests.Fuzzing.Targets;

/// <summary>TrustReader; TrustList, TrustFile.</summary>
internal sealed class TrustTarget : FuzzTarget
{
    private readonly Shelf _shelf = new();
    private readonly TrustManifest _manifest = new(new Manifest());
    private readonly byte[] _block = new byte[KeyStore.BlockLengthMax];
    private readonly ManifestCursor _cursor;
    private readonly TrustReader _reader;

    public TrustTarget()
    {
        _cursor = new ManifestCursor(new FlsWindow(_shelf.Fls, FlsPriority.Fota, 256));
        _reader = new TrustReader(_cursor, _manifest, _block);
    }

    public override string What => "trust manifest, read by the agent from flash and by the host, which must agree";

    public override IReadOnlyList<string> NotReading => ["TrustFile.Build", "TrustFile.RequireList", "TrustFile.Names", "TrustFile.IsTrustFile", "TrustFile.Load", "TrustList.WriteAnchors", "TrustList.Encode"];

    public override IReadOnlyList<string> Parsers => ["EsyncAgent.TrustReader", "EsyncSim.Packages.TrustList", "EsyncSim.Packages.TrustFile"];

    public override int LengthMax => 800;

    public override int SmokeInputs => 5000;

    public override IReadOnlyList<byte[]> Words => [[0x82, 1, 0x58, 0x3C, 0, 0, 0, 1], [0x82, 2, 0x58, 0x3C, 0, 0, 0, 2], [0, 0, 0, 5, 0, 0, 0, 4], [6, 0x81], [6, 0x88], [5, 0x50], [0xDA, 0x45, 0x53, 0x54, 0x4D]];

    public override long StepsMax(int length) => 60_000 + (100 * length);

    public override long AllocationMax(int length) => 60_000 + (60 * length);

    public override IReadOnlyList<byte[]> Seeds()
    {
        TrustAnchor author = Samples.Author.Anchor, oem = Samples.Oem.Anchor;
        TrustList list = new() { Sequence = 1, VendorId = Samples.VendorId, ClassId = Samples.ClassId, Anchors = [author, oem] };
        TrustAnchor[] eight = [.. Enumerable.Range(0, 8).Select(i => author with { PublicKey = [.. author.PublicKey.AsSpan(0, 12), (byte)i, .. author.PublicKey.AsSpan(13)] })];
        return [list.Encode(), (list with { DeviceId = Samples.DeviceId, Sequence = 70_000 }).Encode(), (list with { Anchors = eight }).Encode(), (list with { Anchors = [oem] }).Encode()];
    }

    public override void Run(byte[] input)
    {
        _shelf.Put(input);
        long before = GC.GetAllocatedBytesForCurrentThread();
        _cursor.Open(Shelf.Address, (uint)input.Length);
        _reader.Begin(0);
        StdReturn result = StdReturn.Pending;
        for (int i = 0; result == StdReturn.Pending; i++)
        {
            Require(i < 100, "no verdict after 100 calls");
            result = _reader.MainFunction();
            _shelf.Turn();
        }

        RequireNoAllocation(before, "the reader");
        Require((result == StdReturn.Ok) == (_cursor.Error == FotaError.None), "a verdict without a reason");
        Compare(input, result == StdReturn.Ok);
    }

    private void Compare(byte[] input, bool isTaken)
    {
        TrustList list;
        try
        {
            list = TrustList.Decode(input);
        }
        catch (SuitException error)
        {
            Require(!isTaken || (error.Reason == FotaError.AnchorsInvalid && IsOneTwice()), "the agent takes a trust manifest that the host refuses");
            return;
        }

        Require(isTaken, "the host takes a trust manifest that the agent refuses");
        bool isSame = list.Sequence == _manifest.SequenceNumber && list.VendorId.AsSpan().SequenceEqual(_manifest.VendorId)
            && list.ClassId.AsSpan().SequenceEqual(_manifest.ClassId) && (list.DeviceId is not null) == _manifest.HasDeviceId
            && list.Anchors.Count == _block[KeyStore.CountOffset];
        for (int i = 0; isSame && i < list.Anchors.Count; i++)
        {
            isSame = _block[KeyStore.AnchorsOffset + (i * KeyStore.AnchorLength)] == (byte)list.Anchors[i].Role && list.Anchors[i].PublicKey.AsSpan().SequenceEqual(Key(i));
        }

        Require(isSame, "host and agent read different things out of one trust manifest");
    }

    private Span<byte> Key(int anchor) => _block.AsSpan(KeyStore.AnchorsOffset + (anchor * KeyStore.AnchorLength) + 1, LmsParameters.HssPublicKeyLength);

    private bool IsOneTwice()
    {
        int count = _block[KeyStore.CountOffset];
        return Enumerable.Range(0, count).DistinctBy(i => Convert.ToHexString(Key(i).Slice(12, 16))).Count() < count;
    }
}
