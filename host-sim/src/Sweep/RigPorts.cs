// The ports that a rig does not care about: a silent bus, a processor.
// Invariant: the same from start to start, so that an agent follows from its flash alone.
// Tests: tests/agent-firmware/EcuM.
using EsyncAgent;

namespace EsyncSim.Sweep;

/// <summary>Nobody sends, and whatever is sent has left.</summary>
public sealed class SilentCan : ICan
{
    public byte BlockSizeMax => 0;

    public byte SeparationTimeMin => 0;

    public uint OverrunCount => 0;

    public uint BusOffCount => 0;

    public bool TryReceive(CanFrame into) => false;

    public bool TrySend(CanFrame frame) => true;
}

/// <summary>A processor whose clock the rig sets, and whose entropy counts.</summary>
public sealed class RigMcu : IMcu
{
    private byte _entropy;

    public McuResetCause ResetCause => McuResetCause.Unknown;

    public uint NowMs { get; set; }

    public bool IsResetRequested { get; private set; }

    public int ReadUniqueId(byte[] into) => 0;

    public void ReadEntropy(byte[] into) => Array.Fill(into, ++_entropy);

    public void Reset() => IsResetRequested = true;
}
