// The program of the ESP32 with an MCP2515: opens the hardware, composes the agent.
// Another ECU of nf.config on this board: name its configuration in CreateConfig. One whose flash part is w25q32 takes
// SpiNorFls on an SpiPort with the part's chip select in place of LittleFsFls (README.md).
// Entropy: the hardware generator behind Random, the jitter of a microsecond clock, a seed kept in a file. An ESP32 shows no
// unique identifier under nanoFramework: two boards differ by their generator and their seed.
// Tests: tests/Surface compiles it; tests/boards/BoardProgramTests.cs compares it with board.yaml.
using EsyncAgent.Drivers;
using nanoFramework.Hardware.Esp32;

namespace EsyncAgent.Boards;

/// <summary>The program.</summary>
public sealed class Program : IBoardProgram
{
    // The longest transaction with an MCP2515 is a frame: instruction and 13 bytes.
    private const int SpiTransferMax = 16;

    /// <inheritdoc/>
    public string Board
    {
        get { return Wiring.Board; }
    }

    /// <summary>Does not return.</summary>
    public static void Main()
    {
        BoardStart.Run(new Program());
    }

    /// <inheritdoc/>
    public EcuConfig CreateConfig()
    {
        return ClimateConfig.Create();
    }

    /// <inheritdoc/>
    public AgentLoop Build(EcuConfig config, IBoardLog log)
    {
        Configuration.SetPinFunction(Wiring.SpiMosi, DeviceFunction.SPI2_MOSI);
        Configuration.SetPinFunction(Wiring.SpiMiso, DeviceFunction.SPI2_MISO);
        Configuration.SetPinFunction(Wiring.SpiSck, DeviceFunction.SPI2_CLOCK);
        FilePort files = new FilePort(Wiring.Drive);
        Esp32Machine machine = new Esp32Machine();
        byte[] uniqueId = new byte[0];
        StoredSeed seed = new StoredSeed(new FileSeed(files, "SEED"));
        Entropy entropy = new Entropy(
            new Sha256(new Sha256Compression()),
            uniqueId,
            new IEntropySource[] { new RandomSource(), new ClockJitter(machine), seed });
        if (!seed.Renew(entropy))
        {
            log.Write("entropy: the file system does not take a seed");
        }

        BoardMcu mcu = new BoardMcu(machine, uniqueId, entropy);
        LittleFsFls flash = new LittleFsFls(files, Wiring.FlashSize);
        Mcp2515 can = new Mcp2515(
            new SpiPort(Wiring.SpiBus, Wiring.CanChipSelect, Wiring.CanClockHz, SpiTransferMax),
            new InterruptPin(Wiring.CanInterrupt),
            config.CanBitTiming,
            config.CanIf,
            Wiring.BlockSizeMax,
            Wiring.SeparationTimeMin);
        PeLoader loader = new PeLoader(new AssemblyPort(), new ApplicationThread());
        EcuM agent = new EcuM(config, can, flash, new NativeCrypto(new CryptoPort(), new ManagedCrypto()), mcu, loader);
        AgentWatch watch = new AgentWatch(log, agent, loader, can, new IFaultSource[] { new Mcp2515Words(can), files });
        return new AgentLoop(agent, mcu, log, watch);
    }
}
