// Diagnostic event manager: a status byte for each event of nf.config, kept in NvM block Dem.
// Invariants: SetEvent only notes; an outcome reported before NvM is readable counts once it is; of several outcomes in
// one cycle none is lost, the last decides testFailed. The block is written when a bit other than testFailed has changed
// and NvM has nothing else to do: in one operation cycle those change a few times at most, so that an event that toggles
// cannot wear the flash out.
// Must not know who asks for a status. Block layout: PROTOCOL.md, "NvM".
// Tests: tests/agent-firmware/Dem.
namespace EsyncAgent;

/// <summary>Event status and its storage (ISO 14229-1:2020 Annex D.2).</summary>
public sealed class Dem
{
    private const byte NoEvent = 0xFF;
    private const byte HasFailed = 0x01;
    private const byte HasPassedLast = 0x02;
    private const int PairLength = 2;

    private readonly DemConfig config;
    private readonly NvM nvm;
    private readonly byte[] indexOf = new byte[256];
    private readonly byte[] status;
    private readonly byte[] stored;
    private readonly byte[] outcomes;
    private readonly byte[] record;
    private bool isLoaded;
    private bool hasOutcomes;
    private bool isStoreDue;

    /// <summary>Makes the manager; at most <see cref="DemConfig.CountMax"/> events.</summary>
    public Dem(DemConfig config, NvM nvm)
    {
        this.config = config;
        this.nvm = nvm;
        int count = config.Events.Length;
        status = new byte[count];
        stored = new byte[count];
        outcomes = new byte[count];
        record = new byte[count * PairLength];
        Bytes.Fill(indexOf, 0, indexOf.Length, NoEvent);
        for (int i = 0; i < count; i++)
        {
            indexOf[config.Events[i]] = (byte)i;
            status[i] = DemStatus.Initial;
        }
    }

    /// <summary>Switch of service 85; while false no outcome counts.</summary>
    public bool IsStorageEnabled { get; set; } = true;

    /// <summary>Number of events.</summary>
    public int Count
    {
        get { return status.Length; }
    }

    /// <summary>DTC of the event at <paramref name="index"/>, three bytes.</summary>
    public uint DtcOf(int index)
    {
        return config.Dtcs[index];
    }

    /// <summary>Status byte of an event by its number; −1 when it is not configured.</summary>
    public int StatusOf(byte eventNumber)
    {
        int index = indexOf[eventNumber];
        return index == NoEvent ? -1 : status[index];
    }

    /// <summary>Reports the outcome of a test. Events that nf.config does not name are passed over.</summary>
    public void SetEvent(byte eventNumber, bool isFailed)
    {
        int index = indexOf[eventNumber];
        if (index == NoEvent || !IsStorageEnabled)
        {
            return;
        }

        int noted = outcomes[index] & ~HasPassedLast;
        outcomes[index] = (byte)(noted | (isFailed ? HasFailed : HasPassedLast));
        hasOutcomes = true;
    }

    /// <summary>True when everything that was reported is handed to NvM.</summary>
    public bool IsStored
    {
        get { return !hasOutcomes && !isStoreDue; }
    }

    /// <summary>Loads once, applies what was reported, stores what has changed.</summary>
    public void MainFunction(uint nowMs)
    {
        if (!isLoaded)
        {
            if (!nvm.IsReady)
            {
                return;
            }

            Load();
        }

        if (hasOutcomes)
        {
            Apply();
        }

        if (isStoreDue && nvm.IsIdle)
        {
            Store();
        }
    }

    private void Load()
    {
        isLoaded = true;
        byte[] from = nvm.Data(NvMBlock.Dem);
        int length = nvm.Length(NvMBlock.Dem);
        for (int at = 0; at + 1 < length; at += PairLength)
        {
            int index = indexOf[from[at]];
            if (index != NoEvent)
            {
                stored[index] = from[at + 1];
                status[index] = DemStatus.AtCycleStart(from[at + 1]);
            }
        }
    }

    private void Apply()
    {
        hasOutcomes = false;
        for (int i = 0; i < outcomes.Length; i++)
        {
            int outcome = outcomes[i];
            if (outcome == 0)
            {
                continue;
            }

            outcomes[i] = 0;
            byte next = status[i];
            next = (outcome & HasFailed) != 0 ? DemStatus.AfterFailure(next) : next;
            next = (outcome & HasPassedLast) != 0 ? DemStatus.AfterPass(next) : next;
            status[i] = next;
            isStoreDue |= ((next ^ stored[i]) & ~DemStatus.TestFailed) != 0;
        }
    }

    private void Store()
    {
        for (int i = 0; i < status.Length; i++)
        {
            record[i * PairLength] = config.Events[i];
            record[(i * PairLength) + 1] = status[i];
            stored[i] = status[i];
        }

        isStoreDue = false;
        nvm.Write(NvMBlock.Dem, record, 0, record.Length);
    }
}
