// The flash port over an SPI NOR flash of the W25Q kind: jobs that are started by instructions and advanced by Poll.
// A page is the part's own, 256 bytes: larger jobs would spare some IL a page, and make a small NvM write wait for them.
// Invariants: nothing waits and nothing is allocated after construction; a call makes three transactions at most, with 256
// bytes of data, and more only while it brings the part up; whether an erase or a program has ended is asked once a millisecond, for a question costs the
// processor some 20 µs; each is preceded by a check that the part is write-enabled, and a part that is still
// write-enabled afterwards has not executed it.
// Reads go in pieces of 256 bytes or less, one a call, so that a CAN controller with two receive buffers is served in between.
// Winbond W25Q32JV §8.2. Tests: tests/boards/drivers/SpiNorFlsTests, SpiNorStartTests, SpiNorOnChipTests.
using System;

namespace EsyncAgent.Drivers;

/// <summary>An SPI NOR flash with sectors of 4 KiB.</summary>
public sealed class SpiNorFls : IFls
{
    private const uint SectorBytes = 4096;

    private readonly SpiNorBus _bus;
    private readonly SpiNorStart _start;
    private readonly SpiNorConfig _config;
    private readonly IMcu _mcu;
    private FlsStatus _status;
    private Job _job;
    private bool _isReady;
    private bool _isCommanded;
    private uint _address;
    private byte[] _data;
    private int _offset;
    private int _remaining;
    private uint _sinceMs;
    private uint _askedMs;
    private bool _hasJustLooked;

    /// <summary>
    /// A driver of one part; its first job brings the part up, which takes some milliseconds. Time is taken from
    /// <paramref name="mcu"/>.
    /// </summary>
    public SpiNorFls(ISpiPort spi, IMcu mcu, SpiNorConfig config)
    {
        _bus = new SpiNorBus(spi);
        _start = new SpiNorStart(_bus, config);
        _config = config;
        _mcu = mcu;
    }

    private enum Job : byte
    {
        Erase,
        Program,
        Read,
        Compare,
    }

    /// <inheritdoc/>
    public uint Size
    {
        get { return _config.Size; }
    }

    /// <inheritdoc/>
    public int PageSize
    {
        get { return SpiNorBus.DataMax; }
    }

    /// <inheritdoc/>
    public int WriteUnit
    {
        get { return 1; }
    }

    /// <inheritdoc/>
    public byte ErasedValue
    {
        get { return 0xFF; }
    }

    /// <summary>Why the last job failed; <see cref="SpiNorFaultText"/> has the words.</summary>
    public SpiNorFault Fault { get; private set; }

    /// <summary>The part's answer to 9F: manufacturer, memory type, capacity; 0 before the first job.</summary>
    public uint JedecId
    {
        get { return _start.JedecId; }
    }

    /// <summary>True when sectors are protected and the part does not let that be changed.</summary>
    public bool IsProtected
    {
        get { return _start.IsProtected; }
    }

    /// <inheritdoc/>
    public uint SectorStart(uint address)
    {
        return address & ~(SectorBytes - 1);
    }

    /// <inheritdoc/>
    public uint SectorLength(uint address)
    {
        return SectorBytes;
    }

    /// <inheritdoc/>
    public bool StartErase(uint address)
    {
        if ((address & (SectorBytes - 1)) != 0 || !MayStart(address, 0, (int)SectorBytes))
        {
            return false;
        }

        Begin(Job.Erase, address, null, 0, (int)SectorBytes);
        return true;
    }

    /// <inheritdoc/>
    public bool StartProgram(uint address, byte[] data, int offset, int count)
    {
        if (!MayStart(address, offset, count) || count > data.Length - offset || (address & (SpiNorBus.DataMax - 1)) + (uint)count > SpiNorBus.DataMax)
        {
            return false;
        }

        Begin(Job.Program, address, data, offset, count);
        return true;
    }

    /// <inheritdoc/>
    public bool StartRead(uint address, byte[] into, int offset, int count)
    {
        if (!MayStart(address, offset, count) || count > into.Length - offset)
        {
            return false;
        }

        Begin(Job.Read, address, into, offset, count);
        return true;
    }

    /// <inheritdoc/>
    public bool StartCompare(uint address, byte[] data, int offset, int count)
    {
        if (!MayStart(address, offset, count) || count > data.Length - offset)
        {
            return false;
        }

        Begin(Job.Compare, address, data, offset, count);
        return true;
    }

    /// <inheritdoc/>
    public FlsStatus Poll()
    {
        if (_status == FlsStatus.Busy)
        {
            if (_hasJustLooked)
            {
                // The first question comes in the turn that began the job: one piece a turn.
                _hasJustLooked = false;
            }
            else
            {
                Advance();
            }
        }

        return _status;
    }

    private bool MayStart(uint address, int offset, int count)
    {
        return _status != FlsStatus.Busy && offset >= 0 && count > 0 && address < _config.Size && (uint)count <= _config.Size - address;
    }

    private void Begin(Job job, uint address, byte[] data, int offset, int count)
    {
        _job = job;
        _address = address;
        _data = data;
        _offset = offset;
        _remaining = count;
        _isCommanded = false;
        _status = FlsStatus.Busy;
        Advance();
        _hasJustLooked = _status == FlsStatus.Busy && _remaining != count;
    }

    private void Advance()
    {
        uint nowMs = _mcu.NowMs;
        if (_isCommanded)
        {
            AwaitEnd(nowMs);
        }
        else if (_isReady || BringUp(nowMs))
        {
            if (_job <= Job.Program)
            {
                Command(nowMs);
            }
            else
            {
                Look();
            }
        }
    }

    private bool BringUp(uint nowMs)
    {
        StdReturn result = _start.Step(nowMs);
        if (result == StdReturn.NotOk)
        {
            End(_start.Fault);
        }

        _isReady = result == StdReturn.Ok;
        return _isReady;
    }

    private void Command(uint nowMs)
    {
        _bus.Send(SpiNorInstruction.WriteEnable);
        byte status = _bus.ReadRegister(SpiNorInstruction.ReadStatus1);
        if ((status & SpiNorStatus.Busy) != 0)
        {
            // Not by this driver, or gone: the start-up waits for it, or says what is wrong.
            _isReady = false;
            return;
        }

        if ((status & SpiNorStatus.WriteEnableLatch) == 0)
        {
            End(SpiNorFault.NotWriteEnabled);
            return;
        }

        if (_job == Job.Erase)
        {
            _bus.Erase(_address);
        }
        else
        {
            _bus.Program(_address, _data, _offset, _remaining);
        }

        _isCommanded = true;
        _sinceMs = nowMs;
        _askedMs = nowMs;
    }

    private void AwaitEnd(uint nowMs)
    {
        if (nowMs == _askedMs)
        {
            return;
        }

        _askedMs = nowMs;
        byte status = _bus.ReadRegister(SpiNorInstruction.ReadStatus1);
        if ((status & SpiNorStatus.Busy) != 0)
        {
            if (nowMs - _sinceMs > (_job == Job.Erase ? _config.EraseMsMax : _config.ProgramMsMax))
            {
                End(SpiNorFault.StaysBusy);
            }
        }
        else
        {
            End((status & SpiNorStatus.WriteEnableLatch) == 0 ? SpiNorFault.None : SpiNorFault.Refused);
        }
    }

    // One piece of a read or a compare.
    private void Look()
    {
        int most = _config.PieceLength;
        int count = _remaining < most ? _remaining : most;
        _bus.Read(_address, count);
        if (_job == Job.Read)
        {
            Array.Copy(_bus.Received, SpiNorBus.HeadLength, _data, _offset, count);
        }
        else if (!Bytes.AreEqual(_bus.Received, SpiNorBus.HeadLength, _data, _offset, count))
        {
            End(SpiNorFault.None);
            _status = FlsStatus.Mismatch;
            return;
        }

        _address += (uint)count;
        _offset += count;
        _remaining -= count;
        if (_remaining == 0)
        {
            End(SpiNorFault.None);
        }
    }

    // After a fault nothing is known of the part: the next job brings it up anew.
    private void End(SpiNorFault fault)
    {
        Fault = fault;
        _status = fault == SpiNorFault.None ? FlsStatus.Ok : FlsStatus.Failed;
        _isReady = fault == SpiNorFault.None;
        _isCommanded = false;
        _data = null;
    }
}
