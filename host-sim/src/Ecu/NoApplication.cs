// The loader of an ECU on which no application can run: the agent alone.
// It refuses every bundle, so that such an ECU stays in its programming session, reachable.
// Tests: tests/host-sim/Ecu/VirtualEcuTests.cs.
using EsyncAgent;

namespace EsyncSim.Ecu;

/// <summary>Refuses every bundle.</summary>
public sealed class NoApplication : IApplicationLoader
{
    /// <inheritdoc/>
    public byte Runtime => 1;

    /// <inheritdoc/>
    public ushort ContractVersion => 1;

    /// <inheritdoc/>
    public ApplicationState State => ApplicationState.NotStarted;

    /// <inheritdoc/>
    public uint AliveCounter => 0;

    /// <inheritdoc/>
    public bool IsUpdateAllowed => true;

    /// <inheritdoc/>
    public void Attach(IApplicationData data)
    {
    }

    /// <inheritdoc/>
    public StdReturn Begin(uint imageLength) => StdReturn.NotOk;

    /// <inheritdoc/>
    public StdReturn Append(byte[] data, int offset, int count) => StdReturn.NotOk;

    /// <inheritdoc/>
    public StdReturn Start() => StdReturn.NotOk;

    /// <inheritdoc/>
    public void MainFunction(uint nowMs)
    {
    }

    /// <inheritdoc/>
    public int ReadDataByIdentifier(ushort dataIdentifier, byte[] into, int offset) => -1;

    /// <inheritdoc/>
    public int TakeEvent() => -1;
}
