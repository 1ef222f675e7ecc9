// What the CAN drivers cost an interpreter for each frame, over ports that cost nothing.
// Tests: tests/boards/drivers/DriverCostTests.cs.
using EsyncAgent;
using EsyncAgent.Drivers;

namespace EsyncTests.IlCounting;

/// <summary>Figures of the CAN drivers.</summary>
internal static class CanDriverMeasurement
{
    /// <summary>Each by name.</summary>
    internal static IEnumerable<KeyValuePair<string, long>> Figures(IlMeter meter) => OfMcp2515(meter).Concat(OfStm32Can(meter));

    private static IEnumerable<KeyValuePair<string, long>> OfStm32Can(IlMeter meter)
    {
        Ring ring = new();
        Stm32Can driver = new(ring, ring, new CanIfConfig { PhysicalRxId = 0x7E0, FunctionalRxId = 0x7DF, TxId = 0x7E8 }, 64, 320, 8, 0);
        CanFrame frame = new() { Identifier = 0x7E8, Length = 8 };
        yield return new("Stm32Can, send a frame", meter.Of(() => driver.TrySend(frame)));
        yield return new("Stm32Can, nothing received", meter.Of(() => driver.TryReceive(frame)));
        yield return new("Stm32Can, an event for nothing", meter.Of(driver.OnMessageReceived));
        ring.Identifiers.Enqueue(0x7E0);
        yield return new("Stm32Can, receive a frame, its event", meter.Of(() =>
        {
            driver.OnMessageReceived();
            driver.TryReceive(frame);
        }));
        ring.Identifiers.Enqueue(0x123);
        yield return new("Stm32Can, an event for a foreign frame", meter.Of(driver.OnMessageReceived));
    }

    private static IEnumerable<KeyValuePair<string, long>> OfMcp2515(IlMeter meter)
    {
        Answers chip = new();
        CanBitTiming timing = new() { Prescaler = 1, PropagationSegment = 7, PhaseSegment1 = 5, PhaseSegment2 = 3, SyncJumpWidth = 1 };
        Mcp2515 driver = new(chip, chip, timing, new CanIfConfig { PhysicalRxId = 0x7E0, FunctionalRxId = 0x7DF, TxId = 0x7E8 }, 8, 0xF3);
        CanFrame frame = new() { Identifier = 0x7E8, Length = 8 };
        long start = meter.Of(() =>
        {
            while (!driver.IsStarted)
            {
                driver.TryReceive(frame);
            }
        });
        frame.Identifier = 0x7E8;
        frame.IsExtended = false;
        for (int i = 0; i < 3; i++)
        {
            driver.TrySend(frame);
        }

        yield return new("Mcp2515, its start", start);
        yield return new("Mcp2515, send three frames", meter.Of(() =>
        {
            driver.TrySend(frame);
            driver.TrySend(frame);
            driver.TrySend(frame);
        }));
        yield return new("Mcp2515, nothing received", meter.Of(() => driver.TryReceive(frame)));
        chip.IsActive = true;
        chip.Full = 1;
        chip.IsQuietAfterRead = true;
        yield return new("Mcp2515, receive a frame", meter.Of(() => driver.TryReceive(frame)));
        chip.IsActive = true;
        chip.Full = 3;
        chip.IsQuietAfterRead = false;
        yield return new("Mcp2515, receive two frames", meter.Of(() =>
        {
            driver.TryReceive(frame);
            chip.IsQuietAfterRead = true;
            driver.TryReceive(frame);
        }));
    }

    /// <summary>A chip that agrees to everything.</summary>
    private sealed class Answers : ISpiPort, IInterruptPin
    {
        private readonly byte[] _memory = new byte[256];
        private bool _isReset;

        public bool IsActive { get; set; }

        internal byte Full { get; set; }

        internal bool IsQuietAfterRead { get; set; }

        public void Transfer(byte[] write, byte[] read, int count)
        {
            switch (write[0])
            {
                case 0xC0:
                    _isReset = true;
                    break;
                case 0x02:
                    Array.Copy(write, 2, _memory, write[1], count - 2);
                    break;
                case 0x03 when write[1] == 0x0E:
                    (read[2], read[3]) = _isReset ? ((byte)0x80, (byte)0x87) : ((byte)0, (byte)0);
                    _isReset = false;
                    break;
                case 0x03 when write[1] == 0x2C:
                    (read[2], read[3]) = (Full, 0);
                    break;
                case 0x03:
                    Array.Copy(_memory, write[1], read, 2, count - 2);
                    break;
                case 0x90 or 0x94:
                    IsActive = !IsQuietAfterRead;
                    (read[1], read[2], read[5]) = (0xFC, 0, 8);
                    break;
                case 0xA0:
                    read[1] = 0;
                    break;
            }
        }
    }

    /// <summary>The native ring, and a clock that stands.</summary>
    private sealed class Ring : IStockCan, IMcu
    {
        internal Queue<uint> Identifiers { get; } = new();

        public McuResetCause ResetCause => McuResetCause.PowerOn;

        public uint NowMs => 0;

        public void Subscribe(IStockCanListener listener)
        {
        }

        public bool TryGetMessage(CanFrame into)
        {
            into.Length = 8;
            return Identifiers.TryDequeue(out into.Identifier);
        }

        public void WriteMessage(CanFrame frame)
        {
        }

        public int ReadUniqueId(byte[] into) => 0;

        public void ReadEntropy(byte[] into) => Array.Clear(into);

        public void Reset()
        {
        }
    }
}
