// What is known of the secondary bank's manifest: its slot header, trusted only when the seal in the boot record
// says so. Read once after boot and after each change of the slot, so that no request waits for it.
// Invariant: IsTrusted is false whenever the slot in flash might be another than the one that was read.
// Tests: tests/agent-firmware/Fota.
namespace EsyncAgent;

/// <summary>The secondary bank's slot.</summary>
public sealed class SecondarySlot
{
    private readonly Banks _banks;
    private readonly SlotSeal _seal;

    /// <summary>Makes it on a seal computer of its own.</summary>
    public SecondarySlot(Banks banks, SlotSeal seal)
    {
        _banks = banks;
        _seal = seal;
    }

    /// <summary>True when header and chunk table are the ones that the boot record binds.</summary>
    public bool IsTrusted { get; private set; }

    /// <summary>The header; meaningful when <see cref="IsTrusted"/>.</summary>
    public ManifestSlot Header
    {
        get { return _seal.Slot; }
    }

    /// <summary>The seal that was computed last.</summary>
    public byte[] Seal
    {
        get { return _seal.Value; }
    }

    /// <summary>The slot is about to change: trust nothing.</summary>
    public void Invalidate()
    {
        IsTrusted = false;
    }

    /// <summary>Starts to read the secondary's slot.</summary>
    public void BeginInspection()
    {
        IsTrusted = false;
        _seal.Begin(_banks.SlotArea(_banks.Secondary));
    }

    /// <summary>Goes on reading; Ok when it is known whether the slot can be trusted.</summary>
    public StdReturn Inspect()
    {
        StdReturn result = _seal.Step();
        if (result == StdReturn.Ok)
        {
            CompareWithRecord();
        }

        return result == StdReturn.Pending ? result : StdReturn.Ok;
    }

    /// <summary>Compares the seal that was computed last with the boot record.</summary>
    public void CompareWithRecord()
    {
        int bank = _banks.Secondary;
        BootRecord record = _banks.Record;
        IsTrusted = _seal.Slot.IsValid && record.IsBound(bank, _seal.Slot.Digest, _seal.Value);
    }
}
