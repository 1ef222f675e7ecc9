// What services 34, 36 and 37 share: whether a transfer is open, which blockSequenceCounter comes next, and how the
// last transfer ended (ISO 14229-1:2020 §14.4, §14.5).
// Invariant: the server's own view; it stays open until the end of the transfer was reported to the tester, even when
// the update target lost it in the background.
// Tests: tests/agent-firmware/Dcm/Sid36TransferDataTests.cs, Sid37RequestTransferExitTests.cs.
namespace EsyncAgent;

/// <summary>How far the server is with a transfer.</summary>
public enum DspTransferState : byte
{
    /// <summary>No transfer since the session began, or it ended with a 36.</summary>
    None = 0,

    /// <summary>34 was accepted.</summary>
    Open = 1,

    /// <summary>37 was positive; asked again it is positive again.</summary>
    Completed = 2,

    /// <summary>37 was answered generalProgrammingFailure; asked again it is so again.</summary>
    Failed = 3,
}

/// <summary>State of the transfer.</summary>
public sealed class DspTransfer
{
    private readonly IUpdateTarget _target;
    private byte _lastCounter;
    private bool _isFirst;
    private byte _dataFormatIdentifier;
    private uint _address;
    private uint _size;

    /// <summary>Makes it, without a transfer.</summary>
    public DspTransfer(IUpdateTarget target)
    {
        _target = target;
    }

    /// <summary>How far it is.</summary>
    public DspTransferState State { get; private set; }

    /// <summary>The blockSequenceCounter that the next new block has.</summary>
    public byte NextCounter
    {
        get { return (byte)(_lastCounter + 1); }
    }

    /// <summary>34 was accepted, for these addresses: the first block has counter 01.</summary>
    public void Open(byte dataFormatIdentifier, uint address, uint size)
    {
        State = DspTransferState.Open;
        _dataFormatIdentifier = dataFormatIdentifier;
        _address = address;
        _size = size;
        _lastCounter = 0;
        _isFirst = true;
    }

    /// <summary>True when this very download was opened last and no block of it has come: the tester lost the response to 34.</summary>
    public bool IsJustOpened(byte dataFormatIdentifier, uint address, uint size)
    {
        return State == DspTransferState.Open && _isFirst
            && dataFormatIdentifier == _dataFormatIdentifier && address == _address && size == _size;
    }

    /// <summary>True when the block was accepted before, and is the last that was.</summary>
    public bool IsRepeated(byte counter)
    {
        return counter == _lastCounter && !_isFirst;
    }

    /// <summary>The next block was accepted.</summary>
    public void Advance()
    {
        _lastCounter++;
        _isFirst = false;
    }

    /// <summary>The transfer has ended, in one of the other states.</summary>
    public void Close(DspTransferState how)
    {
        State = how;
    }

    /// <summary>Forgets the transfer; an open one is dropped in the update target as well.</summary>
    public void Abort()
    {
        if (State == DspTransferState.Open)
        {
            _target.AbortTransfer();
        }

        State = DspTransferState.None;
    }
}
