// A fleet whose servers are other programs: each vehicle with a connection of its own to a broker, each world at its WorkPace, on as
// many threads as there are cores.
// Invariants: one thread runs a vehicle from its first moment to its last; it ends when every ECU of every vehicle has told the end of an
// update and nothing has passed for a while, or when the time is over; what counts is what the ECUs report then.
// Tests: tests/host-sim/Scale/FleetOverBrokerTests.cs.
using System.Collections.Concurrent;
using System.Diagnostics;
using EsyncSim.Bus;
using EsyncSim.Server;

namespace EsyncSim.Scale;

/// <summary>Runs a fleet on a broker.</summary>
public sealed class FleetOverBroker
{
    private static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly FleetOptions _options;
    private readonly FleetSoftware _software;
    private readonly BrokerAccess _broker;
    private readonly Stopwatch _wall = Stopwatch.StartNew();
    private readonly Seat[] _seats;
    private readonly ConcurrentDictionary<string, int> _refusals = new();
    private int _connected;
    private volatile bool _isOver;

    private FleetOverBroker(FleetSoftware software, FleetOptions options, BrokerAccess broker)
    {
        _options = options;
        _software = software;
        _broker = broker;
        _seats = [.. Enumerable.Range(options.First, options.Vehicles).Select(number => new Seat(new FleetVehicle(software, number, options.Seed, options.IsBad(number))))];
    }

    /// <summary>Lets servers elsewhere update a fleet.</summary>
    /// <exception cref="UserErrorException">The broker cannot be used.</exception>
    public static FleetReport Run(FleetSoftware software, FleetOptions options, BrokerAccess broker)
    {
        FleetMeter meter = new();
        return new FleetOverBroker(software, options, broker).Run(meter);
    }

    private FleetReport Run(FleetMeter meter)
    {
        meter.Start();
        try
        {
            Serve();
            FleetMeasured measured = meter.Stop(_seats.Length, _seats.Count(HasEnded), _options.Cores, _seats.Sum(seat => seat.Heard!.Count));
            return Report(measured);
        }
        finally
        {
            FleetCount.ForAll(_seats.Length, _options.Cores, index => _seats[index].Link?.Dispose());
        }
    }

    private void Serve()
    {
        Task[] threads = [.. Enumerable.Range(0, _options.Cores).Select(thread => Task.Factory.StartNew(() => Work(thread), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        try
        {
            Watch(threads);
        }
        finally
        {
            _isOver = true;
            Task.WhenAll(threads).ContinueWith(_ => { }, TaskScheduler.Default).Wait();
        }

        Task.WhenAll(threads).GetAwaiter().GetResult();
    }

    // Until nothing is left to be done, or a thread has failed.
    private void Watch(Task[] threads)
    {
        TimeSpan told = TimeSpan.Zero, changed = _wall.Elapsed;
        long messages = -1;
        while (!threads.Any(thread => thread.IsFaulted))
        {
            _options.Stop.ThrowIfCancellationRequested();
            long now = _seats.Sum(seat => seat.Heard?.Count ?? 0);
            (messages, changed) = (now, now == messages ? changed : _wall.Elapsed);
            bool isQuiet = Volatile.Read(ref _connected) == _seats.Length && _seats.All(HasEnded) && _wall.Elapsed - changed > QuietTime;
            if (isQuiet || _wall.Elapsed > _options.Limit)
            {
                return;
            }

            if (_wall.Elapsed - told > ProgressEvery)
            {
                told = _wall.Elapsed;
                _options.Progress?.Invoke(new FleetProgress(_seats.Count(HasEnded), _seats.Max(seat => seat.Vehicle.Time.NowNs) / 1e9, messages));
                Tell();
            }

            Thread.Sleep(Pause);
        }
    }

    private void Work(int thread)
    {
        Seat[] mine = [.. _seats.Where((_, index) => index % _options.Cores == thread)];
        foreach (Seat seat in mine)
        {
            Sit(seat);
        }

        while (!_isOver)
        {
            bool isAtWork = false;
            foreach (Seat seat in mine)
            {
                seat.Vehicle.RunTo(seat.Pace!.Next(WallNs));
                isAtWork |= seat.Pace.IsAtWork;
            }

            if (!isAtWork)
            {
                Thread.Sleep(Pause);
            }
        }
    }

    private void Sit(Seat seat)
    {
        if (_isOver)
        {
            return;
        }

        seat.Link = BrokerLink.Connect(seat.Vehicle.Time, _broker, $"vehicle-{seat.Vehicle.Vin}");
        seat.Link.Refused = text => _refusals.TryAdd(text.Replace(seat.Vehicle.Vin, "VIN", StringComparison.Ordinal), 0);
        seat.Heard = new HeardLink(seat.Link, new Topics(seat.Vehicle.Vin));
        seat.Vehicle.Start(seat.Heard);
        seat.Pace = new WorkPace(seat.Vehicle.Bus, WallNs);
        Interlocked.Increment(ref _connected);
    }

    private void Tell()
    {
        foreach (string refusal in _refusals.Where(pair => pair.Value == 0).Select(pair => pair.Key))
        {
            _refusals[refusal] = 1;
            _options.Note?.Invoke(refusal);
        }
    }

    private bool HasEnded(Seat seat) => seat.Heard is { } heard && heard.EndCount >= _software.Ecus.Count;

    private FleetReport Report(FleetMeasured measured)
    {
        double virtualSeconds = _seats.Max(seat => seat.Vehicle.Time.NowNs) / 1e9;
        IReadOnlyList<EcuCheck>[] checks = new IReadOnlyList<EcuCheck>[_seats.Length];
        FleetCount.ForAll(_seats.Length, _options.Cores, index => checks[index] = _seats[index].Vehicle.Check());
        return new FleetReport
        {
            Seed = _options.Seed,
            Vehicles = _seats.Length,
            Ecus = [.. _software.Ecus.Select(ecu => ecu.Name)],
            LossyPercent = 0,
            BadVehicles = _seats.Count(seat => seat.Vehicle.IsBad),
            Campaign = string.Empty,
            Confirmed = checks.Count(check => check.All(one => one.IsConfirmed && one.Version == _software.WantedVersion)),
            Running = FleetCount.Of(checks.SelectMany(check => check).Select(check => $"{check.Ecu} {check.Version} {check.State}")),
            Ends = FleetCount.Of(_seats.SelectMany(seat => seat.Heard!.Ends.Values)),
            Contradictions = 0,
            VirtualSeconds = virtualSeconds,
            Messages = _seats.Sum(seat => seat.Heard!.Count),
            MessagesLost = 0,
            MessageBytes = _seats.Sum(seat => seat.Heard!.ByteCount),
            BusFrames = _seats.Sum(seat => seat.Vehicle.Bus.FrameCount),
            Measured = measured,
        };
    }

    private long WallNs => (long)_wall.Elapsed.TotalNanoseconds;

    /// <summary>A vehicle with what belongs to it here.</summary>
    private sealed class Seat(FleetVehicle vehicle)
    {
        public FleetVehicle Vehicle => vehicle;

        public BrokerLink? Link { get; set; }

        public HeardLink? Heard { get; set; }

        public WorkPace? Pace { get; set; }
    }
}
