// What a sweep runs on: a row of the flash geometries, a flash map on it, and signed images that span two sectors and eight
// chunks at least in either bank.
// Invariants: banks begin with a small sector before a large one where the part has both; every area has sectors of its
// own, the smallest that are left; a part that has too few of them stands twice, one behind the other. All images are
// made in one order, so that the same image has the same bytes in every run.
// Tests: tests/host-sim/Sweep.
using EsyncAgent;
using EsyncSim.Flash;
using EsyncSim.Packages;
using EsyncSim.Signing;

namespace EsyncSim.Sweep;

/// <summary>Images of one length class.</summary>
/// <param name="One">What runs before.</param>
/// <param name="Two">The update.</param>
/// <param name="Bad">An update whose self-test fails.</param>
/// <param name="Three">An update after all of those.</param>
public sealed record SweepImages(SignedImage One, SignedImage Two, SignedImage Bad, SignedImage Three)
{
    private const int K = 1024;

    // Images are longer by odd amounts, so that the last chunk is not whole.
    private static readonly int[] Lengths = [36 * K, 68 * K, 132 * K, 256 * K];
    private static readonly SigningKey[] Keys = SignedImage.MakeKeys("sweep");
    private static readonly SweepImages[] Classes = [.. Lengths.Select(Make)];

    /// <summary>Provisioning record with the anchors of these images.</summary>
    public static byte[] Provisioning { get; } =
        ProvisioningRecord.Build(SignedImage.DeviceId, SignedImage.DeviceSecret, [.. Keys.Select(key => key.Anchor)]);

    /// <summary>A trust manifest, signed by the anchors of <see cref="Provisioning"/>, that replaces them.</summary>
    public static byte[] NewKeys { get; } = MakeNewKeys();

    /// <summary>Length that a bank must have for them.</summary>
    public int BankLength => Two.Payload.Length + (4 * K);

    /// <summary>The shortest class that is longer than <paramref name="length"/> bytes.</summary>
    public static SweepImages Of(int length) => Classes[Array.FindIndex(Lengths, one => one >= length)];

    /// <summary>The image with this manifest digest; null when it is none of these.</summary>
    public SignedImage? Find(byte[] digest) =>
        ((SignedImage[])[One, Two, Bad, Three]).FirstOrDefault(image => image.Digest.AsSpan().SequenceEqual(digest));

    private static byte[] MakeNewKeys()
    {
        TrustList list = new()
        {
            Sequence = 1,
            VendorId = SignedImage.VendorId,
            ClassId = SignedImage.ClassId,
            Anchors = [.. SignedImage.MakeKeys("sweep, later").Select(key => key.Anchor)],
        };
        return SuitEnvelope.Sign(list.Encode(), [.. Keys.Select(key => new MemorySigner(key))], SignedDocument.TrustManifest).Encode();
    }

    private static SweepImages Make(int length) => new(
        SignedImage.MakeBy(Keys, "1.0.0", 1, length + 123),
        SignedImage.MakeBy(Keys, "2.0.0", 2, length + 5123),
        SignedImage.MakeBy(Keys, "2.1.0", 3, length + 1001, "selftest"),
        SignedImage.MakeBy(Keys, "3.0.0", 4, length + 2002));
}

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
        Config = RigConfig.Make(map.ToConfig(SlotLength, SmallArea));
        LongBlockConfig = RigConfig.Make(Config.Fls);
        LongBlockConfig.NvM.LengthMax[NvMBlock.Fingerprint] = (ushort)Math.Min(Config.Fls.NvM0.Length / 8, ushort.MaxValue);
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

    /// <summary>The part of a row; null when it has no room for images of <paramref name="lengthMin"/> bytes.</summary>
    public static SweepPart? Of(FlashGeometry row, int lengthMin = SmallLength)
    {
        FlashGeometry twice = new(row.Name, row.PageSize, row.WriteUnit, row.Timing, [.. row.Runs, .. row.Runs]);
        foreach (FlashGeometry geometry in (FlashGeometry[])[row, twice])
        {
            if (SweepMap.TryLay(geometry, lengthMin, SmallAreas) is { } map)
            {
                return new SweepPart(row, geometry, map);
            }
        }

        return null;
    }
}
