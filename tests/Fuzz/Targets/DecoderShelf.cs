// The agent's decoders with all that they work upon, and nothing before them: a confirmed base in bank A, a manifest slot of bank B
// that says whatever a target wants, and the transfer that brings bytes to them. No signature is needed, since the slot is trusted by
// its seal, and that follows from the slot.
// Invariants: each run begins on the same flash; a turn decodes no more than its share and allocates nothing.
// Tests: tests/Fuzz/Checks.
using System.Security.Cryptography;
using EsyncAgent;
using EsyncSim.Crypto;
using EsyncSim.Packages;

namespace EsyncTests.Fuzzing.Targets;

/// <summary>One transfer at a time, with resets.</summary>
internal sealed class DecoderShelf
{
    /// <summary>Longest image in bytes.</summary>
    public const int ImageLengthMax = 4 * RamPart.SectorLength;

    // What TransferDecoder may make in a turn. Most probes are passed by a patch that makes the image byte by byte, in sixteen steps, with
    // eight segments of nothing and their numbers before each.
    private const int BytesPerTurnMax = 256;
    private const long StepsPerTurnMax = 40_000;
    private const int TurnsMax = 20_000;
    private const ushort Encodings = 0x0007;
    private const int TableOffset = 1024;

    private static readonly byte[] Salt = [.. Enumerable.Repeat((byte)0x5A, 32)];
    private static readonly byte[] BaseDigest = [.. Enumerable.Repeat((byte)0xA0, 32)];
    private static readonly byte[] NextDigest = [.. Enumerable.Repeat((byte)0xB0, 32)];

    private static readonly FlsConfig Map = new()
    {
        BootRecord0 = Area(0, 1),
        BootRecord1 = Area(1, 1),
        BootRecord2 = Area(2, 1),
        Checkpoint0 = Area(3, 1),
        Checkpoint1 = Area(4, 1),
        ManifestA = Area(5, 1),
        ManifestB = Area(6, 1),
        Staging = Area(7, 1),
        BankA = Area(8, 4),
        BankB = Area(12, 4),
    };

    private readonly RamPart _part = new(16);
    private readonly byte[] _content = new byte[16 * RamPart.SectorLength];
    private readonly byte[] _baseSeal;
    private readonly BootRecord _record = new();
    private Fls _fls = null!;
    private BootRecordStore _records = null!;
    private CheckpointLog _log = null!;
    private BankWriter _writer = null!;
    private Download _download = null!;
    private int _turnsLeft;

    /// <summary>With this base.</summary>
    public DecoderShelf(byte[] baseImage)
    {
        Array.Fill(_content, (byte)0xFF);
        baseImage.CopyTo(_content, Map.BankA.Start);
        _baseSeal = PutSlot(Map.ManifestA, BaseDigest, baseImage.Length, ChunkTable.Build(Salt, baseImage), 0, 0, []);
    }

    /// <summary>Why the last transfer ended.</summary>
    public FotaError Error { get; private set; }

    /// <summary>The rule that the last transfer broke; null when it broke none.</summary>
    public string? Broken { get; private set; }

    /// <summary>True when a turn of the decoders allocated in the last transfer.</summary>
    public bool HasAllocated { get; private set; }

    /// <summary>True when bank A, its slot or anything outside the rules of flash was touched.</summary>
    public bool IsBaseHarmed => _part.Misuses > 0 || _part.IsChanged(Map.ManifestA.Start)
        || Enumerable.Range(0, 4).Any(sector => _part.IsChanged(Map.BankA.Start + (uint)(sector * RamPart.SectorLength)));

    /// <summary>What bank B holds.</summary>
    public ReadOnlySpan<byte> Image(int length) => _part.Memory.Slice((int)Map.BankB.Start, length);

    /// <summary>Brings the transfer to an image of this length and chunk table, with a reset after each of these numbers of turns.</summary>
    public void Run(byte encoding, byte[] transfer, int imageLength, byte[] chunkTable, int blockLength, params int[] resets)
    {
        byte[] seal = PutSlot(Map.ManifestB, NextDigest, imageLength, chunkTable, encoding, transfer.Length, ChunkTable.Build(Salt, transfer));
        PutRecord(seal);
        _part.Restore(_content);
        Broken = null;
        HasAllocated = false;
        bool isDone = false;
        for (int i = 0; i <= resets.Length && !isDone && Broken is null; i++)
        {
            Start();
            isDone = Transfer(encoding, transfer, blockLength, i < resets.Length ? resets[i] : int.MaxValue);
        }
    }

    // False when a reset came after so many turns.
    private bool Transfer(byte encoding, byte[] transfer, int blockLength, int turns)
    {
        _turnsLeft = turns;
        uint offset = _download.ResumeOffset;
        Error = FotaError.None;
        if (_download.ResumeChunk == 0)
        {
            Await(() => _log.Open(NextDigest, 0) ? StdReturn.Ok : StdReturn.Pending);
            Await(() => _log.Result);
        }
        else if (offset == transfer.Length)
        {
            return true;
        }

        StdReturn result = Await(() => _download.Start(encoding, Fota.BankAddress + offset, (uint)transfer.Length - offset));
        for (int at = (int)offset; result == StdReturn.Ok && at < transfer.Length; at += blockLength)
        {
            int start = at, count = Math.Min(blockLength, transfer.Length - at);
            result = Await(() => _download.Accept(transfer, start, count));
            Turn();
        }

        result = result == StdReturn.Ok ? Await(() => _download.Finish()) : result;
        if (_turnsLeft <= 0)
        {
            return false;
        }

        Error = result == StdReturn.Ok ? FotaError.None : _download.Error;
        Require(result != StdReturn.NotOk || Error != FotaError.None, "a transfer ends without a reason");
        return true;
    }

    private StdReturn Await(Func<StdReturn> step)
    {
        for (int i = 0; i < TurnsMax && Broken is null; i++)
        {
            if (_turnsLeft <= 0)
            {
                return StdReturn.NotOk;
            }

            StdReturn result = step();
            if (result != StdReturn.Pending)
            {
                return result;
            }

            Turn();
        }

        Require(false, "a transfer does not end");
        return StdReturn.NotOk;
    }

    private void Start()
    {
        _turnsLeft = int.MaxValue;
        Csm csm = new(new HostCrypto());
        byte[] bufferA = new byte[BankWriter.ChunkLength];
        byte[] bufferB = new byte[BankWriter.ChunkLength];
        FotaConfig config = new() { Encodings = Encodings, WindowBitsMax = PayloadEncoding.WindowBitsMax };
        _fls = new Fls(Map, _part);
        _records = new BootRecordStore(_fls);
        Banks banks = new(Map, _records);
        SlotSeal seal = new(_fls, csm, bufferA);
        SecondarySlot slot = new(banks, seal);
        _log = new CheckpointLog(_fls, TransferStart.StateLengthMax(Encodings), bufferA);
        _writer = new BankWriter(_fls, new ChunkTags(_fls, csm, ChunkTags.WindowInOrder), _log, bufferA, bufferB, TransferStart.StateLengthMax(Encodings));
        TransferDecoder decoder = new(config, _fls, csm, null, banks, _writer);
        _download = new Download(_fls, banks, slot, _log, _writer, decoder);
        Await(() => _records.IsLoaded && _records.IsIdle ? StdReturn.Ok : StdReturn.Pending);
        slot.BeginInspection();
        Await(slot.Inspect);
        _log.BeginLoad();
        Await(() => _log.Result);
        Require(slot.IsTrusted, "the shelf's own slot is not trusted");
    }

    private void Turn()
    {
        _turnsLeft--;
        _log.MainFunction(0);
        uint before = _writer.Remaining;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long steps = Probe.StepsLeft;
        _download.MainFunction();
        HasAllocated |= GC.GetAllocatedBytesForCurrentThread() != allocated;
        Require(steps - Probe.StepsLeft <= StepsPerTurnMax, "the decoders take more steps in a turn than their share");
        Require(!_download.IsActive || before - _writer.Remaining <= BytesPerTurnMax, "the decoders make more bytes in a turn than their share");
        _writer.MainFunction(0, false);
        _records.MainFunction(0);
        _fls.MainFunction(0);
    }

    private void Require(bool holds, string rule) => Broken ??= holds ? null : rule;

    // Header, then both tables where the envelope would be; returns the seal (PROTOCOL.md, "Boot record").
    private byte[] PutSlot(FlsArea area, byte[] digest, int imageLength, byte[] chunkTable, byte encoding, int transferLength, byte[] transferTable)
    {
        Manifest manifest = new()
        {
            ImageLength = (uint)imageLength,
            ChunkCount = (uint)ChunkTable.ChunkCount(imageLength),
            ChunkTablePosition = TableOffset - ManifestSlot.EnvelopeOffset,
            Encoding = encoding,
            TransferLength = (uint)(encoding == 0 ? imageLength : transferLength),
            TransferPieceCount = (uint)ChunkTable.ChunkCount(transferLength),
            TransferTablePosition = (2 * TableOffset) - ManifestSlot.EnvelopeOffset,
        };
        digest.CopyTo(manifest.Digest, 0);
        Salt.CopyTo(manifest.Salt, 0);
        BaseDigest.CopyTo(manifest.BaseDigest, 0);
        byte[] header = new byte[ManifestSlot.HeaderLength];
        ManifestSlot.WriteHeader(manifest, RamPart.SectorLength / 2, header);
        Span<byte> slot = _content.AsSpan((int)area.Start, RamPart.SectorLength);
        header.CopyTo(slot);
        chunkTable.CopyTo(slot[TableOffset..]);
        transferTable.CopyTo(slot[(2 * TableOffset)..]);
        byte[] part = [.. Enumerable.Repeat((byte)0xFF, BankWriter.ChunkLength)];
        chunkTable.CopyTo(part, 0);
        return HMACSHA256.HashData(HMACSHA256.HashData(digest, header), part);
    }

    private void PutRecord(byte[] seal)
    {
        _record.ActiveBank = BootRecord.BankA;
        _record.Sequence = 7;
        _record.State[0] = BankState.Confirmed;
        _record.State[1] = BankState.Receiving;
        _record.Bind(0, BaseDigest, _baseSeal);
        _record.Bind(1, NextDigest, seal);
        foreach (FlsArea copy in new[] { Map.BootRecord0, Map.BootRecord1, Map.BootRecord2 })
        {
            _record.Serialize(_content, (int)copy.Start);
        }
    }

    private static FlsArea Area(uint first, uint count) => new() { Start = first * RamPart.SectorLength, Length = count * RamPart.SectorLength };
}
