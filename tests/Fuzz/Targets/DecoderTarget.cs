// The agent's decoders behind good tables: streams of heatshrink, patches, and bodies of patches that the target compresses, in blocks
// and with resets that the input chooses. Held against the host's decoders, which were written apart: both take the same, and make
// the same image of it.
//   input: kind and parameters ‖ block length ‖ turns before a reset ‖ image length (2) ‖ stream, patch or body
// Tests: tests/Fuzz/Checks.
using EsyncAgent;
using EsyncSim;
using EsyncSim.Delta;
using EsyncSim.Packages;

namespace EsyncTests.Fuzzing.Targets;

/// <summary>TransferDecoder and its parts; HeatshrinkDecoder, SequentialPatch, PayloadDecoder.</summary>
internal sealed class DecoderTarget : FuzzTarget
{
    private const int HeadLength = 5;
    private const int Kinds = 3;
    private const int BodyKind = 2;
    private const byte Compressed = 0x10;
    private const byte Delta = 0x20;

    // Both tables of a transfer stand in one sector: so much of either.
    private const int TransferLengthMax = 16 * 4096;

    private static readonly HeatshrinkParameters[] AllParameters = [.. HeatshrinkParameters.UpTo(PayloadEncoding.WindowBitsMax)];
    private static readonly byte[] Base = MakeBase();

    private readonly DecoderShelf _shelf = new(Base);

    public override string What => "compressed images and patches at the agent's decoders and the host's, which must agree, over resets";

    public override IReadOnlyList<string> Parsers =>
    [
        "EsyncAgent.TransferDecoder", "EsyncAgent.TransferStart", "EsyncAgent.PieceReceiver", "EsyncAgent.PieceBits", "EsyncAgent.HeatshrinkReader", "EsyncAgent.PatchReader",
        "EsyncAgent.PatchNumber", "EsyncAgent.PatchHistory", "EsyncAgent.PatchRestorer", "EsyncAgent.BaseImage",
        "EsyncSim.Delta.HeatshrinkDecoder", "EsyncSim.Delta.SequentialPatch", "EsyncSim.Packages.PayloadDecoder",
    ];

    public override IReadOnlyList<string> NotReading => ["SequentialPatch.Body", "SequentialPatch.Wrap", "SequentialPatch.NextFrom", "SequentialPatch.WriteNumber"];

    public override int LengthMax => 6000;

    public override int SmokeInputs => 1500;

    public override IReadOnlyList<byte[]> Words => [[0, 0, 0], [0x80, 0], [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0xBF, 0xFF, 0xFF, 0xFF, 0x0F], [0x41], [0xC0, 0x01], [4], new byte[64]];

    public override long StepsMax(int length) => 60_000_000;

    public override long AllocationMax(int length) => 40_000_000;

    public override IReadOnlyList<byte[]> Seeds()
    {
        byte[] image = [.. Base[2000..5000], .. Base[500..4500], .. new byte[300], .. Base[..1500]];
        byte[] body = SequentialPatch.Body(Base, image, [new(2000, 3000, 0), new(500, 4000, 300), new(0, 1500, 0)]);
        byte[] tiny = SequentialPatch.Body(Base, image[..40], [new(2000, 10, 2), new(500, 0, 3), new(100, 25, 0)]);
        HeatshrinkParameters narrow = new(4, 3), usual = new(8, 4), wide = new(11, 7);
        return
        [
            .. new[] { narrow, usual, wide }.Select(parameters => Input(0, 200, 60, image.Length, [parameters.Header, .. new HeatshrinkEncoder(image).Encode(parameters)])),
            .. new[] { narrow, usual, wide }.Select(parameters => Input(1, 90, 75, image.Length, SequentialPatch.Wrap(image.Length, parameters, new HeatshrinkEncoder(body).Encode(parameters)))),
            Input(BodyKind, 255, 50, image.Length, body),
            Input(BodyKind, 255, 40, image.Length, body),
            Input(BodyKind, 1, 0, 40, tiny),
            Input(BodyKind + (Kinds * 20), 30, 0, 40, tiny),
        ];
    }

    /// <summary>The image length that the stream gives.</summary>
    public override byte[] Repair(byte[] input)
    {
        if (input.Length <= HeadLength)
        {
            return input;
        }

        byte[] repaired = [.. input];
        int length = Math.Clamp(NaturalLength(input[0] % Kinds, input[HeadLength..]), 1, DecoderShelf.ImageLengthMax) - 1;
        repaired[3] = (byte)(length >> 8);
        repaired[4] = (byte)length;
        return repaired;
    }

    public override void Run(byte[] input)
    {
        if (input.Length <= HeadLength)
        {
            return;
        }

        int kind = input[0] % Kinds;
        byte[] transfer = input[HeadLength..];
        int length = 1 + (((input[3] << 8) | input[4]) % DecoderShelf.ImageLengthMax);
        if (kind == BodyKind)
        {
            HeatshrinkParameters parameters = AllParameters[input[0] / Kinds % AllParameters.Length];
            transfer = SequentialPatch.Wrap(length, parameters, new HeatshrinkEncoder(transfer).Encode(parameters));
        }

        if (transfer.Length > TransferLengthMax)
        {
            return;
        }

        byte[]? image = Decode(kind, transfer, length);
        byte[] expected = image ?? (kind == 0 ? Begun(transfer, length) : new byte[length]);
        byte[] table = ChunkTable.Build([.. Enumerable.Repeat((byte)0x5A, 32)], expected);
        int blockLength = 1 + (input[1] * 16);
        int[] resets = input[2] == 0 ? [] : [input[2], 1 + (input[2] / 3)];
        _shelf.Run(kind == 0 ? Compressed : Delta, transfer, length, table, blockLength, resets);
        Require(_shelf.Broken is null, _shelf.Broken ?? string.Empty);
        if (_shelf.HasAllocated)
        {
            throw new AllocatedException("the decoder");
        }

        Require(!_shelf.IsBaseHarmed, "the base or its slot was touched");
        bool isTaken = _shelf.Error == FotaError.None;
        Require(isTaken || image is null, "the host takes what the agent refuses");
        Require(!isTaken || _shelf.Image(length).SequenceEqual(expected), "the agent takes a transfer and the bank holds another image");
        Require(!isTaken || image is not null || resets.Length > 0, "the agent takes what the host refuses");
    }

    private static byte[]? Decode(int kind, byte[] transfer, int length)
    {
        try
        {
            return PayloadDecoder.Decode(kind == 0 ? PayloadEncoding.Heatshrink : PayloadEncoding.Delta, transfer, Base, (uint)length);
        }
        catch (SuitException)
        {
            return null;
        }
    }

    // What a stream gives before it turns out to be none, so that the chunk table does not stop it earlier.
    private static byte[] Begun(byte[] transfer, int length)
    {
        byte[] image = new byte[length];
        HeatshrinkParameters parameters = HeatshrinkParameters.FromHeader(transfer[0]);
        if (parameters.AreValid)
        {
            byte[] data = HeatshrinkDecoder.Decode(transfer.AsSpan(1), parameters, length, out _);
            data.AsSpan(0, Math.Min(length, data.Length)).CopyTo(image);
        }

        return image;
    }

    private static int NaturalLength(int kind, byte[] transfer)
    {
        if (kind == 0)
        {
            HeatshrinkParameters parameters = HeatshrinkParameters.FromHeader(transfer[0]);
            return parameters.AreValid ? HeatshrinkDecoder.Decode(transfer.AsSpan(1), parameters, DecoderShelf.ImageLengthMax, out _).Length : 1;
        }

        long length = 0;
        try
        {
            if (kind != BodyKind)
            {
                SequentialPatch.ReadHead(transfer, out int imageLength, out _);
                return imageLength;
            }

            for (int at = 1; at < transfer.Length && length < DecoderShelf.ImageLengthMax;)
            {
                for (int run = 0; run < 2; run++)
                {
                    int count = SequentialPatch.ReadLength(transfer, ref at, DecoderShelf.ImageLengthMax);
                    length += count;
                    at += count;
                }

                SequentialPatch.ReadNumber(transfer, ref at);
            }
        }
        catch (UserErrorException)
        {
            return (int)length;
        }

        return (int)length;
    }

    private static byte[] Input(int kind, byte block, byte reset, int length, byte[] stream) => [(byte)kind, block, reset, (byte)((length - 1) >> 8), (byte)(length - 1), .. stream];

    // Words that come again, so that matches reach back far and near.
    private static byte[] MakeBase()
    {
        byte[] image = new byte[5200];
        uint state = 1;
        for (int i = 0; i < image.Length; i++)
        {
            state = (state * 1664525) + 1013904223;
            image[i] = i >= 300 && state >> 30 != 0 ? image[i - 300 + ((int)(state >> 26) & 1)] : (byte)(state >> 20);
        }

        return image;
    }
}
