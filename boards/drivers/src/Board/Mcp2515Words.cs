// What an MCP2515's driver says is wrong, in words: which wire to look at.
// Tests: tests/boards/drivers/AgentLoopTests.cs.
namespace EsyncAgent.Drivers;

/// <summary>Faults of an MCP2515.</summary>
public sealed class Mcp2515Words : IFaultSource
{
    private readonly Mcp2515 _can;

    /// <summary>Makes it.</summary>
    public Mcp2515Words(Mcp2515 can)
    {
        _can = can;
    }

    /// <inheritdoc/>
    public string Fault
    {
        get { return Of(_can.Fault); }
    }

    /// <summary>The fault in one sentence; null for none.</summary>
    public static string Of(Mcp2515Fault fault)
    {
        switch (fault)
        {
            case Mcp2515Fault.None:
                return null;
            case Mcp2515Fault.NoAnswer:
                return "the MCP2515 does not answer: check its power, chip select, MISO, SPI mode 0, and the crystal";
            case Mcp2515Fault.Disagrees:
                return "the MCP2515 reads back other than what was written: check MOSI and SCK, and that SPI runs at 10 MHz at most";
            case Mcp2515Fault.NotOnBus:
                return "the MCP2515 finds no idle bus: check the transceiver's power, CANH and CANL, termination, and the bit rate (crystal in board.yaml)";
            default:
                return "the bit timing does not fit the MCP2515: check bit rate in nf.config and crystal in board.yaml";
        }
    }
}
