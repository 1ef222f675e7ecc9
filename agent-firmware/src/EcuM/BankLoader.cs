// Brings a bank's image into RAM for the application loader, each chunk checked against its signed tag on the copy
// that is going to run: slot header → seal compared with the boot record → chunk by chunk → start. The tags are those over which
// the seal was computed, still in its buffer; only a table of more than 128 is read again, part by part.
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
        Table,
        Chunk,
        ChunkRead,
    }

    private readonly Fls _fls;
    private readonly SlotSeal _seal;
    private readonly IApplicationLoader _loader;
    private readonly byte[] _chunk;
    private readonly byte[] _table;
    private readonly ChunkTags _tags;
    private readonly FlsJob _job;
    private Banks _banks;
    private int _bank;
    private uint _address;
    private uint _rest;
    private int _tagOffset;
    private Step _step;

    /// <summary>
    /// Makes the loader; <paramref name="seal"/>, <paramref name="tags"/>, <paramref name="chunkBuffer"/> (4,096 bytes) and <paramref name="chunkJob"/>
    /// are used only while it works, and so is <paramref name="table"/>: the buffer in which <paramref name="seal"/> leaves the last 4,096 bytes of the chunk table.
    /// </summary>
    public BankLoader(Fls fls, SlotSeal seal, ChunkTags tags, IApplicationLoader loader, byte[] table, byte[] chunkBuffer, FlsJob chunkJob)
    {
        _fls = fls;
        _seal = seal;
        _loader = loader;
        _table = table;
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
        Error = FotaError.ImageDamaged;
        _step = Step.Seal;
        _seal.Begin(banks.SlotArea(bank));
    }

    /// <summary>Goes on. Ok: the application was started.</summary>
    public StdReturn Advance()
    {
        StdReturn result;
        switch (_step)
        {
            case Step.Chunk:
                result = _fls.ReadAtOnce(_job, _address, _chunk, 0, BankWriter.ChunkLength);
                _step = result == StdReturn.Pending ? Step.ChunkRead : Step.Chunk;
                break;
            case Step.ChunkRead:
                result = _job.Result;
                break;
            case Step.Table:
                result = _job.Result;
                if (result == StdReturn.Ok)
                {
                    _step = Step.Chunk;
                    return StdReturn.Pending;
                }

                return result;
            default:
                return CheckSeal();
        }

        return result == StdReturn.Ok ? CheckChunk() : result;
    }

    private StdReturn CheckSeal()
    {
        StdReturn result = _seal.Step();
        if (result != StdReturn.Ok)
        {
            return result;
        }

        ManifestSlot slot = _seal.Slot;
        if (!_banks.Record.IsBound(_bank, slot.Digest, _seal.Value) || slot.ImageLength > _banks.ImageArea(_bank).Length)
        {
            return StdReturn.NotOk;
        }

        if (slot.Runtime != _loader.Runtime || slot.ContractVersion > _loader.ContractVersion || _loader.Begin(slot.ImageLength) != StdReturn.Ok)
        {
            Error = FotaError.LoadFailed;
            return StdReturn.NotOk;
        }

        _tags.Open(_banks.SlotArea(_bank), slot.Salt, slot.ChunkTableOffset);
        _address = _banks.ImageArea(_bank).Start;
        _rest = slot.ImageLength;

        // A table of one part still lies where its seal was computed; of a longer one only the last part does.
        _tagOffset = slot.ChunkCount * ChunkTags.TagLength <= (uint)_table.Length ? 0 : _table.Length;
        return BeginChunk();
    }

    private StdReturn BeginChunk()
    {
        _step = Step.Chunk;
        return _tagOffset < _table.Length ? StdReturn.Pending : ReadTable();
    }

    // The part of the table that begins with the tag of the next chunk.
    private StdReturn ReadTable()
    {
        ManifestSlot slot = _seal.Slot;
        uint done = (slot.ImageLength - _rest) / BankWriter.ChunkLength * ChunkTags.TagLength;
        uint rest = (slot.ChunkCount * ChunkTags.TagLength) - done;
        int count = rest < (uint)_table.Length ? (int)rest : _table.Length;
        _tagOffset = 0;
        _step = Step.Table;
        return _fls.Read(_job, _banks.SlotArea(_bank).Start + slot.ChunkTableOffset + done, _table, 0, count) ? StdReturn.Pending : StdReturn.NotOk;
    }

    private StdReturn CheckChunk()
    {
        if (!_tags.IsRight(_chunk, _table, _tagOffset))
        {
            return StdReturn.NotOk;
        }

        int count = _rest < BankWriter.ChunkLength ? (int)_rest : BankWriter.ChunkLength;
        if (_loader.Append(_chunk, 0, count) != StdReturn.Ok)
        {
            Error = FotaError.LoadFailed;
            return StdReturn.NotOk;
        }

        _rest -= (uint)count;
        if (_rest != 0)
        {
            _address += BankWriter.ChunkLength;
            _tagOffset += ChunkTags.TagLength;
            return BeginChunk();
        }

        Error = FotaError.LoadFailed;
        WasStarted = true;
        return _loader.Start();
    }
}
