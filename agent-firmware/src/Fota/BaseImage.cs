// The running image as the base of a delta: read chunk by chunk into one buffer, each chunk checked against the tags of
// its own manifest before a byte of it is used.
// Invariant: the base is the confirmed bank that the boot record names, its slot is the one that the record's seal binds,
// and its manifest digest is the one that the delta names.
// PROTOCOL.md "Encoded transfers". Tests: tests/agent-firmware/Fota/DecoderRefusalTests, DecoderPairTests.
namespace EsyncAgent;

/// <summary>Reads the base of a delta.</summary>
public sealed class BaseImage
{
    private const uint NoChunk = uint.MaxValue;

    private readonly Fls _fls;
    private readonly Banks _banks;
    private readonly SlotSeal _seal;
    private readonly ChunkTags _tags;
    private readonly FlsJob _job = new FlsJob(FlsPriority.Fota);
    private readonly byte[] _chunk;
    private int _bank;
    private uint _index;
    private uint _failed;
    private bool _isReading;

    /// <summary>Makes it on a buffer of 4,096 bytes; the seal is computed in it before the first chunk is read.</summary>
    public BaseImage(Fls fls, Csm csm, Banks banks, byte[] buffer)
    {
        _fls = fls;
        _banks = banks;
        _chunk = buffer;
        _seal = new SlotSeal(fls, csm, buffer);
        _tags = new ChunkTags(fls, csm, ChunkTags.WindowAnyOrder);
    }

    /// <summary>Length of the base in bytes.</summary>
    public uint Length
    {
        get { return _seal.Slot.ImageLength; }
    }

    /// <summary>False while a read of an ended transfer is under way.</summary>
    public bool IsIdle
    {
        get { return _job.IsIdle && _seal.IsIdle; }
    }

    /// <summary>Index of the chunk for which <see cref="Prepare"/> said NotOk.</summary>
    public uint FailedChunk
    {
        get { return _failed; }
    }

    /// <summary>The chunk that <see cref="Prepare"/> made ready.</summary>
    public byte[] Chunk
    {
        get { return _chunk; }
    }

    /// <summary>True when the bank that is not the secondary is confirmed and holds the image of the manifest with this digest (32 bytes at <paramref name="offset"/>).</summary>
    public static bool IsBase(Banks banks, byte[] digest, int offset)
    {
        BootRecord record = banks.Record;
        int bank = record.ActiveBank;
        return bank < 2 && record.State[bank] == BankState.Confirmed && record.IsManifest(bank, digest, offset);
    }

    /// <summary>Starts to read what the slot of the base says.</summary>
    public void Begin()
    {
        _bank = _banks.Record.ActiveBank;
        _index = NoChunk;
        _isReading = false;
        _seal.Begin(_banks.SlotArea(_bank));
    }

    /// <summary>Goes on with it. NotOk: the slot is not the one that the boot record binds.</summary>
    public StdReturn Open()
    {
        StdReturn result = _seal.Step();
        if (result != StdReturn.Ok)
        {
            return result;
        }

        BootRecord record = _banks.Record;
        if (!record.IsBound(_bank, _seal.Slot.Digest, _seal.Value))
        {
            return StdReturn.NotOk;
        }

        _tags.Open(_banks.SlotArea(_bank), _seal.Slot.Salt, _seal.Slot.ChunkTableOffset);
        return StdReturn.Ok;
    }

    /// <summary>Makes the chunk ready that holds a position below <see cref="Length"/>. NotOk: it cannot be read, or is not what was signed.</summary>
    public StdReturn Prepare(uint position)
    {
        uint index = position / BankWriter.ChunkLength;
        if (index == _index && !_isReading)
        {
            return StdReturn.Ok;
        }

        if (!_isReading)
        {
            _index = index;
            _isReading = true;
            uint address = _banks.ImageArea(_bank).Start + (index * BankWriter.ChunkLength);
            return _fls.Read(_job, address, _chunk, 0, BankWriter.ChunkLength) ? StdReturn.Pending : Fail();
        }

        if (_job.Result != StdReturn.Ok)
        {
            return _job.Result == StdReturn.Pending ? StdReturn.Pending : Fail();
        }

        StdReturn result = _tags.Check(_index, _chunk);
        if (result == StdReturn.NotOk)
        {
            return Fail();
        }

        _isReading = result == StdReturn.Pending;
        return result == StdReturn.Ok && index != _index ? StdReturn.Pending : result;
    }

    private StdReturn Fail()
    {
        _isReading = false;
        _failed = _index;
        _index = NoChunk;
        return StdReturn.NotOk;
    }
}
