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
        QuietPart part = new();
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

    /// <summary>A file system with the same file for all.</summary>
    private sealed class OneFile : IFilePort
    {
        public int Read(string name, byte[] into) => into.Length;

        public bool Write(string name, byte[] data, int count) => true;

        public bool Delete(string name) => true;
    }
}
