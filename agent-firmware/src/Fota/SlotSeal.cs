// Reads a manifest slot's header and computes the seal over header and chunk table (PROTOCOL.md, "Boot record").
// Native HMACs over whole buffers only: boot can afford it, a managed SHA-256 over the manifest it could not.
// Invariant: Value and Slot are meaningful only after Step has answered Ok.
// Must not know what the seal is compared with; the caller holds the boot record, and asks for the header's CRC where it is going to bind the seal.
// Tests: tests/agent-firmware/Fota.
namespace EsyncAgent;

/// <summary>Computes a slot's seal step by step; nothing blocks.</summary>
public sealed class SlotSeal
{
    private readonly Fls _fls;
    private readonly Csm _csm;
    private readonly byte[] _part;
    private readonly byte[] _header = new byte[ManifestSlot.HeaderLength];
    private readonly byte[] _key = new byte[32];
    private readonly FlsJob _job = new FlsJob(FlsPriority.Fota);
    private uint _slotAddress;
    private uint _slotLength;
    private uint _done;
    private bool _isHeaderRead;

    /// <summary>Makes the computer; <paramref name="chunkBuffer"/> (4,096 bytes) is used only between Begin and the last Step.</summary>
    public SlotSeal(Fls fls, Csm csm, byte[] chunkBuffer)
    {
        _fls = fls;
        _csm = csm;
        _part = chunkBuffer;
        Slot = new ManifestSlot(_header);
    }

    /// <summary>False while a read is under way; one that was given up has to end before the next begins.</summary>
    public bool IsIdle
    {
        get { return _job.IsIdle; }
    }

    /// <summary>Header of the slot.</summary>
    public ManifestSlot Slot { get; }

    /// <summary>The seal, 32 bytes.</summary>
    public byte[] Value { get; } = new byte[32];

    /// <summary>Starts with the slot in <paramref name="area"/>.</summary>
    public void Begin(FlsArea area)
    {
        _slotAddress = area.Start;
        _slotLength = area.Length;
        _done = 0;
        _isHeaderRead = false;
        Slot.IsValid = false;
        _fls.Read(_job, _slotAddress, _header, 0, _header.Length);
    }

    /// <summary>Goes on. NotOk: no header, a table outside the slot, or a flash error.</summary>
    public StdReturn Step()
    {
        if (_job.Result != StdReturn.Ok)
        {
            return _job.Result;
        }

        if (!_isHeaderRead)
        {
            if (!Slot.Parse() || !IsTableInside())
            {
                Slot.IsValid = false;
                return StdReturn.NotOk;
            }

            _isHeaderRead = true;
            _csm.Crypto.HmacSha256(Slot.Digest, _header, Value);
        }
        else
        {
            System.Array.Copy(Value, 0, _key, 0, 32);
            _csm.Crypto.HmacSha256(_key, _part, Value);
        }

        uint rest = (Slot.ChunkCount * 32) - _done;
        if (rest == 0)
        {
            return StdReturn.Ok;
        }

        int count = rest < (uint)_part.Length ? (int)rest : _part.Length;
        Bytes.Fill(_part, count, _part.Length - count, 0xFF);
        if (!_fls.Read(_job, _slotAddress + Slot.ChunkTableOffset + _done, _part, 0, count))
        {
            return StdReturn.NotOk;
        }

        _done += (uint)count;
        return StdReturn.Pending;
    }

    private bool IsTableInside()
    {
        uint count = Slot.ChunkCount;
        return count > 0 && count <= _slotLength / 32
            && Slot.ChunkTableOffset <= _slotLength - (count * 32)
            && count == (Slot.ImageLength + BankWriter.ChunkLength - 1) / BankWriter.ChunkLength;
    }
}
