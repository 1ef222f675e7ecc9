// What a sweep runs on: a row of the flash geometries, a flash map on it, and signed images that span two sectors and eight
// chunks at least in either bank.
// Invariants: banks begin with a small sector before a large one where the part has both; every area has sectors of its
// own, the smallest that are left; a part that has too few of them stands twice, or three times, one behind the other. The
// ECU takes every encoding.
// Tests: tests/host-sim/Sweep.
using EsyncAgent;
using EsyncSim.Flash;
using EsyncSim.Packages;

namespace EsyncSim.Sweep;

/// <summary>A part with its map.</summary>
public sealed class SweepPart
{
    /// <summary>Length of an image that is to be large.</summary>
    public const int LargeLength = 256 * 1024;

    internal const int SmallLength = 36 * 1024;
    private const uint SlotLength = 10 * 1024;
    private const uint SmallArea = 2048;
    private const int SmallAreas = 10;

    private SweepPart(FlashGeometry row, FlashGeometry geometry, SweepMap map)
    {
        Name = row.Name;
        Geometry = geometry;
        Images = map.Images;
        Config = ConfigOf(map.ToConfig(SlotLength, SmallArea));
        LongBlockConfig = ConfigOf(Config.Fls);
        LongBlockConfig.NvM.LengthMax[NvMBlock.Fingerprint] = (ushort)Math.Min(Config.Fls.NvM0.Length / 8, ushort.MaxValue);
    }

    /// <summary>The same ECU with a report log in the last sectors of the part, as short as it may be.</summary>
    public EcuConfig LogConfig => ConfigOf(WithLog() ?? throw new InvalidOperationException($"{Name}: no room for a report log"));

    /// <summary>The same with signals and room for collection rules.</summary>
    public EcuConfig RulesConfig
    {
        get
        {
            EcuConfig config = LogConfig;
            SweepRules.Configure(config);
            return config;
        }
    }

    /// <summary>Name of the row.</summary>
    public string Name { get; }

    /// <summary>The part, or two of them.</summary>
    public FlashGeometry Geometry { get; }

    /// <summary>The ECU.</summary>
    public EcuConfig Config { get; }

    /// <summary>The same ECU with a block in NvM of which few fill an area, so that large areas run full too.</summary>
    public EcuConfig LongBlockConfig { get; }

    /// <summary>Its images.</summary>
    public SweepImages Images { get; }

    /// <summary>About how much longer than on a part with small sectors and large pages a restart takes here; 1 at least.</summary>
    public double RestartCost
    {
        get
        {
            double programs = (double)Images.Two.Payload.Length / Geometry.PageSize;
            double sector = Geometry.LengthOf(Geometry.SectorAt(Config.Fls.Staging.Start));
            return 1 + (programs / 5000) + (sector / 20_000);
        }
    }

    /// <summary>The part of a row, where it is to have one with room for a report log; null when it has no room for images of <paramref name="lengthMin"/> bytes.</summary>
    public static SweepPart? Of(FlashGeometry row, int lengthMin = SmallLength, bool hasLog = false)
    {
        for (int times = 1; times <= (hasLog ? 3 : 2); times++)
        {
            FlashGeometry geometry = new(row.Name, row.PageSize, row.WriteUnit, row.Timing, [.. Enumerable.Repeat(row.Runs, times).SelectMany(runs => runs)]);
            if (SweepMap.TryLay(geometry, lengthMin, SmallAreas) is { } map)
            {
                SweepPart part = new(row, geometry, map);
                if (!hasLog || part.WithLog() is not null)
                {
                    return part;
                }
            }
        }

        return null;
    }

    // Null where other areas reach into the last sectors.
    private FlsConfig? WithLog()
    {
        int first = Geometry.SectorCount - (int)ReportLog.SectorsMin;
        uint start = Geometry.StartOf(first);
        FlsConfig map = Config.Fls;
        FlsArea[] others = [map.BankB, map.ManifestA, map.ManifestB, map.Staging, map.NvM0, map.NvM1, map.Checkpoint0, map.Checkpoint1, map.BootRecord2];
        return others.Any(area => area.Start + area.Length > start)
            ? null
            : new FlsConfig
            {
                BankA = map.BankA,
                BankB = map.BankB,
                ManifestA = map.ManifestA,
                ManifestB = map.ManifestB,
                Staging = map.Staging,
                BootRecord0 = map.BootRecord0,
                BootRecord1 = map.BootRecord1,
                BootRecord2 = map.BootRecord2,
                NvM0 = map.NvM0,
                NvM1 = map.NvM1,
                Checkpoint0 = map.Checkpoint0,
                Checkpoint1 = map.Checkpoint1,
                ReportLog = new FlsArea { Start = start, Length = Geometry.Size - start },
            };
    }

    private static EcuConfig ConfigOf(FlsConfig map)
    {
        EcuConfig config = RigConfig.Make(map);
        config.Fota.Encodings = EncodingRequest.AllEncodings;
        config.Fota.RecipientCountMax = SweepImages.RecipientCount;
        return config;
    }
}
