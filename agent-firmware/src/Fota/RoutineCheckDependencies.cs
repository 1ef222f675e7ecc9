// RID FF01: is the secondary bank whole and checked? Every chunk must be recorded, hence authenticated, programmed
// and read back; where nf.config says so, the manifest's SHA-256 over the image is computed as well. Then the record
// says VERIFIED.
// Clause: ISO 14229-1:2020 Annex F, routine identifier FF01.
// Tests: tests/agent-firmware/Fota.
namespace EsyncAgent;

/// <summary>Check programming dependencies.</summary>
public sealed class RoutineCheckDependencies : FotaRoutine
{
    // Managed SHA-256 costs some 100 instructions per byte: small bites keep a cycle near 10 ms.
    private const int DigestBytesPerCycle = 256;

    private enum Step : byte
    {
        Read,
        Digest,
        Record,
    }

    private readonly Fls _fls;
    private readonly Csm _csm;
    private readonly Banks _banks;
    private readonly SecondarySlot _slot;
    private readonly CheckpointLog _checkpoints;
    private readonly bool _isImageDigestChecked;
    private readonly byte[] _chunk;
    private readonly byte[] _digest;
    private readonly FlsJob _job;
    private uint _position;
    private int _chunkDone;
    private int _chunkCount;
    private Step _step;

    /// <summary>Makes the routine; <paramref name="chunkBuffer"/> (4,096 bytes) and <paramref name="chunkJob"/> are used only while it runs.</summary>
    public RoutineCheckDependencies(Fls fls, Csm csm, Banks banks, SecondarySlot slot, CheckpointLog checkpoints, bool isImageDigestChecked, byte[] chunkBuffer, FlsJob chunkJob)
        : base(0xFF01)
    {
        _fls = fls;
        _csm = csm;
        _banks = banks;
        _slot = slot;
        _checkpoints = checkpoints;
        _isImageDigestChecked = isImageDigestChecked;
        _digest = isImageDigestChecked ? new byte[32] : null;
        _chunk = chunkBuffer;
        _job = chunkJob;
    }

    /// <inheritdoc/>
    public override FotaError Condition()
    {
        BankState state = _banks.Record.State[_banks.Secondary];
        bool isBound = _slot.IsTrusted && (state == BankState.Receiving || state == BankState.Verified || state == BankState.Trial);
        return isBound ? FotaError.None : FotaError.NoManifest;
    }

    /// <inheritdoc/>
    public override StdReturn Start()
    {
        if (_banks.Record.State[_banks.Secondary] != BankState.Receiving)
        {
            return StdReturn.Ok;
        }

        uint recorded = _checkpoints.Matches(_slot.Header.Digest) ? _checkpoints.RecordedChunks : 0;
        if (recorded != _slot.Header.ChunkCount)
        {
            return Fail(FotaError.TransferIncomplete, recorded);
        }

        if (!_isImageDigestChecked)
        {
            return BeginRecord();
        }

        _csm.Sha256.Reset();
        _position = 0;
        return ReadChunk();
    }

    /// <inheritdoc/>
    public override StdReturn Advance()
    {
        switch (_step)
        {
            case Step.Read:
                if (_job.Result == StdReturn.Ok)
                {
                    _step = Step.Digest;
                    return StdReturn.Pending;
                }

                return _job.Result == StdReturn.NotOk ? Fail(FotaError.FlashFailed, _job.FailedAddress) : StdReturn.Pending;
            case Step.Digest:
                return DigestBite();
            default:
                return AwaitRecord(_banks);
        }
    }

    private StdReturn ReadChunk()
    {
        uint rest = _slot.Header.ImageLength - _position;
        _chunkCount = rest < (uint)_chunk.Length ? (int)rest : _chunk.Length;
        _chunkDone = 0;
        _step = Step.Read;
        uint address = _banks.ImageArea(_banks.Secondary).Start + _position;
        return _fls.Read(_job, address, _chunk, 0, _chunkCount) ? StdReturn.Pending : Fail(FotaError.FlashFailed, address);
    }

    private StdReturn DigestBite()
    {
        int rest = _chunkCount - _chunkDone;
        int bite = rest < DigestBytesPerCycle ? rest : DigestBytesPerCycle;
        _csm.Sha256.Update(_chunk, _chunkDone, bite);
        _chunkDone += bite;
        if (_chunkDone < _chunkCount)
        {
            return StdReturn.Pending;
        }

        _position += (uint)_chunkCount;
        if (_position < _slot.Header.ImageLength)
        {
            return ReadChunk();
        }

        _csm.Sha256.Finish(_digest, 0);
        return Bytes.AreEqual(_digest, 0, _slot.Header.Header, ManifestSlot.ImageDigestOffset, 32) ? BeginRecord() : Fail(FotaError.ImageDigestMismatch, 0);
    }

    private StdReturn BeginRecord()
    {
        BankTransitions.Verify(_banks.BeginChange(), _banks.Secondary);
        _banks.Commit();
        _step = Step.Record;
        return StdReturn.Pending;
    }
}
