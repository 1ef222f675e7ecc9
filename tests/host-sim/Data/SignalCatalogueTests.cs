// Signals by their identifiers, physical values, and the identifier of the table against bytes that are written out here.
using System.Text;
using EsyncSim.Data;
using Xunit;

namespace EsyncTests.HostSim.Data;

public sealed class SignalCatalogueTests
{
    private static readonly SignalDefinition Temperature = new("Vehicle.A", 0x0201, SignalType.Int16, "celsius", 0.5, -40, -40, 200);
    private static readonly SignalDefinition Count = new("Vehicle.B", 0x0200, SignalType.UInt32, "", 1, 0, 0, uint.MaxValue);

    [Fact]
    public void Signals_are_found_by_their_DIDs_and_stand_in_order()
    {
        SignalCatalogue catalogue = new([Temperature, Count]);

        Assert.Equal([Count, Temperature], catalogue.Signals);
        Assert.Same(Temperature, catalogue.Find(0x0201));
        Assert.Null(catalogue.Find(0x0202));
        Assert.Throws<ArgumentException>(() => new SignalCatalogue([Count, Count]));
    }

    [Fact]
    public void The_table_is_named_by_the_CRC_of_what_decides_on_its_values()
    {
        // DID, type, factor and offset as IEEE 754 doubles, path and 00, written out.
        string[] bytes =
        [
            "0200", "05", "3FF0000000000000", "0000000000000000", Convert.ToHexString(Encoding.ASCII.GetBytes("Vehicle.B")), "00",
            "0201", "04", "3FE0000000000000", "C044000000000000", Convert.ToHexString(Encoding.ASCII.GetBytes("Vehicle.A")), "00",
        ];
        byte[] table = Convert.FromHexString(string.Concat(bytes));

        Assert.Equal(EsyncAgent.Crc32.Compute(table, 0, table.Length), new SignalCatalogue([Temperature, Count]).TableId);
        Assert.Equal(new SignalCatalogue([Count, Temperature]).TableId, new SignalCatalogue([Temperature with { Unit = "K", Min = 0, Max = 1 }, Count]).TableId);
        Assert.NotEqual(new SignalCatalogue([Temperature]).TableId, new SignalCatalogue([Temperature with { Factor = 0.25 }]).TableId);
    }

    [Theory]
    [InlineData(SignalType.UInt32, -1, 4294967295.0)]
    [InlineData(SignalType.Int32, -1, -1.0)]
    [InlineData(SignalType.UInt8, 255, 255.0)]
    public void The_physical_value_minds_the_sign(SignalType type, int raw, double physical) =>
        Assert.Equal(physical, (Count with { Type = type }).Physical(raw));

    [Fact]
    public void The_physical_value_is_raw_by_factor_plus_offset() => Assert.Equal(-40.5, Temperature.Physical(-1));
}
