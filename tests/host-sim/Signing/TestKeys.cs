// Keys for tests: grown once, since a tree costs some ten milliseconds, and handed out as fresh copies.
using System.Buffers.Binary;
using EsyncSim.Signing;

namespace EsyncTests.HostSim.Signing;

public static class TestKeys
{
    /// <summary>The smallest tree that grows fast.</summary>
    public static readonly SigningParameters Small = new(1, 5, 4);

    /// <summary>Two levels of it.</summary>
    public static readonly SigningParameters SmallTwoLevels = new(2, 5, 4);

    public static SigningKey Author() => SigningKey.FromSeedText(SigningRole.Author, Small, "test");

    public static SigningKey Oem() => SigningKey.FromSeedText(SigningRole.Oem, Small, "test");

    /// <summary>The index that a signature was made with, over both levels.</summary>
    public static long IndexOf(SigningParameters parameters, byte[] signature)
    {
        uint top = BinaryPrimitives.ReadUInt32BigEndian(signature.AsSpan(4));
        if (parameters.Levels == 1)
        {
            return top;
        }

        int lowerOffset = 4 + parameters.LmsSignatureLength + SigningParameters.PublicKeyLength - 4;
        return ((long)top << parameters.Height) + BinaryPrimitives.ReadUInt32BigEndian(signature.AsSpan(lowerOffset));
    }
}
