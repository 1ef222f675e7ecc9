// Erases (when asked to), programs and reads back, or reads: the one way in which the agent's records reach the flash.
// Invariants: nothing is programmed after a failed erase; Ok means that the bytes were compared after programming;
// the caller's array stays untouched until the result is there.
// Must not know what is written; whether an erase is needed is the caller's knowledge.
// Tests: tests/agent-firmware/Fls.
namespace EsyncAgent;

/// <summary>One write with read-back, stepped by its owner's MainFunction.</summary>
public sealed class FlsWriter
{
    private readonly Fls _fls;
    private readonly FlsJob _job;
    private Phase _phase;
    private StdReturn _result;
    private uint _address;
    private byte[] _data;
    private int _offset;
    private int _count;

    /// <summary>A writer without work: its result is Ok.</summary>
    public FlsWriter(Fls fls, FlsPriority priority)
    {
        _fls = fls;
        _job = new FlsJob(priority);
    }

    private enum Phase : byte
    {
        Done,
        Erase,
        Program,
        Compare,
        Read,
    }

    /// <summary>True when the last compare found a difference, as opposed to an error of the part.</summary>
    public bool IsMismatch
    {
        get { return _job.IsMismatch; }
    }

    /// <summary>Begins to erase whole sectors.</summary>
    public void Erase(uint address, uint length)
    {
        _count = 0;
        Enter(_fls.Erase(_job, address, length), Phase.Erase);
    }

    /// <summary>Begins to read what was written.</summary>
    public void Read(uint address, byte[] into, int offset, int count)
    {
        Enter(_fls.Read(_job, address, into, offset, count), Phase.Read);
    }

    /// <summary>Begins to program an erased range and to read it back; address and count are multiples of the write unit.</summary>
    public void Program(uint address, byte[] data, int offset, int count)
    {
        Keep(address, data, offset, count);
        Enter(_fls.Program(_job, address, data, offset, count), Phase.Program);
    }

    /// <summary>Begins to erase <paramref name="area"/>, then to program at its start and to read back.</summary>
    public void Rewrite(FlsArea area, byte[] data, int offset, int count)
    {
        Keep(area.Start, data, offset, count);
        Enter(_fls.Erase(_job, area.Start, area.Length), Phase.Erase);
    }

    /// <summary>Goes on; Pending until everything is done, then the result, as often as it is asked.</summary>
    public StdReturn Step()
    {
        if (_phase == Phase.Done || _job.State == StdReturn.Pending)
        {
            return _result;
        }

        if (_job.State == StdReturn.NotOk)
        {
            return Finish(StdReturn.NotOk);
        }

        if (_phase == Phase.Erase && _count != 0)
        {
            Enter(_fls.Program(_job, _address, _data, _offset, _count), Phase.Program);
            return _result;
        }

        if (_phase == Phase.Program)
        {
            Enter(_fls.Compare(_job, _address, _data, _offset, _count), Phase.Compare);
            return _result;
        }

        return Finish(StdReturn.Ok);
    }

    private void Keep(uint address, byte[] data, int offset, int count)
    {
        _address = address;
        _data = data;
        _offset = offset;
        _count = count;
    }

    private void Enter(bool isAccepted, Phase phase)
    {
        if (isAccepted)
        {
            _phase = phase;
            _result = StdReturn.Pending;
        }
        else
        {
            Finish(StdReturn.NotOk);
        }
    }

    private StdReturn Finish(StdReturn result)
    {
        _phase = Phase.Done;
        _result = result;
        return result;
    }
}
