// A virtual ECU with a small program instead of the agent, a tester on the same bus, and the traffic.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Ecu;
using EsyncSim.Flash;
using EsyncTests.HostSim.Bus;

namespace EsyncTests.HostSim.Ecu;

internal sealed class EcuBench
{
    // Prices of its own: a change of the agent must not change these tests.
    internal static readonly IlCosts Costs = IlCosts.Parse($$$"""
        {
          "il": { {{{string.Join(", ", IlCosts.Operations.Select(operation => $"\"{IlCosts.NameOf(operation)}\": {(operation is IlOperation.Millisecond or IlOperation.PeriodicMillisecond ? 0 : 200)}"))}}} },
          "native": {
            "ilPerSecond": 2400000, "hmacCallNs": 20000, "hmacByteNs": 200, "aesCallNs": 20000, "aesByteNs": 300,
            "spiTransactionNs": 20000, "spiByteNs": 400,
            "fileLookUpNs": 1000000, "fileByteNs": 100, "fileWriteNs": 58000000, "fileDeleteNs": 2000000
          }
        }
        """);

    internal const uint RequestId = 0x7E0;
    internal const uint ResponseId = 0x7E8;
    internal readonly BusBench Bus = new();
    internal readonly VirtualCan Tester;
    internal readonly VirtualEcu Ecu;

    internal EcuBench(Action<EcuPorts, uint> turn, Func<VirtualEcuOptions, VirtualEcuOptions>? change = null)
    {
        Tester = Bus.Node("tester");
        EcuConfig config = new() { CanIf = new CanIfConfig { PhysicalRxId = RequestId, TxId = ResponseId, FunctionalRxId = 0x7DF } };
        VirtualEcuOptions options = new() { Program = (_, ports) => new Program(ports, turn), RebootNs = 10 * VirtualTime.NsPerMs, Costs = Costs };
        FlashGeometry geometry = new("test", 256, 1, FlashTiming.W25Q, new SectorRun(16, 4096));
        options = change?.Invoke(options) ?? options;
        Ecu = new VirtualEcu(config, new VirtualBoard(new VirtualCan(Bus.Bus, "ecu"), geometry, options.Seed), options);
    }

    internal VirtualTime Time => Bus.Time;

    /// <summary>Turns at once each request into a response with the same data.</summary>
    internal static Action<EcuPorts, uint> Echo()
    {
        CanFrame frame = new();
        return (ports, _) =>
        {
            if (ports.Can.TryReceive(frame))
            {
                frame.Identifier = ResponseId;
                ports.Can.TrySend(frame);
            }
        };
    }

    private sealed class Program(EcuPorts ports, Action<EcuPorts, uint> turn) : IAgent
    {
        public bool IsServing => true;

        public uint CompressionCount => 0;

        public void MainFunction(uint nowMs) => turn(ports, nowMs);
    }
}
