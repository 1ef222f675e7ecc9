// Buffered reads for parsers that walk through an area of the flash: they ask for a few bytes at a position and get
// them from one buffer, read ahead as far as it goes.
// Invariants: never reads outside the range given to Open; after Ok the bytes asked for lie in one piece in Buffer;
// a read that was under way for an earlier range is never taken for this one.
// Must not know what is parsed.
// Tests: tests/agent-firmware/Fls.
namespace EsyncAgent;

/// <summary>A window over a range of the flash.</summary>
public sealed class FlsWindow
{
    private readonly Fls _fls;
    private readonly FlsJob _job;
    private readonly byte[] _buffer;
    private readonly int _size;
    private uint _address;
    private uint _length;
    private uint _start;
    private int _count;
    private int _requested;
    private bool _isReading;
    private bool _isStale;

    /// <summary>A window of <paramref name="size"/> bytes: the most that one <see cref="Ensure"/> may ask for.</summary>
    public FlsWindow(Fls fls, FlsPriority priority, int size)
        : this(fls, priority, new byte[size], size)
    {
    }

    /// <summary>A window on the first bytes of a buffer of somebody who does not use it between an <see cref="Open"/> and the last <see cref="Ensure"/> that said Ok or NotOk.</summary>
    public FlsWindow(Fls fls, FlsPriority priority, byte[] buffer, int size)
    {
        _fls = fls;
        _job = new FlsJob(priority);
        _buffer = buffer;
        _size = size;
    }

    /// <summary>Holds the bytes after an <see cref="Ensure"/> that said Ok; see <see cref="IndexOf"/>.</summary>
    public byte[] Buffer
    {
        get { return _buffer; }
    }

    /// <summary>Sets the range that may be read, by absolute flash address, and forgets what was buffered.</summary>
    public void Open(uint address, uint length)
    {
        _address = address;
        _length = length;
        _count = 0;
        _isStale = _isReading;
    }

    /// <summary>Index in <see cref="Buffer"/> of a position that the last <see cref="Ensure"/> covered.</summary>
    public int IndexOf(uint position)
    {
        return (int)(position - _start);
    }

    /// <summary>
    /// Asks for <paramref name="count"/> bytes at <paramref name="position"/>, counted from the start of the range. Ok: they
    /// are in the buffer. Pending: call again in a later cycle. NotOk: outside the range, longer than the window, or the
    /// flash failed (calling again tries again).
    /// </summary>
    public StdReturn Ensure(uint position, int count)
    {
        if (_isReading)
        {
            if (_job.State == StdReturn.Pending)
            {
                return StdReturn.Pending;
            }

            _isReading = false;
            if (!_isStale)
            {
                if (_job.State == StdReturn.NotOk)
                {
                    return StdReturn.NotOk;
                }

                _count = _requested;
            }
        }

        uint ahead = position - _start;
        if (ahead <= (uint)_count && (uint)count <= (uint)_count - ahead)
        {
            return StdReturn.Ok;
        }

        return Request(position, count);
    }

    private StdReturn Request(uint position, int count)
    {
        if (count < 0 || count > _size || position > _length || (uint)count > _length - position)
        {
            return StdReturn.NotOk;
        }

        uint left = _length - position;
        _requested = left < (uint)_size ? (int)left : _size;
        _start = position;
        _count = 0;
        if (!_fls.Read(_job, _address + position, _buffer, 0, _requested))
        {
            return StdReturn.NotOk;
        }

        _isReading = true;
        _isStale = false;
        return StdReturn.Pending;
    }
}
