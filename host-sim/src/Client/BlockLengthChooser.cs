// How long each TransferData request shall be: as long as the ECU takes while the line is good, and shorter where so many requests are
// lost that sending less of them again pays for the overhead of more. CostNs has the model. All that it needs but the price of a lost attempt
// comes from the requests before, and only + − · / decide.
// Invariants: never longer than the ECU said in its response to 34; without a loss never shorter than that; two lines of the same losses
// and times get the same lengths. A repeated request keeps its length: the ECU may have taken it, and only its response was lost.
// It must not know a bus or a clock. ISO 14229-1:2020 §14.5 (36), ISO 15765-2:2016 §9.6.3.
// Tests: tests/host-sim/Client/BlockLengthChooserTests.cs, tests/host-sim/Measure/LineLossTests.cs.
using System.Globalization;

namespace EsyncSim.Client;

/// <summary>A new length of requests, and why.</summary>
/// <param name="Length">Bytes of a TransferData request from now on, SID and counter included.</param>
/// <param name="IsLongest">True when that is what the ECU takes at the most.</param>
/// <param name="Lost">Requests that were lost so far, repeated ones counted again.</param>
/// <param name="Sent">Requests that were sent so far, repeated ones counted again.</param>
public readonly record struct BlockLengthChange(int Length, bool IsLongest, int Lost, int Sent)
{
    /// <summary>One line for people.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Lost:N0} of {Sent:N0} requests lost so far, TransferData requests of {Length:N0} bytes from now on{(IsLongest ? ", as long as the ECU takes" : string.Empty)}");
}

/// <summary>Chooses the length of TransferData requests.</summary>
public sealed class BlockLengthChooser
{
    // First frame and consecutive frame of a request (§9.6.3).
    private const int FirstFrameBytes = 6;
    private const int FrameBytes = 7;

    // A shorter request carries less than its own frames cost.
    private const int FramesMin = 9;

    // What a request costs besides its bytes, before it was measured: as long as six frames (FF, FC, response, turnaround).
    private const int OverheadBytes = 6 * FrameBytes;

    // The response can be lost as well.
    private const int ResponseBytes = FrameBytes;

    // Losses are forgotten over so many bytes; before the first ones the line counts as one that loses 0.02 in 20,000.
    private const double MemoryBytes = 64_000;
    private const double AssumedBytes = 20_000;
    private const double AssumedLosses = 0.02;

    // What a lost attempt costs, pause, access and all, in losses.
    private const double GivingUpLosses = 8;

    // Share of the cost that another length must save before it is taken: less is chance.
    private const double GainMin = 0.0025;

    private readonly int? _fixed;
    private readonly Dictionary<int, double> _fastestNs = [];
    private int[] _lengths = [];
    private double _exposedBytes;
    private double _losses;
    private double _recoveryNs;
    private double _requests;
    private double _unbegun;
    private double _unbegunNs;
    private int _lost;
    private int _sent;

    /// <summary>Makes a chooser, or one that always says <paramref name="length"/>, or what the ECU takes where that is less.</summary>
    public BlockLengthChooser(int? length = null)
    {
        _fixed = length;
    }

    /// <summary>Bytes of the next TransferData request, SID and counter included; 0 before <see cref="Begin"/>.</summary>
    public int Length { get; private set; }

    /// <summary>Called with each new length, but for the first one of a transfer.</summary>
    public Action<BlockLengthChange>? Changed { get; set; }

    /// <summary>Share of a byte's frames that are lost, as it is known now; for tests.</summary>
    internal double LossPerByte => (_losses + AssumedLosses) / (_exposedBytes + AssumedBytes);

    /// <summary>A transfer begins whose requests may have <paramref name="longest"/> bytes; what was seen before counts on.</summary>
    public void Begin(int longest)
    {
        if (_fixed is { } length)
        {
            Length = Math.Min(length, longest);
            return;
        }

        if (_lengths.Length == 0 || _lengths[0] != longest)
        {
            _lengths = LengthsUpTo(longest);
            Length = longest;
        }

        Length = Cheapest();
    }

    /// <summary>A request has ended.</summary>
    /// <param name="length">Its bytes.</param>
    /// <param name="lost">Times that it was sent and got no response.</param>
    /// <param name="isAnswered">True when it got one in the end.</param>
    /// <param name="ns">From the first time that it was sent to its end, in nanoseconds.</param>
    /// <param name="unbegun">How often of these its first frame or first block got no flow control.</param>
    public void Take(int length, int lost, bool isAnswered, long ns, int unbegun = 0)
    {
        _lost += lost;
        _sent += lost + (isAnswered ? 1 : 0);
        if (_fixed is not null)
        {
            return;
        }

        Count(length, lost - unbegun, unbegun, isAnswered);
        if (lost == 0 && isAnswered)
        {
            _fastestNs[length] = _fastestNs.TryGetValue(length, out double fastest) ? Math.Min(fastest, ns) : ns;
        }
        else if (isAnswered && _fastestNs.Count > 0)
        {
            (double overheadNs, double byteNs) = Times();
            double requestNs = overheadNs + (byteNs * length);
            double eachNs = Math.Max(ns - requestNs - ((lost - unbegun) * requestNs), 0) / lost;
            _recoveryNs = lost > unbegun ? Mean(_recoveryNs, eachNs) : _recoveryNs;
            _unbegunNs = unbegun > 0 ? Mean(_unbegunNs, eachNs) : _unbegunNs;
        }

        int before = Length;
        Length = Cheapest();
        if (Length != before)
        {
            Changed?.Invoke(new BlockLengthChange(Length, Length == _lengths[0], _lost, _sent));
        }
    }

    /// <summary>Lengths to choose from: the longest, and halves of its frames, each full to its last frame.</summary>
    internal static int[] LengthsUpTo(int longest)
    {
        List<int> lengths = [longest];
        for (int frames = (longest - FirstFrameBytes) / FrameBytes / 2; frames >= FramesMin; frames /= 2)
        {
            lengths.Add(FirstFrameBytes + (frames * FrameBytes));
        }

        return [.. lengths];
    }

    private static double Mean(double sofar, double next) => sofar == 0 ? next : (sofar * 0.75) + (next * 0.25);

    // A request that was lost was on its way for half of it, as far as anybody knows.
    private void Count(int length, int lost, int unbegun, bool isAnswered)
    {
        int bytes = length + ResponseBytes;
        double exposed = (isAnswered ? bytes : 0) + (lost * bytes / 2.0);
        double kept = MemoryBytes / (MemoryBytes + exposed);
        _exposedBytes = (_exposedBytes + exposed) * kept;
        _losses = (_losses * kept) + lost;
        _requests = (_requests * kept) + lost + unbegun + (isAnswered ? 1 : 0);
        _unbegun = (_unbegun * kept) + unbegun;
    }

    // The length with the least cost per byte; the one in use unless another is better by more than chance.
    private int Cheapest()
    {
        int best = Length;
        double least = CostNs(Length) * (1 - GainMin);
        foreach (int length in _lengths)
        {
            double cost = CostNs(length);
            if (cost < least)
            {
                least = cost;
                best = length;
            }
        }

        return best;
    }

    // Time for each byte brought in requests of a length. The line loses x of the request and its response; what is sent again is taken to the
    // second order. Each loss costs a recovery (the tester's timeouts) besides. First blocks without flow control strike each request, however
    // short. After three losses of one request the tester gives up, and the next attempt costs as much as GivingUpLosses.
    private double CostNs(int length)
    {
        (double overheadNs, double byteNs) = Times();
        double unbegunNs = _unbegun == 0 ? 0 : _unbegunNs * _unbegun / Math.Max(_requests - _unbegun, 1);
        double x = LossPerByte * (length + ResponseBytes);
        double again = x + (x * x / 2), lost = again / (1 + again);
        double recoveries = again + (GivingUpLosses * lost * lost * lost);
        return (((overheadNs + (byteNs * length)) * (1 + again)) + (_recoveryNs * recoveries) + unbegunNs) / length;
    }

    // Overhead of a request and time of a byte. The fastest request of two lengths tells both; what an ECU does now and then (a chunk's
    // tag, its flash) is in neither. Before that the overhead is assumed.
    private (double OverheadNs, double ByteNs) Times()
    {
        if (_fastestNs.Count == 0)
        {
            return (OverheadBytes, 1);
        }

        int shortest = _fastestNs.Keys.Min(), longest = _fastestNs.Keys.Max();
        double longestNs = _fastestNs[longest];
        double assumedNs = longestNs / (longest + OverheadBytes);
        if (longest < 2 * shortest)
        {
            return (assumedNs * OverheadBytes, assumedNs);
        }

        double slopeNs = (longestNs - _fastestNs[shortest]) / (longest - shortest);
        double byteNs = Math.Clamp(slopeNs, assumedNs / 4, longestNs / longest);
        return (Math.Max(longestNs - (byteNs * longest), assumedNs * OverheadBytes / 4), byteNs);
    }
}
