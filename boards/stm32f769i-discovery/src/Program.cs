// The program of the STM32F769I-DISCO: what the board is made of, and the ECU that it is.
// Another ECU of nf.config on this board: name its configuration in CreateConfig.
// Tests: tests/Surface compiles it; tests/boards/BoardProgramTests.cs compares it with board.yaml.
using EsyncAgent.Drivers;

namespace EsyncAgent.Boards;

/// <summary>The program.</summary>
public sealed class Program : Stm32Program
{
    private Program()
        : base(Wiring.Create())
    {
    }

    /// <summary>Does not return.</summary>
    public static void Main()
    {
        BoardStart.Run(new Program());
    }

    /// <inheritdoc/>
    public override EcuConfig CreateConfig()
    {
        return PumpConfig.Create();
    }

    /// <inheritdoc/>
    protected override ICrypto CreateCrypto()
    {
        return new NativeCrypto(new CryptoPort(), new ManagedCrypto());
    }
}
