// What an update needs: the image and the signed envelope that vouches for it.
// Tests: tests/boards/virtual/GeneratedPackageTests.cs.
namespace EsyncAgent.Emulator;

/// <summary>One release of the emulator's application.</summary>
public sealed class EmulatorPackage
{
    /// <summary>A package of these two.</summary>
    public EmulatorPackage(string version, EmulatorImage image, byte[] envelope)
    {
        Version = version;
        Image = image;
        Envelope = envelope;
    }

    /// <summary>Application version.</summary>
    public string Version { get; }

    /// <summary>Source of the image's bytes.</summary>
    public EmulatorImage Image { get; }

    /// <summary>The SUIT envelope.</summary>
    public byte[] Envelope { get; }
}
