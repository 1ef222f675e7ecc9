// The releases that a run installs. Images are made on the fly; envelopes and trust anchors are compiled in (Generated),
// signed by keys that follow from a text which everybody can read: they protect nothing.
// Envelopes are made anew at each call, so that no more than one lies in the heap.
// Invariant: versions, lengths and seeds are signed; changing one here wants the generated files printed anew.
// Tests: tests/boards/virtual/GeneratedPackageTests.cs.
namespace EsyncAgent.Emulator;

/// <summary>All packages by version.</summary>
public class PackageShelf
{
    /// <summary>The first application of the ECU: works.</summary>
    public const string First = "1.0.0";

    /// <summary>An update whose self-test fails.</summary>
    public const string SelfTestFails = "1.1.0";

    /// <summary>An update that stalls.</summary>
    public const string Stalls = "1.2.0";

    /// <summary>The update that works.</summary>
    public const string Second = "2.0.0";

    /// <summary>The update that comes as a patch of <see cref="First"/>.</summary>
    public const string Patched = "2.1.0";

    /// <summary>Image of a version.</summary>
    public static EmulatorImage ImageOf(string version)
    {
        switch (version)
        {
            case First:
                return new EmulatorImage(version, GoodApplication.EntryClass, 12000, 0x10000001);
            case SelfTestFails:
                return new EmulatorImage(version, SelfTestFailsApplication.EntryClass, 8192, 0x11000001);
            case Stalls:
                return new EmulatorImage(version, StalledApplication.EntryClass, 5000, 0x12000001);
            case Second:
                return new EmulatorImage(version, GoodApplication.EntryClass, 18000, 0x20000001);
            case Patched:
                // The filler goes on as that of the first application, and is longer.
                return new EmulatorImage(version, GoodApplication.EntryClass, 18000, 0x10000001);
            default:
                throw new EmulatorException("there is no version " + version);
        }
    }

    /// <summary>The package of a version, made anew.</summary>
    public virtual EmulatorPackage Take(string version)
    {
        return new EmulatorPackage(version, ImageOf(version), EnvelopeOf(version));
    }

    /// <summary>The patch that makes the image of <see cref="Patched"/> of that of <see cref="First"/>, made anew.</summary>
    public virtual byte[] TakePatch()
    {
        return Patch210.Create();
    }

    private static byte[] EnvelopeOf(string version)
    {
        switch (version)
        {
            case First:
                return Envelope100.Create();
            case SelfTestFails:
                return Envelope110.Create();
            case Stalls:
                return Envelope120.Create();
            case Patched:
                return Envelope210.Create();
            default:
                return Envelope200.Create();
        }
    }
}
