// The application of a measured ECU: takes every bundle, runs, shows that it is alive, and does nothing else. So a bundle may be as
// long as the measurement needs, and its content whatever stuffs the frames as an average image does.
// What an application itself costs is not the agent's cost: what is counted and what is fuzzed supervise this one too.
// Tests: tests/host-sim/Measure, tests/host-sim/Ecu/IlCounterTests.cs.
using EsyncAgent;

namespace EsyncSim.Measure;

/// <summary>Runs without doing anything.</summary>
internal class SilentApplication : IApplicationLoader
{
    /// <inheritdoc/>
    public byte Runtime => (byte)Packages.BundleRuntime.Net10;

    /// <inheritdoc/>
    public ushort ContractVersion => 2;

    /// <inheritdoc/>
    public ApplicationState State { get; private set; }

    /// <inheritdoc/>
    public uint AliveCounter { get; private set; }

    /// <inheritdoc/>
    public bool IsUpdateAllowed => true;

    /// <inheritdoc/>
    public void Attach(IApplicationData data)
    {
    }

    /// <inheritdoc/>
    public StdReturn Begin(uint imageLength) => StdReturn.Ok;

    /// <inheritdoc/>
    public StdReturn Append(byte[] data, int offset, int count) => StdReturn.Ok;

    /// <inheritdoc/>
    public StdReturn Start()
    {
        State = ApplicationState.Running;
        return StdReturn.Ok;
    }

    /// <inheritdoc/>
    public void MainFunction(uint nowMs) => AliveCounter++;

    /// <inheritdoc/>
    public virtual int ReadDataByIdentifier(ushort dataIdentifier, byte[] into, int offset) => ApplicationAnswer.Unknown;

    /// <inheritdoc/>
    public int TakeEvent() => -1;
}
