// Which bank is which: areas, states, and the one that runs since this boot.
// Invariant: Running is set once per boot, by EcuM, before anything can be downloaded; the running bank's facts are
// those that its slot header held when it was checked.
// Tests: tests/agent-firmware/Fota.
namespace EsyncAgent;

/// <summary>The two banks as the boot record and this boot see them. Bank 0 is A, bank 1 is B.</summary>
public sealed class Banks
{
    /// <summary>Value of <see cref="Running"/> and of the active bank when there is none.</summary>
    public const byte None = 0xFF;

    private readonly FlsConfig _map;
    private readonly BootRecordStore _records;
    private readonly BootRecord _draft = new BootRecord();
    private bool _isRefused;

    /// <summary>Makes the view.</summary>
    public Banks(FlsConfig map, BootRecordStore records)
    {
        _map = map;
        _records = records;
    }

    /// <summary>The boot record as it is in flash.</summary>
    public BootRecord Record
    {
        get { return _records.Record; }
    }

    /// <summary>The bank whose application was started in this boot, or <see cref="None"/>.</summary>
    public byte Running { get; private set; } = None;

    /// <summary>Version text of the running application, 24 bytes padded with 00.</summary>
    public byte[] RunningVersion { get; } = new byte[24];

    /// <summary>securityVersion of the running application.</summary>
    public uint RunningSecurityVersion { get; private set; }

    /// <summary>The bank that an update goes to.</summary>
    public int Secondary
    {
        get { return _records.Record.ActiveBank ^ 1; }
    }

    /// <summary>True while the running application is on trial.</summary>
    public bool IsTrialRunning
    {
        get { return Running != None && _records.Record.State[Running] == BankState.Trial; }
    }

    /// <summary>True while the secondary bank must not be touched: its image runs, or is to be tried at the next reset.</summary>
    public bool IsSecondaryInUse
    {
        get
        {
            BootRecord record = _records.Record;
            int bank = Secondary;
            return Running == bank || record.State[bank] == BankState.Trial;
        }
    }

    /// <summary>State of the last <see cref="Commit"/>; NotOk when no copy could be written.</summary>
    public StdReturn WriteResult
    {
        get { return _isRefused ? StdReturn.NotOk : _records.WriteResult; }
    }

    /// <summary>A copy of the record to be changed and committed.</summary>
    public BootRecord BeginChange()
    {
        _draft.CopyFrom(_records.Record);
        return _draft;
    }

    /// <summary>Starts to write the draft. One change at a time: each owner waits for <see cref="WriteResult"/>.</summary>
    public void Commit()
    {
        _isRefused = !_records.Write(_draft);
    }

    /// <summary>Image area of a bank.</summary>
    public FlsArea ImageArea(int bank)
    {
        return bank == 0 ? _map.BankA : _map.BankB;
    }

    /// <summary>Manifest slot of a bank.</summary>
    public FlsArea SlotArea(int bank)
    {
        return bank == 0 ? _map.ManifestA : _map.ManifestB;
    }

    /// <summary>Notes which bank was started, and with which header.</summary>
    public void SetRunning(byte bank, ManifestSlot slot)
    {
        Running = bank;
        RunningSecurityVersion = slot.SecurityVersion;
        slot.CopyVersion(RunningVersion);
    }
}
