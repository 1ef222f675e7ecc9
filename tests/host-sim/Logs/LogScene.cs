// Frames by chance, and a log of them in memory or in a file.
using EsyncSim.Bus;
using EsyncSim.Logs;

namespace EsyncTests.HostSim.Logs;

internal static class LogScene
{
    public const int BitRate = 500_000;

    public static LoggedBus Bus { get; } = new("can0", BitRate);

    /// <summary>Frames of both formats and of every length, at rising times with microseconds.</summary>
    public static LoggedFrame[] Frames(ulong seed, int count)
    {
        SeededRandom random = new(seed, "frames");
        long ns = 0;
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            ns += (1 + (long)(random.NextU64() % 3_000_000)) * VirtualTime.NsPerUs;
            bool isExtended = random.NextU64() % 3 == 0;
            uint identifier = (uint)(random.NextU64() % (isExtended ? 0x20000000u : 0x800u));
            return new LoggedFrame(ns, "can0", new BusFrame(identifier, isExtended, random.Bytes((int)(random.NextU64() % 9))));
        })];
    }

    public static BusRecord Broken(long ns) => new LoggedFrame(ns, "can0", new BusFrame(0x7E0, false, [1])).ToRecord(Bus) with { Fate = BusFate.Corrupted };

    /// <summary>Reads a text as a log of this name.</summary>
    public static (List<LoggedFrame> Frames, LogLeftOut LeftOut) Read(string name, string text)
    {
        using BusLogReader reader = new(name, new StringReader(text));
        List<LoggedFrame> frames = [];
        while (reader.TryRead(out LoggedFrame frame))
        {
            frames.Add(frame);
        }

        return (frames, reader.LeftOut);
    }
}
