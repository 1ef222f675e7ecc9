// The CBOR reader by itself: the first bytes of an input are calls, the rest is what they read. Held against System.Formats.Cbor
// where both have an opinion: what our reader takes in one go, the other takes too, with the same value.
// Tests: tests/Fuzz/Checks.
using System.Formats.Cbor;
using EsyncAgent;

namespace EsyncTests.Fuzzing.Targets;

/// <summary>CanonicalCborReader.</summary>
internal sealed class CborTarget : FuzzTarget
{
    private const int CallsMax = 32;
    private static readonly byte[] Contents = [0xA1];

    private readonly CanonicalCborReader _reader = new();
    private readonly byte[] _into = new byte[64];

    public override string What => "CBOR reader of the agent: any calls on any bytes";

    public override IReadOnlyList<string> Parsers => ["EsyncAgent.CanonicalCborReader"];

    public override int LengthMax => 512;

    public override int SmokeInputs => 20_000;

    public override IReadOnlyList<byte[]> Words => [[0x1A, 0, 1, 0, 0], [0x58, 0x20], [0x3B], [0x5F], [0x9F], [0xBF], [0xFF], [0xF6], [0xF7], [0xFB], [0xD8, 0x6B], [0x18, 0x17], [0x19, 0, 0xFF]];

    public override long StepsMax(int length) => 20_000 + (4 * length);

    public override long AllocationMax(int length) => 4096 + (2 * length);

    public override IReadOnlyList<byte[]> Seeds() =>
    [
        [0, 0x18, 0x64],
        [4, 1, 2, 3, 4, 5, 6, 7, 8, 0x38, 0x63, 0x83, 0xA2, 0xF6, 0x42, 0x61, 0x61, 0x61, 0x61, 0xD8, 0x6B, 0x81, 0xA1, 0x01],
        [.. new byte[] { 8, 4, 2, 3, 1, 5, 6, 10, 11 }, .. Samples.Manifests()[0].AsSpan(0, 200)],
        [3, 5, 5, 5, 0x48, 1, 2, 3, 4, 5, 6, 7, 8, 0x64, 0x61, 0x62, 0x63, 0x64],
    ];

    public override void Run(byte[] input)
    {
        if (input.Length < 2)
        {
            return;
        }

        int calls = Math.Min(input[0] % CallsMax, input.Length - 1);
        int start = 1 + calls;
        long before = GC.GetAllocatedBytesForCurrentThread();
        _reader.Attach(input, start, input.Length - start, 100);
        for (int i = 1; i < start; i++)
        {
            uint position = _reader.Position;
            bool wasFailed = _reader.IsFailed;
            Call(input[i]);
            Require(_reader.Position >= position && _reader.Position <= 100 + (uint)(input.Length - start), "the position leaves the range");
            Require(!wasFailed || (_reader.IsFailed && _reader.Position == position), "a call after a fault does something");
        }

        RequireNoAllocation(before, "the reader");
        CompareFirst(input, start);
    }

    private void Call(byte call)
    {
        switch (call % 16)
        {
            case 0: _reader.ReadUnsigned(uint.MaxValue); break;
            case 1: _reader.ReadKey(); break;
            case 2: _reader.ReadArray(); break;
            case 3: _reader.ReadMap(); break;
            case 4: _reader.ReadNull(); break;
            case 5: _reader.EnterByteString(_reader.Position + (uint)(call >> 4 << 4)); break;
            case 6: _reader.ReadBytes(_into, call >> 4); break;
            case 7: _reader.ReadPrintable(_into, call >> 4); break;
            case 8: _reader.ReadPrintable(null, 64); break;
            case 9: _reader.ExpectTag(107); break;
            case 10: _reader.ExpectArray((uint)(call >> 4)); break;
            case 11: _reader.ExpectMap((uint)(call >> 4)); break;
            case 12: _reader.ExpectKey((call >> 4) - 4); break;
            case 13: _reader.ExpectBytes(Contents); break;
            case 14: _reader.ReadUnsigned((uint)(call >> 4)); break;
            default: _reader.ExpectEnd(_reader.Position + (uint)(call >> 6)); break;
        }
    }

    // The other reader goes on to 64 bits; up to 32 both must agree.
    private void CompareFirst(byte[] input, int start)
    {
        byte[] item = input[start..];
        _reader.Attach(item, 0, item.Length, 0);
        uint value = _reader.ReadUnsigned(uint.MaxValue);
        bool isTaken = !_reader.IsFailed;
        try
        {
            CborReader other = new(item, CborConformanceMode.Canonical, allowMultipleRootLevelValues: true);
            bool isUnsigned = other.PeekState() == CborReaderState.UnsignedInteger;
            ulong expected = isUnsigned ? other.ReadUInt64() : 0;
            Require(isTaken == (isUnsigned && expected <= uint.MaxValue), "the two readers differ on what is an unsigned integer");
            Require(!isTaken || value == expected, "the two readers differ on an unsigned integer");
        }
        catch (CborContentException)
        {
            Require(!isTaken, "an unsigned integer that is not canonical is taken");
        }
    }
}
