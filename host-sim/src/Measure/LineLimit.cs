// The rate that a transfer could have at the most: 7 bytes over the mean duration of its consecutive frames, interframe space included.
// The stuff bits of a frame depend on its content, so the limit is measured on the frames that were really sent and not assumed.
// Clauses: ISO 15765-2:2016 §9.6.4, ISO 11898-1:2015 §10.4.
// Tests: tests/host-sim/Demo (recomputed from the candump).
using EsyncSim.Bus;

namespace EsyncSim.Measure;

/// <summary>Adds up the consecutive frames of one sender.</summary>
public sealed class LineLimit
{
    private const int ConsecutiveFrame = 2;
    private const int BytesPerFrame = 7;
    private readonly ICanBus _bus;
    private readonly uint _identifier;
    private long _framesNs;

    /// <summary>Counts frames with this identifier.</summary>
    public LineLimit(ICanBus bus, uint identifier)
    {
        _bus = bus;
        _identifier = identifier;
    }

    /// <summary>Frames so far.</summary>
    public long Frames { get; private set; }

    /// <summary>The limit in kB/s; 0 as long as there was no frame.</summary>
    public double KBps => Frames > 0 ? BytesPerFrame * 1e6 / (_framesNs / (double)Frames) : 0;

    /// <summary>True for a consecutive frame of the sender.</summary>
    public bool IsConsecutive(in BusRecord record) => record.Frame.Identifier == _identifier && record.Frame[0] >> 4 == ConsecutiveFrame;

    /// <summary>Begins anew.</summary>
    public void Reset()
    {
        Frames = 0;
        _framesNs = 0;
    }

    /// <summary>Takes a record of the bus; only whole consecutive frames of the sender count.</summary>
    public void Add(in BusRecord record)
    {
        if (record.IsWhole && IsConsecutive(record))
        {
            Frames++;
            _framesNs += record.EndNs - record.StartNs + _bus.BitsToNs(FrameBits.InterframeBits);
        }
    }
}
