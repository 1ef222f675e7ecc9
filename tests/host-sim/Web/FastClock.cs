// A wall clock that runs faster than the real one, by a factor that may change while it runs: for benches that are watched by a browser,
// whose story would take minutes otherwise.
namespace EsyncTests.HostSim.Web;

/// <summary>A clock in a hurry.</summary>
internal sealed class FastClock : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly DateTimeOffset _beginning = DateTimeOffset.UtcNow;
    private double _factor;
    private long _sinceTicks = System.GetTimestamp();
    private double _passedTicks;

    /// <summary>Makes a clock with a factor.</summary>
    public FastClock(double factor) => _factor = factor;

    /// <inheritdoc/>
    public override long TimestampFrequency => System.TimestampFrequency;

    /// <summary>Goes on with another factor.</summary>
    public void Run(double factor)
    {
        lock (_gate)
        {
            _passedTicks = Passed();
            _sinceTicks = System.GetTimestamp();
            _factor = factor;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return (long)Passed();
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _beginning + TimeSpan.FromSeconds(GetTimestamp() / (double)TimestampFrequency);

    private double Passed() => _passedTicks + ((System.GetTimestamp() - _sinceTicks) * _factor);
}
