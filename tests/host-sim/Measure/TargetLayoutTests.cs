// The sizes that are counted with are those that nanoFramework's interpreter needs: measured on its 32-bit build, free heap before
// and after each object.
using EsyncTests.IlCounting;
using Xunit;

namespace EsyncTests.HostSim.Measure;

public sealed class TargetLayoutTests
{
    public static TheoryData<object, int> Measured => new()
    {
        { new object(), 12 },
        { Array.Empty<byte>(), 24 },
        { new byte[1], 24 },
        { new byte[4], 24 },
        { new byte[5], 36 },
        { new byte[1000], 1020 },
        { new bool[1000], 1020 },
        { new Small[1000], 1020 },
        { new ushort[1000], 2028 },
        { new int[1000], 4020 },
        { new ulong[1000], 8028 },
        { new object[1000], 12024 },
        { new byte[1000][], 12024 },
        { new Three(), 48 },
        { new Derived(), 60 },
        { 12345, 24 },
        { "12345abc", 24 },
        { new EventHandler((_, _) => { }), 36 },
    };

    private enum Small : byte
    {
        None,
    }

    [Theory]
    [MemberData(nameof(Measured), DisableDiscoveryEnumeration = true)]
    public void A_size_is_what_the_interpreter_needs(object item, int bytes) => Assert.Equal(bytes, TargetLayout.SizeOf(item));

    [Fact]
    public void What_an_object_refers_to_is_found_behind_fields_of_base_classes_too()
    {
        var derived = new Derived { Reference = "text" };
        Assert.Equal((".Reference", "text"), Assert.Single(TargetLayout.ReferredBy(derived)));
        Assert.Equal([("[1]", derived)], TargetLayout.ReferredBy(new object?[] { null, derived }));
    }

    [Fact]
    public void What_is_not_known_is_not_guessed()
    {
        Assert.Throws<NotSupportedException>(() => TargetLayout.SizeOf(new DateTime[1]));
        Assert.Throws<NotSupportedException>(() => TargetLayout.SizeOf(new WithStruct { Date = default }));
    }

    [Fact]
    public void A_frame_has_ten_places_at_least()
    {
        Assert.Equal(84 + 120, TargetLayout.FrameLength(0, 2));
        Assert.Equal(84 + (17 * 12), TargetLayout.FrameLength(6, 8));
    }

    private class Three
    {
        public int Number { get; set; }

        public byte Byte { get; set; }

        public object? Reference { get; set; }
    }

    private sealed class Derived : Three
    {
        public bool IsDerived { get; set; }
    }

    private sealed class WithStruct
    {
        public DateTime Date { get; set; }
    }
}
