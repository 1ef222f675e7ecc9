// Types of signals and outputs by the names of nf.config, which are COVESA VSS's, and the raw values that they can hold.
// Invariant: the place of a name is the number that agent and wire have for it (SignalType).
// Tests: tests/host-sim/Config/SignalRuleTests.cs.
using EsyncSim.Data;

namespace EsyncSim.Config;

/// <summary>Names and ranges of the types.</summary>
internal static class SignalTypeNames
{
    private static readonly string[] Names = ["boolean", "uint8", "int8", "uint16", "int16", "uint32", "int32"];

    private static readonly (long Min, long Max)[] Ranges =
        [(0, 1), (0, byte.MaxValue), (sbyte.MinValue, sbyte.MaxValue), (0, ushort.MaxValue), (short.MinValue, short.MaxValue), (0, uint.MaxValue), (int.MinValue, int.MaxValue)];

    /// <summary>All names, for a message.</summary>
    public static string All => string.Join(", ", Names);

    /// <summary>Name of a type.</summary>
    public static string Of(SignalType type) => Names[(int)type];

    /// <summary>Raw values of a type.</summary>
    public static (long Min, long Max) RangeOf(SignalType type) => Ranges[(int)type];

    /// <summary>Raw values that a number of bits on CAN can say, read as this type.</summary>
    public static (long Min, long Max) RangeOf(SignalType type, int bits) =>
        IsSigned(type) ? (-(1L << (bits - 1)), (1L << (bits - 1)) - 1) : (0, (1L << bits) - 1);

    /// <summary>Bits of a type's value; 1 of a boolean.</summary>
    public static int BitsOf(SignalType type) => type == SignalType.Boolean ? 1 : 64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)(Ranges[(int)type].Max - Ranges[(int)type].Min));

    /// <summary>True for a type with a sign.</summary>
    public static bool IsSigned(SignalType type) => Ranges[(int)type].Min < 0;

    /// <summary>The smallest type for so many bits.</summary>
    public static SignalType Smallest(int bits, bool isSigned) =>
        Enumerable.Range(1, Names.Length - 1).Select(number => (SignalType)number).First(type => IsSigned(type) == isSigned && BitsOf(type) >= bits);

    /// <summary>The type of a name; false when there is none.</summary>
    public static bool TryFind(string name, out SignalType type)
    {
        int number = Array.IndexOf(Names, name);
        type = (SignalType)Math.Max(number, 0);
        return number >= 0;
    }

    /// <summary>The type of a section's key `type`; int32, with a problem recorded, when it is wrong.</summary>
    public static SignalType Read(ConfigSection section, ConfigProblems problems)
    {
        ConfigNode? node = section.Scalar("type");
        int type = node is null ? (int)SignalType.Int32 : Array.IndexOf(Names, node.Text);
        if (type < 0)
        {
            problems.Add(node!, ConfigRule.UnknownName, $"There is no type `{node!.Text}`", $"Write one of {All}");
        }

        return type < 0 ? SignalType.Int32 : (SignalType)type;
    }
}
