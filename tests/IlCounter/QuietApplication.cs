// The smallest application an agent can supervise: whatever bundle comes, it starts, passes its self-test and is alive.
// What an application itself costs is not the agent's cost.
// The fuzzer's agent supervises it too, by this same file.
// Tests: tests/host-sim/Ecu/IlCounterTests.cs.
using EsyncAgent;

namespace EsyncTests.IlCounting;

/// <summary>A loader that runs nothing and reports success.</summary>
internal class QuietApplication : IApplicationLoader
{
    public byte Runtime => 1;

    public ushort ContractVersion => 2;

    public ApplicationState State { get; private set; }

    public uint AliveCounter { get; private set; }

    public bool IsUpdateAllowed => true;

    public void Attach(IApplicationData data)
    {
    }

    public StdReturn Begin(uint imageLength) => StdReturn.Ok;

    public StdReturn Append(byte[] data, int offset, int count) => StdReturn.Ok;

    public StdReturn Start()
    {
        State = ApplicationState.Running;
        return StdReturn.Ok;
    }

    public void MainFunction(uint nowMs) => AliveCounter++;

    public virtual int ReadDataByIdentifier(ushort dataIdentifier, byte[] into, int offset) => ApplicationAnswer.Unknown;

    public int TakeEvent() => -1;
}
