// Brings a bank's image into RAM for the application loader, each chunk checked against its signed tag on the copy
// that is going to run: slot header → seal compared with the boot record → chunk by chunk → start.
// Invariant: nothing reaches the loader before its tag was right; after any failure the loader must not be started.
// Must not know which bank is the right one: BootSequence decides.
// Tests: tests/agent-firmware/EcuM.
namespace EsyncAgent;

/// <summary>Checks and loads one bank step by step.</summary>
public sealed class BankLoader
{
    private enum Step : byte
    {
        Seal,
        Read,
        Tag,
    }

    private readonly Fls _fls;
    private readonly SlotSeal _seal;
    private readonly IApplicationLoader _loader;
    private readonly byte[] _chunk;
    private readonly ChunkTags _tags;
    private readonly FlsJob _job;
    private Banks _banks;
    private int _bank;
    private uint _index;
    private Step _step;

    /// <summary>Makes the loader; <paramref name="seal"/>, <paramref name="tags"/> and <paramref name="chunkBuffer"/> (4,096 bytes) and <paramref name="chunkJob"/> are used only while it works.</summary>
    public BankLoader(Fls fls, SlotSeal seal, ChunkTags tags, IApplicationLoader loader, byte[] chunkBuffer, FlsJob chunkJob)
    {
        _fls = fls;
        _seal = seal;
        _loader = loader;
        _chunk = chunkBuffer;
        _job = chunkJob;
        _tags = tags;
    }

    /// <summary>Why it failed: ImageDamaged or LoadFailed.</summary>
    public FotaError Error { get; private set; }

    /// <summary>True once the application loader was told to start.</summary>
    public bool WasStarted { get; private set; }

    /// <summary>Starts with a bank (0 A, 1 B); its slot must be the one that the boot record binds.</summary>
    public void Begin(Banks banks, int bank)
    {
        _banks = banks;
        _bank = bank;
        _index = 0;
        Error = FotaError.ImageDamaged;
        _step = Step.Seal;
        _seal.Begin(banks.SlotArea(bank));
    }

    /// <summary>Goes on. Ok: the application was started.</summary>
    public StdReturn Advance()
    {
        switch (_step)
        {
            case Step.Seal:
                return CheckSeal();
            case Step.Read:
                if (_job.Result != StdReturn.Ok)
                {
                    return _job.Result;
                }

                _step = Step.Tag;
                return CheckChunk();
            default:
                return CheckChunk();
        }
    }

    private StdReturn CheckSeal()
    {
        StdReturn result = _seal.Step();
        if (result != StdReturn.Ok)
        {
            return result;
        }

        if (!_banks.Record.IsBound(_bank, _seal.Slot.Digest, _seal.Value) || _seal.Slot.ImageLength > _banks.ImageArea(_bank).Length)
        {
            return StdReturn.NotOk;
        }

        if (_seal.Slot.Runtime != _loader.Runtime || _seal.Slot.ContractVersion > _loader.ContractVersion
            || _loader.Begin(_seal.Slot.ImageLength) != StdReturn.Ok)
        {
            Error = FotaError.LoadFailed;
            return StdReturn.NotOk;
        }

        _tags.Open(_banks.SlotArea(_bank), _seal.Slot.Salt, _seal.Slot.ChunkTableOffset);
        return ReadChunk();
    }

    private StdReturn ReadChunk()
    {
        _step = Step.Read;
        return _fls.Read(_job, _banks.ImageArea(_bank).Start + (_index * BankWriter.ChunkLength), _chunk, 0, BankWriter.ChunkLength)
            ? StdReturn.Pending : StdReturn.NotOk;
    }

    private StdReturn CheckChunk()
    {
        StdReturn result = _tags.Check(_index, _chunk);
        if (result != StdReturn.Ok)
        {
            return result;
        }

        uint rest = _seal.Slot.ImageLength - (_index * BankWriter.ChunkLength);
        int count = rest < BankWriter.ChunkLength ? (int)rest : BankWriter.ChunkLength;
        if (_loader.Append(_chunk, 0, count) != StdReturn.Ok)
        {
            Error = FotaError.LoadFailed;
            return StdReturn.NotOk;
        }

        _index++;
        if (_index < _seal.Slot.ChunkCount)
        {
            return ReadChunk();
        }

        Error = FotaError.LoadFailed;
        WasStarted = true;
        return _loader.Start();
    }
}
