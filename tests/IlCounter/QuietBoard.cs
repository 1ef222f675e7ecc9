// The smallest board an agent can run on: nobody on the bus, a clock that is told the time, nothing allocated, and no work
// that would be counted with the agent's.
// Tests: tests/host-sim/Measure/IlFigureTests.cs.
using EsyncAgent;

namespace EsyncTests.IlCounting;

/// <summary>An empty bus and a machine.</summary>
internal sealed class QuietBoard : ICan, IMcu
{
    public byte BlockSizeMax => 0;

    public byte SeparationTimeMin => 0;

    public uint OverrunCount => 0;

    public uint BusOffCount => 0;

    public McuResetCause ResetCause => McuResetCause.PowerOn;

    public uint NowMs { get; set; }

    public bool TryReceive(CanFrame into) => false;

    public bool TrySend(CanFrame frame) => true;

    public int ReadUniqueId(byte[] into) => 0;

    public void ReadEntropy(byte[] into) => Array.Clear(into);

    public void Reset() => throw new InvalidOperationException("The agent wants a reset where none was expected.");
}
