// What the flash drivers cost an interpreter, over ports that cost nothing and a part that is always ready.
// Tests: tests/boards/drivers/DriverCostTests.cs.
using EsyncAgent;
using EsyncAgent.Drivers;

namespace EsyncTests.IlCounting;

/// <summary>Figures of the flash drivers.</summary>
internal static class FlashDriverMeasurement
{
    private const int ChunkLength = 4096;

    /// <summary>Each by name.</summary>
    internal static IEnumerable<KeyValuePair<string, long>> Figures(IlMeter meter) => OfSpiNor(meter).Concat(OfLittleFs(meter));

    private static IEnumerable<KeyValuePair<string, long>> OfSpiNor(IlMeter meter)
    {
        Part part = new();
        SpiNorFls driver = new(part, part, new SpiNorConfig { Size = 0x400000 });
        byte[] chunk = new byte[ChunkLength];
        yield return new("SpiNorFls, its start", meter.Of(() => part.Finish(driver, driver.StartRead(0, chunk, 0, 1))));
        part.Finish(driver, driver.StartCompare(0, chunk, 0, 256));
        yield return new("SpiNorFls, start an erase", meter.Of(() => driver.StartErase(0)));
        yield return new("SpiNorFls, a poll within the millisecond", meter.Of(() => driver.Poll()));
        part.IsBusy = true;
        part.NowMs++;
        yield return new("SpiNorFls, a poll that asks and hears busy", meter.Of(() => driver.Poll()));
        part.IsBusy = false;
        part.NowMs++;
        yield return new("SpiNorFls, a poll that asks and hears the end", meter.Of(() => driver.Poll()));
        yield return new("SpiNorFls, start a page", meter.Of(() => driver.StartProgram(0, chunk, 0, 256)));
        part.NowMs++;
        driver.Poll();
        yield return new("SpiNorFls, read 32 bytes", meter.Of(() => driver.StartRead(0, chunk, 0, 32)));
        yield return new("SpiNorFls, read a chunk", meter.Of(() => part.Finish(driver, driver.StartRead(0, chunk, 0, ChunkLength))));
        yield return new("SpiNorFls, compare a chunk", meter.Of(() => part.Finish(driver, driver.StartCompare(0, chunk, 0, ChunkLength))));
        Fls fls = new(new FlsConfig(), driver);
        FlsJob job = new(FlsPriority.Fota);
        yield return new("SpiNorFls, program a chunk, module Fls included", meter.Of(() =>
        {
            fls.Program(job, 0, chunk, 0, ChunkLength);
            while (job.Result == StdReturn.Pending)
            {
                part.NowMs++;
                fls.MainFunction(part.NowMs);
            }
        }));
    }

    private static IEnumerable<KeyValuePair<string, long>> OfLittleFs(IlMeter meter)
    {
        LittleFsFls files = new(new OneFile(), 64 * 1024);
        byte[] data = new byte[2000];
        files.StartCompare(0, data, 0, 1);
        long one = meter.Of(() => files.StartCompare(0, data, 0, 1000));
        yield return new("LittleFsFls, program", meter.Of(() => files.StartProgram(0x1000, data, 0, 256)));
        yield return new("LittleFsFls, read", meter.Of(() => files.StartRead(0x2000, data, 0, 256)));
        yield return new("LittleFsFls, erase", meter.Of(() => files.StartErase(0x3000)));
        files.StartCompare(0, data, 0, 1);
        yield return new("LittleFsFls, thousand bytes more compared", meter.Of(() => files.StartCompare(0, data, 0, 2000)) - one);
    }

    /// <summary>A part full of zeros that has ended when it is asked.</summary>
    private sealed class Part : ISpiPort, IMcu
    {
        private bool _isWriteEnabled;

        public uint NowMs { get; set; }

        public McuResetCause ResetCause => McuResetCause.Unknown;

        internal bool IsBusy { get; set; }

        public void Transfer(byte[] write, byte[] read, int count)
        {
            switch (write[0])
            {
                case 0x03:
                    Array.Clear(read, 0, count);
                    break;
                case 0x05 or 0x15 or 0x35:
                    read[1] = (byte)((_isWriteEnabled ? 2 : 0) | (IsBusy ? 1 : 0));
                    break;
                case 0x9F:
                    (read[1], read[2], read[3]) = (0xEF, 0x40, 0x16);
                    break;
                case 0x06:
                    _isWriteEnabled = true;
                    break;
                case 0x02 or 0x20:
                    _isWriteEnabled = false;
                    break;
            }
        }

        public int ReadUniqueId(byte[] into) => 0;

        public void ReadEntropy(byte[] into) => throw new NotSupportedException();

        public void Reset() => throw new NotSupportedException();

        /// <summary>Polls once a millisecond until the job has ended.</summary>
        internal void Finish(SpiNorFls driver, bool isStarted)
        {
            while (isStarted && driver.Poll() == FlsStatus.Busy)
            {
                NowMs++;
            }
        }
    }

    /// <summary>A file system with the same file for all.</summary>
    private sealed class OneFile : IFilePort
    {
        public int Read(string name, byte[] into) => into.Length;

        public bool Write(string name, byte[] data, int count) => true;

        public bool Delete(string name) => true;
    }
}
