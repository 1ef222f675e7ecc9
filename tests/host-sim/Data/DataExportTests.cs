// Exports of the database, to the letter: order, filters, quoting, both forms.
using EsyncSim.Data;
using Xunit;

namespace EsyncTests.HostSim.Data;

public sealed class DataExportTests : IDisposable
{
    private readonly DataStore _store = DataStore.Open(null);

    public DataExportTests()
    {
        _store.Take("V1", TestBatches.Motor);
        _store.Take("V1", TestBatches.Battery);
    }

    public void Dispose() => _store.Dispose();

    [Fact]
    public void Values_as_CSV() => Assert.Equal(
        """
        ts,vehicle,ecu,path,value,unit,quality,estimated,kind,rule,cause,sequence
        2026-01-01T12:00:01.000Z,V1,motor,Vehicle.Speed,48.25,km/h,,,sample,7,period,2
        2026-01-01T12:00:01.000Z,V1,motor,Vehicle.Powertrain.Temperature,-7,celsius,,,sample,7,period,2
        2026-01-01T12:00:01.500Z,V1,battery,"Vehicle.""odd"", path",3.7,,,,sample,7,period,1
        2026-01-01T12:00:02.000Z,V1,motor,Vehicle.Speed,0.1,km/h,timed-out,,sample,7,period,4
        2026-01-01T12:00:02.000Z,V1,motor,Vehicle.IsOn,true,,,,sample,7,period,4
        2026-01-01T12:00:02.000Z,V1,motor,Vehicle.Never,,,never-set,,sample,7,period,4
        2026-01-01T12:00:02.500Z,V1,motor,Vehicle.Powertrain.Temperature,131,celsius,,true,dtc,,,5

        """, Values(new ExportFilter(), ExportFormat.Csv));

    [Fact]
    public void Values_as_JSON_lines() => Assert.Equal(
        """
        {"vehicle":"V1","ecu":"motor","path":"Vehicle.Speed","ts":"2026-01-01T12:00:02.000Z","value":0.1,"unit":"km/h","quality":"timed-out","kind":"sample","rule":7,"cause":"period","sequence":4}
        {"vehicle":"V1","ecu":"motor","path":"Vehicle.IsOn","ts":"2026-01-01T12:00:02.000Z","value":true,"kind":"sample","rule":7,"cause":"period","sequence":4}
        {"vehicle":"V1","ecu":"motor","path":"Vehicle.Never","ts":"2026-01-01T12:00:02.000Z","value":null,"quality":"never-set","kind":"sample","rule":7,"cause":"period","sequence":4}
        {"vehicle":"V1","ecu":"motor","path":"Vehicle.Powertrain.Temperature","ts":"2026-01-01T12:00:02.500Z","value":131,"unit":"celsius","estimated":true,"kind":"dtc","sequence":5}

        """, Values(new ExportFilter { FromMs = TestBatches.Noon + 2000 }, ExportFormat.Jsonl));

    [Fact]
    public void Events_in_both_forms()
    {
        Assert.Equal(
            """
            ts,vehicle,ecu,level,message,estimated,kind,sequence
            2026-01-01T12:00:00.010Z,V1,motor,EVENT,"the ECU has started (power on, rules 0)",,start,1
            2026-01-01T12:00:02.500Z,V1,motor,WARN,"DTC 0A1B2C fails (status 50, now 2F)",true,dtc,5

            """, Events(new ExportFilter(), ExportFormat.Csv));
        Assert.Equal(
            """
            {"vehicle":"V1","ecu":"motor","estimated":true,"kind":"dtc","sequence":5,"event":{"type":"esync.log-report","body":{"type":"/ECU/motor","level":"WARN","timestamp":"2026-01-01T12:00:02.500Z","message":"DTC 0A1B2C fails (status 50, now 2F)"}}}

            """, Events(new ExportFilter { FromMs = TestBatches.Noon + 100 }, ExportFormat.Jsonl));
    }

    [Fact]
    public void Filters_leave_out_what_is_not_wanted()
    {
        Assert.Equal(3, Count(new ExportFilter { FromMs = TestBatches.Noon + 1000, ToMs = TestBatches.Noon + 2000 }));
        Assert.Equal(1, Count(new ExportFilter { Ecu = "battery" }));
        Assert.Equal(0, Count(new ExportFilter { Vehicle = "V2" }));
        Assert.Equal(2, Count(new ExportFilter { Signals = ["Vehicle.Speed"] }));
        Assert.Equal(4, Count(new ExportFilter { Signals = ["Vehicle.Speed", "*.Temperature"] }));
        Assert.Equal(1, Count(new ExportFilter { Signals = ["Vehicle.\"odd\", path"] }));
        Assert.Equal(2, Events(new ExportFilter { Signals = ["Vehicle.Speed"] }, ExportFormat.Jsonl).Count(letter => letter == '\n'));
    }

    [Theory]
    [InlineData("Vehicle.A.B", "Vehicle.A.B", true)]
    [InlineData("Vehicle.A.B", "Vehicle.A", false)]
    [InlineData("Vehicle.A.B", "Vehicle.*", true)]
    [InlineData("Vehicle.A.B", "*.B", true)]
    [InlineData("Vehicle.A.B", "*A*", true)]
    [InlineData("Vehicle.A.B", "V*A*B", true)]
    [InlineData("Vehicle.A.B", "V*B*A", false)]
    [InlineData("Vehicle.A.B", "Vehicle.A.B*B", false)]
    [InlineData("Vehicle.A.B", "*", true)]
    [InlineData("Vehicle.A.B", "vehicle.*", false)]
    [InlineData("Vehicle.A[1]", "Vehicle.A[1]", true)]
    [InlineData("Vehicle.A1", "Vehicle.A[1]", false)]
    [InlineData("Vehicle.AB", "Vehicle.A?", false)]
    public void A_pattern_means_the_same_to_who_watches_and_to_the_database(string path, string pattern, bool isWanted)
    {
        using DataStore store = DataStore.Open(null);
        store.Take("V1", TestBatches.Battery with { Records = [TestBatches.Sample(1, 1, TestBatches.Value(path, 1, 1))] });

        Assert.Equal(isWanted, DataExport.IsWanted(path, [pattern]));
        Assert.Equal(isWanted, DataExport.Values(store, new ExportFilter { Signals = [pattern] }).Any());
    }

    [Fact]
    public void Numbers_are_read_as_what_they_were()
    {
        double[] numbers = [0.1, 1e-300, 123456789012345.6, -0.0, 1.0 / 3];
        Assert.Equal(numbers, numbers.Select(number => double.Parse(ExportWriter.Text(new VssScalar(number, false)), System.Globalization.CultureInfo.InvariantCulture)));
    }

    private int Count(ExportFilter filter) => Values(filter, ExportFormat.Jsonl).Count(letter => letter == '\n');

    private string Values(ExportFilter filter, ExportFormat format)
    {
        using StringWriter text = new();
        new ExportWriter(text, format).Write(DataExport.Values(_store, filter));
        return text.ToString();
    }

    private string Events(ExportFilter filter, ExportFormat format)
    {
        using StringWriter text = new();
        new ExportWriter(text, format).Write(DataExport.Events(_store, filter));
        return text.ToString();
    }
}
