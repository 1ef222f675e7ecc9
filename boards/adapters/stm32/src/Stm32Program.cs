// The program of an STM32 board with native CAN and an SPI flash: opens the hardware, composes the agent.
// Entropy: hardware generator or Random, clock jitter, a seed kept over resets; the chip's identifier tells boards apart.
// Package nanoFramework.Hardware.Stm32, and those of the adapters native, spi, can. Tests: tests/Surface compiles it;
// the agent on the same drivers over device models runs in host-sim.
using EsyncAgent.Drivers;
using nanoFramework.Hardware.Stm32;

namespace EsyncAgent.Boards;

/// <summary>An STM32 board; each board's program derives from it.</summary>
public abstract class Stm32Program : IBoardProgram
{
    // Frames between the event thread and the agent: two native rings.
    private const int ReceiveQueueLength = 32;

    // A page of the flash part with instruction and address before it.
    private const int SpiTransferMax = 260;

    private readonly Stm32Wiring _wiring;

    /// <summary>Makes it.</summary>
    protected Stm32Program(Stm32Wiring wiring)
    {
        _wiring = wiring;
    }

    /// <inheritdoc/>
    public string Board
    {
        get { return _wiring.Board; }
    }

    /// <inheritdoc/>
    public abstract EcuConfig CreateConfig();

    /// <inheritdoc/>
    public AgentLoop Build(EcuConfig config, IBoardLog log)
    {
        NanoMachine machine = new NanoMachine();
        byte[] uniqueId = Utilities.UniqueDeviceId;
        StoredSeed seed = new StoredSeed(new BackupSeed());
        Entropy entropy = new Entropy(
            new Sha256(new Sha256Compression()),
            uniqueId,
            new IEntropySource[] { new RandomSource(), new ClockJitter(machine), seed });
        if (!seed.Renew(entropy))
        {
            log.Write("entropy: the backup registers do not take a seed");
        }

        BoardMcu mcu = new BoardMcu(machine, uniqueId, entropy);
        SpiNorFls flash = new SpiNorFls(
            new SpiPort(_wiring.SpiBus, _wiring.FlashChipSelect, _wiring.FlashClockHz, SpiTransferMax),
            mcu,
            new SpiNorConfig { Size = _wiring.FlashSize });
        Stm32Can can = new Stm32Can(
            new StockCan(_wiring.CanController, config.CanBitTiming),
            mcu,
            config.CanIf,
            ReceiveQueueLength,
            config.CanTp.FrameTimeUs,
            _wiring.BlockSizeMax,
            _wiring.SeparationTimeMin);
        PeLoader loader = new PeLoader(new AssemblyPort(), new ApplicationThread());
        EcuM agent = new EcuM(config, can, flash, CreateCrypto(), mcu, loader);
        AgentWatch watch = new AgentWatch(log, agent, loader, can, new IFaultSource[] { new SpiNorWords(flash) });
        return new AgentLoop(agent, mcu, log, watch);
    }

    /// <summary>The cryptography that the board's firmware has, or the managed one.</summary>
    protected abstract ICrypto CreateCrypto();
}
