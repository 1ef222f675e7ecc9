// An update target that does what the test says: how long it takes, how it ends, and what it was asked.
using EsyncAgent;

namespace EsyncTests.AgentFirmware.DcmServer;

internal sealed class ScriptedTarget : IUpdateTarget
{
    private int pendingLeft;
    private bool isPendingArmed = true;

    /// <summary>Calls that answer Pending before each operation ends.</summary>
    public int PendingCalls { get; set; }

    /// <summary>How the next operations end; None is well.</summary>
    public FotaError Outcome { get; set; }

    /// <summary>Condition that forbids routines.</summary>
    public FotaError Condition { get; set; }

    public bool IsTransferActive { get; private set; }

    public bool IsOnTrial { get; set; }

    public uint TransferRemaining { get; private set; }

    public FotaError LastError { get; private set; }

    public uint LastErrorDetail => 0;

    public bool IsProvisioned { get; set; } = true;

    public List<string> Calls { get; } = [];

    public List<byte> Received { get; } = [];

    public List<FotaError> Refusals { get; } = [];

    public Dictionary<ushort, byte[]> Records { get; } = [];

    /// <summary>The arrays that blocks came in: the receive buffer, if nothing is copied.</summary>
    public byte[]? LastArray { get; private set; }

    /// <summary>The transfer fails while nobody asks (a chunk that is checked late).</summary>
    public void FailInBackground(FotaError reason)
    {
        IsTransferActive = false;
        Outcome = reason;
    }

    public StdReturn StartDownload(byte dataFormatIdentifier, uint address, uint size)
    {
        StdReturn result = Settle($"StartDownload {dataFormatIdentifier:X2} {address:X8} {size:X8}");
        if (result == StdReturn.Ok)
        {
            IsTransferActive = true;
            TransferRemaining = size;
        }

        return result;
    }

    public StdReturn TransferData(byte[] data, int offset, int count)
    {
        LastArray = data;
        StdReturn result = Settle($"TransferData {count}");
        if (result == StdReturn.Ok)
        {
            Received.AddRange(data.AsSpan(offset, count));
            TransferRemaining -= (uint)count;
        }
        else if (result == StdReturn.NotOk)
        {
            IsTransferActive = false;
        }

        return result;
    }

    public StdReturn TransferExit()
    {
        StdReturn result = Settle("TransferExit");
        if (result != StdReturn.Pending)
        {
            IsTransferActive = false;
        }

        return result;
    }

    public void AbortTransfer()
    {
        Calls.Add("AbortTransfer");
        IsTransferActive = false;
    }

    public FotaError RoutineCondition(ushort routineIdentifier) => Condition;

    public StdReturn StartRoutine(ushort routineIdentifier) => Settle($"StartRoutine {routineIdentifier:X4}");

    public StdReturn PollRoutine() => Settle("PollRoutine");

    public int CheckPreconditions(byte[] into, int offset)
    {
        into[offset] = 2;
        into[offset + 1] = 1;
        return 2;
    }

    public int ReadVersionReport(byte[] nonce, int nonceOffset, byte[] into, int offset)
    {
        if (!IsProvisioned)
        {
            return -1;
        }

        for (int i = 0; i < 239; i++)
        {
            into[offset + i] = (byte)i;
        }

        Array.Copy(nonce, nonceOffset, into, offset + 191, 16);
        return 239;
    }

    public int ReadDid(ushort dataIdentifier, byte[] into, int offset)
    {
        if (!Records.TryGetValue(dataIdentifier, out byte[]? record))
        {
            return -1;
        }

        record.CopyTo(into, offset);
        return record.Length;
    }

    public void NoteRefusal(FotaError reason) => Refusals.Add(reason);

    private StdReturn Settle(string call)
    {
        Calls.Add(call);
        if (isPendingArmed)
        {
            pendingLeft = PendingCalls;
        }

        isPendingArmed = pendingLeft == 0;
        if (!isPendingArmed)
        {
            pendingLeft--;
            return StdReturn.Pending;
        }

        LastError = Outcome;
        return Outcome == FotaError.None ? StdReturn.Ok : StdReturn.NotOk;
    }
}
