// What a broken rule of the flash says, put together only when the rule is broken: the compiler asks this handler before it
// formats anything.
// Invariant: a rule that was kept costs no string.
// Tests: tests/host-sim/Flash.
using System.Globalization;
using System.Runtime.CompilerServices;

namespace EsyncSim.Flash;

/// <summary>The sentence of a demand.</summary>
[InterpolatedStringHandler]
internal ref struct FlashDemand
{
    private DefaultInterpolatedStringHandler _text;

    /// <summary>Made by the compiler; <paramref name="isNeeded"/> is false where the demand was met.</summary>
    public FlashDemand(int literalLength, int formattedCount, bool condition, out bool isNeeded)
    {
        isNeeded = !condition;
        _text = isNeeded ? new DefaultInterpolatedStringHandler(literalLength, formattedCount, CultureInfo.InvariantCulture) : default;
    }

    /// <summary>Throws <see cref="FlashViolationException"/> with the sentence where the condition does not hold.</summary>
    public static void That(bool condition, [InterpolatedStringHandlerArgument(nameof(condition))] FlashDemand message)
    {
        if (!condition)
        {
            throw new FlashViolationException(message.ToString());
        }
    }

    /// <summary>A piece that stands in the source.</summary>
    public void AppendLiteral(string text) => _text.AppendLiteral(text);

    /// <summary>A value.</summary>
    public void AppendFormatted<T>(T value, string? format = null) => _text.AppendFormatted(value, format);

    /// <summary>The whole sentence.</summary>
    public override string ToString() => _text.ToStringAndClear();
}
