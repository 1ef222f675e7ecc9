// The microcontroller as the agent sees it: the machine's clock and reset, the chip's identifier, mixed entropy.
// Tests: tests/boards/drivers/AgentLoopTests.cs.
namespace EsyncAgent.Drivers;

/// <summary>The port IMcu of a board.</summary>
public sealed class BoardMcu : IMcu
{
    private readonly IMachine _machine;
    private readonly byte[] _uniqueId;
    private readonly Entropy _entropy;

    /// <summary>Makes it; <paramref name="uniqueId"/> is empty where the chip has none.</summary>
    public BoardMcu(IMachine machine, byte[] uniqueId, Entropy entropy)
    {
        _machine = machine;
        _uniqueId = uniqueId;
        _entropy = entropy;
    }

    /// <summary>nanoFramework does not tell.</summary>
    public McuResetCause ResetCause
    {
        get { return McuResetCause.Unknown; }
    }

    /// <inheritdoc/>
    public uint NowMs
    {
        get { return _machine.NowMs; }
    }

    /// <inheritdoc/>
    public int ReadUniqueId(byte[] into)
    {
        int length = _uniqueId.Length < into.Length ? _uniqueId.Length : into.Length;
        System.Array.Copy(_uniqueId, 0, into, 0, length);
        return length;
    }

    /// <inheritdoc/>
    public void ReadEntropy(byte[] into)
    {
        _entropy.Fill(into);
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _machine.Reboot();
    }
}
