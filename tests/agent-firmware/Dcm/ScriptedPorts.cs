// The rest of the server's surroundings, as far as a test has to see or steer it: mode control, entropy, application,
// CAN wire and a flash that is as fast or as slow as the test wants.
using EsyncAgent;

namespace EsyncTests.AgentFirmware.DcmServer;

internal sealed class ScriptedModes : IModeControl
{
    public List<string> Calls { get; } = [];

    public void RequestReset(bool isHard) => Calls.Add(isHard ? "reset hard" : "reset soft");

    public void CommunicationControl(byte controlType, byte communicationType) => Calls.Add($"communication {controlType:X2} {communicationType:X2}");
}

/// <summary>Entropy that is different each time and known to the test.</summary>
internal sealed class ScriptedMcu : IMcu
{
    private byte next = 1;

    public bool IsEntropyDead { get; set; }

    public McuResetCause ResetCause => McuResetCause.PowerOn;

    public uint NowMs => 0;

    public int ReadUniqueId(byte[] into) => 0;

    public void ReadEntropy(byte[] into) => Array.Fill(into, IsEntropyDead ? (byte)0 : next++);

    public void Reset()
    {
    }
}

internal sealed class ScriptedApplication : IApplicationLoader
{
    public Dictionary<ushort, byte[]> Records { get; } = [];

    /// <summary>Times that each question is put off before it is answered.</summary>
    public int PutOffCount { get; set; }

    /// <summary>Questions that were given up for another one before they were answered.</summary>
    public int GivenUpCount { get; private set; }

    private ushort _asked;
    private int _putOff;

    public byte Runtime => 1;

    public ushort ContractVersion => 1;

    public ApplicationState State => ApplicationState.Running;

    public uint AliveCounter => 0;

    public bool IsUpdateAllowed => true;

    public void Attach(IApplicationData data)
    {
    }

    public StdReturn Begin(uint imageLength) => StdReturn.NotOk;

    public StdReturn Append(byte[] data, int offset, int count) => StdReturn.NotOk;

    public StdReturn Start() => StdReturn.NotOk;

    public void MainFunction(uint nowMs)
    {
    }

    public int ReadDataByIdentifier(ushort dataIdentifier, byte[] into, int offset)
    {
        if (_putOff != 0 && _asked != dataIdentifier)
        {
            GivenUpCount++;
            _putOff = 0;
        }

        _asked = dataIdentifier;
        if (_putOff < PutOffCount)
        {
            _putOff++;
            return ApplicationAnswer.NotYet;
        }

        _putOff = 0;
        if (!Records.TryGetValue(dataIdentifier, out byte[]? record))
        {
            return -1;
        }

        record.AsSpan(0, Math.Min(record.Length, into.Length - offset)).CopyTo(into.AsSpan(offset));
        return record.Length;
    }

    public int TakeEvent() => -1;
}

/// <summary>One end of a wire without delay; what one end sends the other receives.</summary>
internal sealed class WireEnd : ICan
{
    private readonly Queue<(uint Id, byte[] Data)> arrived = new();

    public WireEnd? Other { get; set; }

    /// <summary>While true nothing leaves: a bus that is busy for ever.</summary>
    public bool IsBlocked { get; set; }

    public byte BlockSizeMax => 0;

    public byte SeparationTimeMin => 0;

    public uint OverrunCount => 0;

    public uint BusOffCount => 0;

    public void Arrive(uint identifier, byte[] data) => arrived.Enqueue((identifier, data));

    public bool TryReceive(CanFrame into)
    {
        if (!arrived.TryDequeue(out (uint Id, byte[] Data) frame))
        {
            return false;
        }

        into.Identifier = frame.Id;
        into.IsExtended = false;
        into.Length = (byte)frame.Data.Length;
        frame.Data.CopyTo(into.Data, 0);
        return true;
    }

    public bool TrySend(CanFrame frame)
    {
        if (IsBlocked)
        {
            return false;
        }

        Other?.Arrive(frame.Identifier, frame.Data.AsSpan(0, frame.Length).ToArray());
        return true;
    }
}

/// <summary>A flash in memory; a job takes as many polls as the test says.</summary>
internal sealed class ScriptedFlash : IFls
{
    private const uint SectorLengthOfAll = 4096;

    private readonly byte[] cells = new byte[128 * 1024];
    private FlsStatus status = FlsStatus.Idle;
    private FlsStatus result;
    private int busyLeft;

    public ScriptedFlash() => Array.Fill(cells, (byte)0xFF);

    /// <summary>Polls that each erase or program job stays busy.</summary>
    public int BusyPolls { get; set; }

    /// <summary>True: erase and program jobs fail.</summary>
    public bool IsBroken { get; set; }

    /// <summary>Program jobs so far.</summary>
    public int ProgramCount { get; private set; }

    public uint Size => (uint)cells.Length;

    public int PageSize => 256;

    public int WriteUnit => 1;

    public byte ErasedValue => 0xFF;

    public uint SectorStart(uint address) => address / SectorLengthOfAll * SectorLengthOfAll;

    public uint SectorLength(uint address) => SectorLengthOfAll;

    public bool StartErase(uint address)
    {
        if (status == FlsStatus.Busy)
        {
            return false;
        }

        if (!IsBroken)
        {
            Array.Fill(cells, (byte)0xFF, (int)address, (int)SectorLengthOfAll);
        }

        return Begin(IsBroken ? FlsStatus.Failed : FlsStatus.Ok, BusyPolls);
    }

    public bool StartProgram(uint address, byte[] data, int offset, int count)
    {
        if (status == FlsStatus.Busy)
        {
            return false;
        }

        ProgramCount++;
        if (!IsBroken)
        {
            Array.Copy(data, offset, cells, (int)address, count);
        }

        return Begin(IsBroken ? FlsStatus.Failed : FlsStatus.Ok, BusyPolls);
    }

    public bool StartRead(uint address, byte[] into, int offset, int count)
    {
        if (status == FlsStatus.Busy)
        {
            return false;
        }

        Array.Copy(cells, (int)address, into, offset, count);
        return Begin(FlsStatus.Ok, 0);
    }

    public bool StartCompare(uint address, byte[] data, int offset, int count)
    {
        if (status == FlsStatus.Busy)
        {
            return false;
        }

        bool isEqual = cells.AsSpan((int)address, count).SequenceEqual(data.AsSpan(offset, count));
        return Begin(isEqual ? FlsStatus.Ok : FlsStatus.Mismatch, 0);
    }

    public FlsStatus Poll()
    {
        if (status == FlsStatus.Busy && busyLeft-- <= 0)
        {
            status = result;
        }

        return status;
    }

    private bool Begin(FlsStatus end, int busyPolls)
    {
        result = end;
        busyLeft = busyPolls;
        status = busyPolls == 0 ? end : FlsStatus.Busy;
        return true;
    }
}
