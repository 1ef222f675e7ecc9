// Images for a rig that are worth encoding: assemblies that repeat themselves, and changed versions of them as a compiler
// would make them - bytes that differ here and there, something inserted, something left out, something moved.
// Invariant: equal arguments give equal bytes.
// Tests: tests/agent-firmware/EcuM/EncodedInstallTests.
using EsyncSim.Delta;

namespace EsyncSim.Sweep;

/// <summary>Makes and encodes images.</summary>
public static class EncodedImages
{
    private const int BehaviourLength = 16;
    private const int WordCount = 64;

    /// <summary>An assembly of a given length that behaves well.</summary>
    public static byte[] Assembly(int seed, int length)
    {
        Random random = new(seed);
        byte[] words = new byte[WordCount * 8];
        random.NextBytes(words);
        byte[] assembly = new byte[length];
        for (int at = 0; at < length;)
        {
            int word = random.Next(WordCount) * 8;
            int count = Math.Min(random.Next(2, 9), length - at);
            words.AsSpan(word, count).CopyTo(assembly.AsSpan(at));
            at += count;
        }

        System.Text.Encoding.ASCII.GetBytes("good".PadRight(BehaviourLength)).CopyTo(assembly, 0);
        return assembly;
    }

    /// <summary>A next version of an assembly.</summary>
    public static byte[] Changed(byte[] assembly)
    {
        List<byte> changed = [.. assembly];
        for (int at = 100; at < changed.Count; at += 173)
        {
            changed[at] += 4;
        }

        int third = changed.Count / 3;
        List<byte> moved = changed.GetRange(third, 1500);
        changed.RemoveRange(third, 1500);
        changed.InsertRange(2 * third, moved);
        changed.InsertRange(third / 2, Assembly(77, 700).Skip(BehaviourLength));
        changed.RemoveRange(changed.Count - 900, 300);
        return [.. changed];
    }

    /// <summary>Compressed by heatshrink as it is transferred: a header byte and the stream.</summary>
    public static byte[] Compress(byte[] image, int windowBitsMax)
    {
        HeatshrinkEncoder encoder = new(image);
        HeatshrinkParameters parameters = HeatshrinkParameters.UpTo(windowBitsMax).MinBy(encoder.Measure);
        return [parameters.Header, .. encoder.Encode(parameters)];
    }
}
