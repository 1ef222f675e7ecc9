// What an SPI NOR flash's driver says is wrong, in words.
// Tests: tests/boards/drivers/AgentLoopTests.cs.
namespace EsyncAgent.Drivers;

/// <summary>Faults of an SPI NOR flash.</summary>
public sealed class SpiNorWords : IFaultSource
{
    private readonly SpiNorFls _flash;

    /// <summary>Makes it.</summary>
    public SpiNorWords(SpiNorFls flash)
    {
        _flash = flash;
    }

    /// <inheritdoc/>
    public string Fault
    {
        get { return _flash.Fault == SpiNorFault.None ? null : SpiNorFaultText.Of(_flash.Fault); }
    }
}
