// What the flash drivers cost an interpreter for each job, over ports that cost nothing.
// Tests: tests/boards/drivers/DriverCostTests.cs.
using EsyncAgent.Drivers;

namespace EsyncTests.IlCounting;

/// <summary>Figures of the flash drivers.</summary>
internal static class FlashDriverMeasurement
{
    /// <summary>Each by name.</summary>
    internal static IEnumerable<KeyValuePair<string, long>> Figures(IlMeter meter)
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
