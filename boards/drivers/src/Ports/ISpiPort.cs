// Port to one device on an SPI bus, as System.Device.Spi can serve it: a transaction is one call, for chip select is low
// during that call only.
// Implemented by an adapter of each board's program, and by the chip models of host-sim.
// Tests: through the drivers that use it, tests/boards/drivers.
namespace EsyncAgent.Drivers;

/// <summary>One SPI device with its chip select.</summary>
public interface ISpiPort
{
    /// <summary>
    /// One transaction: sends the first <paramref name="count"/> bytes of <paramref name="write"/> and puts the byte that
    /// came back for each into <paramref name="read"/>, unless that is null. It blocks for the transaction's time.
    /// </summary>
    void Transfer(byte[] write, byte[] read, int count);
}
