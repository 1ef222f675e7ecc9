// Queues flash jobs over the one-job driver: splits erases at sectors and programs at pages, and between two pieces
// lets the client of the highest priority go first, so that a small NvM write never waits for the erase of a bank.
// Invariants: one piece at a time is with the driver; equal priorities keep their order; what is not aligned or not
// inside the part is refused before anything is touched; nothing is allocated.
// Must not know what the bytes mean, nor which area belongs to whom: that no write unit is programmed twice between
// erases is each client's own promise.
// Tests: tests/agent-firmware/Fls.
namespace EsyncAgent;

/// <summary>Asynchronous, prioritised access to the flash part.</summary>
public sealed class Fls
{
    // A driver that ends its jobs at once may get this much work in one cycle, so that a cycle stays short.
    private const int BytesPerCycle = 1024;

    // What starting a piece costs, in bytes' worth: bounds the number of pieces on parts with tiny pages.
    private const int PieceCost = 32;

    private readonly IFls _driver;
    private readonly FlsConfig _map;
    private readonly uint _size;
    private readonly uint _pageMask;
    private readonly uint _unitMask;
    private readonly FlsJob[] _head = new FlsJob[3];
    private readonly FlsJob[] _tail = new FlsJob[3];
    private uint _endedCount;
    private int _jobs;
    private FlsJob _active;
    private int _activeLength;

    /// <summary>A queue before <paramref name="driver"/>; page size and write unit are powers of two.</summary>
    public Fls(FlsConfig config, IFls driver)
    {
        _map = config;
        _driver = driver;
        _size = driver.Size;
        _pageMask = (uint)driver.PageSize - 1;
        _unitMask = (uint)driver.WriteUnit - 1;
    }

    /// <summary>Where each area lies.</summary>
    public FlsConfig Map
    {
        get { return _map; }
    }

    /// <summary>Size of the part in bytes.</summary>
    public uint Size
    {
        get { return _size; }
    }

    /// <summary>Largest piece that the part programs at once, in bytes.</summary>
    public int PageSize
    {
        get { return (int)_pageMask + 1; }
    }

    /// <summary>Smallest piece that can be programmed, in bytes.</summary>
    public int WriteUnit
    {
        get { return (int)_unitMask + 1; }
    }

    /// <summary>True when no job is queued or under way.</summary>
    public bool IsIdle
    {
        get { return _jobs == 0; }
    }

    /// <summary>Start of the sector that contains <paramref name="address"/>.</summary>
    public uint SectorStart(uint address)
    {
        return _driver.SectorStart(address);
    }

    /// <summary>Length of the sector that contains <paramref name="address"/>, in bytes.</summary>
    public uint SectorLength(uint address)
    {
        return _driver.SectorLength(address);
    }

    /// <summary><paramref name="count"/> rounded up to whole write units: what a client pads with FF before it programs.</summary>
    public int PaddedLength(int count)
    {
        return (int)(((uint)count + _unitMask) & ~_unitMask);
    }

    /// <summary>Queues the erase of whole sectors; false when the job is in use or the range is not whole sectors.</summary>
    public bool Erase(FlsJob job, uint address, uint length)
    {
        if (!IsInside(address, length) || _driver.SectorStart(address) != address)
        {
            return false;
        }

        uint end = address + length;
        if (end != _size && _driver.SectorStart(end) != end)
        {
            return false;
        }

        return Enqueue(job, FlsJobKind.Erase, address, null, 0, length);
    }

    /// <summary>
    /// Queues a program; address and count are multiples of the write unit, and the range was erased and not programmed
    /// since. False when the job is in use or the range is not allowed.
    /// </summary>
    public bool Program(FlsJob job, uint address, byte[] data, int offset, int count)
    {
        if (((address | (uint)count) & _unitMask) != 0)
        {
            return false;
        }

        return IsInside(address, (uint)count) && Enqueue(job, FlsJobKind.Program, address, data, offset, (uint)count);
    }

    /// <summary>Queues a read; false when the job is in use or the range is not inside the part.</summary>
    public bool Read(FlsJob job, uint address, byte[] into, int offset, int count)
    {
        return IsInside(address, (uint)count) && Enqueue(job, FlsJobKind.Read, address, into, offset, (uint)count);
    }

    /// <summary>
    /// A read that does without the queue when nothing else is in it, for who reads a lot while nobody is served. Ok: the part has
    /// answered, and the job was not needed. Pending: the job is queued or under way. NotOk: refused as by <see cref="Read"/>, or the part failed.
    /// </summary>
    public StdReturn ReadAtOnce(FlsJob job, uint address, byte[] into, int offset, int count)
    {
        if (_jobs != 0)
        {
            return Read(job, address, into, offset, count) ? StdReturn.Pending : StdReturn.NotOk;
        }

        if (!IsInside(address, (uint)count) || !_driver.StartRead(address, into, offset, count))
        {
            return StdReturn.NotOk;
        }

        FlsStatus status = _driver.Poll();
        if (status != FlsStatus.Busy)
        {
            return status == FlsStatus.Ok ? StdReturn.Ok : StdReturn.NotOk;
        }

        Enqueue(job, FlsJobKind.Read, address, into, offset, (uint)count);
        _active = job;
        _activeLength = count;
        return StdReturn.Pending;
    }

    /// <summary>Queues a compare of the flash with <paramref name="data"/>; false as for <see cref="Read"/>.</summary>
    public bool Compare(FlsJob job, uint address, byte[] data, int offset, int count)
    {
        return IsInside(address, (uint)count) && Enqueue(job, FlsJobKind.Compare, address, data, offset, (uint)count);
    }

    /// <summary>
    /// Polls the driver and feeds it the next pieces, as many as end at once, within a bound. True when a job has ended, so that
    /// who waits for one need not look in every turn.
    /// </summary>
    public bool MainFunction(uint nowMs)
    {
        if (_jobs == 0)
        {
            return false;
        }

        uint ended = _endedCount;
        int budget = BytesPerCycle + PieceCost;
        while (true)
        {
            if (_active != null && !EndPiece())
            {
                return ended != _endedCount;
            }

            if (budget <= 0 || _jobs == 0)
            {
                return ended != _endedCount;
            }

            if (StartPiece())
            {
                budget -= PieceCost + _activeLength;
            }
        }
    }

    private bool IsInside(uint address, uint length)
    {
        return length != 0 && address < _size && length <= _size - address;
    }

    private bool Enqueue(FlsJob job, FlsJobKind kind, uint address, byte[] data, int offset, uint length)
    {
        if (job.State == StdReturn.Pending)
        {
            return false;
        }

        job.Kind = kind;
        job.Address = address;
        job.Remaining = length;
        job.Data = data;
        job.Offset = offset;
        job.State = StdReturn.Pending;
        job.Next = null;
        int queue = (int)job.Priority;
        if (_head[queue] == null)
        {
            _head[queue] = job;
        }
        else
        {
            _tail[queue].Next = job;
        }

        _tail[queue] = job;
        _jobs++;
        return true;
    }

    // True when the driver is free again.
    private bool EndPiece()
    {
        FlsStatus status = _driver.Poll();
        if (status == FlsStatus.Busy)
        {
            return false;
        }

        FlsJob job = _active;
        _active = null;
        if (status != FlsStatus.Ok)
        {
            job.Kind = status == FlsStatus.Mismatch ? FlsJobKind.Difference : job.Kind;
            Dequeue(job, StdReturn.NotOk);
            return true;
        }

        uint length = (uint)_activeLength;
        if (job.Remaining == length)
        {
            Dequeue(job, StdReturn.Ok);
            return true;
        }

        job.Address += length;
        job.Offset += _activeLength;
        job.Remaining -= length;
        return true;
    }

    // False when the driver refused, which ends the job.
    private bool StartPiece()
    {
        FlsJob job = _head[0];
        if (job == null)
        {
            job = _head[1] != null ? _head[1] : _head[2];
        }

        uint address = job.Address;
        int length = (int)job.Remaining;
        bool isStarted;
        switch (job.Kind)
        {
            case FlsJobKind.Erase:
                length = (int)_driver.SectorLength(address);
                isStarted = _driver.StartErase(address);
                break;
            case FlsJobKind.Program:
                int room = (int)(_pageMask + 1 - (address & _pageMask));
                length = length < room ? length : room;
                isStarted = _driver.StartProgram(address, job.Data, job.Offset, length);
                break;
            case FlsJobKind.Read:
                isStarted = _driver.StartRead(address, job.Data, job.Offset, length);
                break;
            default:
                isStarted = _driver.StartCompare(address, job.Data, job.Offset, length);
                break;
        }

        if (!isStarted)
        {
            Dequeue(job, StdReturn.NotOk);
            return false;
        }

        _active = job;
        _activeLength = length;
        return true;
    }

    private void Dequeue(FlsJob job, StdReturn result)
    {
        int queue = (int)job.Priority;
        _head[queue] = job.Next;
        job.Next = null;
        job.Data = null;
        job.State = result;
        _jobs--;
        _endedCount++;
    }
}
