// Properties: a sentence that holds for all inputs, tried on some hundred that FsCheck makes.
// Invariant: the seed is fixed, so that a run repeats; a failure names the input, made smaller where FsCheck knows how.
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace EsyncTests;

/// <summary>Tries properties.</summary>
public static class Properties
{
    private const ulong Seed = 20260101;
    private const ulong Gamma = 9;

    /// <summary>Bytes of any kind, 0 to <paramref name="lengthMax"/> of them.</summary>
    public static Gen<byte[]> Bytes(int lengthMax, int lengthMin = 0) =>
        Gen.Choose(lengthMin, lengthMax).SelectMany(length => Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(length));

    /// <summary>Numbers of 32 bits, with the edges of their encodings more often than chance would have them.</summary>
    public static Gen<uint> Numbers { get; } = Gen.OneOf(
        Gen.Choose(int.MinValue, int.MaxValue).Select(value => (uint)value),
        Gen.Choose(0, 300).Select(value => (uint)value),
        Gen.Elements(0u, 23u, 24u, 255u, 256u, 65535u, 65536u, 0x7FFFFFFFu, 0x80000000u, uint.MaxValue));

    /// <summary>Text of printable ASCII characters.</summary>
    public static Gen<string> Printable(int lengthMax, int lengthMin = 1) =>
        Gen.Choose(lengthMin, lengthMax).SelectMany(length => Gen.Choose(0x20, 0x7E).Select(value => (char)value).ArrayOf(length)).Select(text => new string(text));

    /// <summary>The property holds for each of <paramref name="count"/> inputs.</summary>
    public static void Hold<T>(Gen<T> inputs, Action<T> property, int count = 300)
    {
        Replay replay = new(new Rnd(Seed, Gamma), FSharpOption<int>.None);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(count).WithQuietOnSuccess(true).WithReplay(FSharpOption<Replay>.Some(replay)), Prop.ForAll(inputs.ToArbitrary(), property));
    }
}
