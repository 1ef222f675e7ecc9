// esync data: exports to the letter, what is refused and how, and the watcher's lines from a broker.
using EsyncSim;
using EsyncSim.Cli;
using EsyncSim.Data;
using EsyncSim.Server;
using EsyncTests.HostSim.Data;
using Xunit;

namespace EsyncTests.HostSim.Cli;

public sealed class DataCommandTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly string _db;

    public DataCommandTests()
    {
        _db = _folder["reports.db"];
        using DataStore store = DataStore.Open(_db);
        store.Take("V1", TestBatches.Motor);
        store.Take("V1", TestBatches.Battery);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Values_are_exported_as_CSV_by_default()
    {
        string output = await EsyncRun.Ok("data", "export", "--db", _db, "--signal", "Vehicle.Speed");

        Assert.Equal(
            """
            ts,vehicle,ecu,path,value,unit,quality,estimated,kind,rule,cause,sequence
            2026-01-01T12:00:01.000Z,V1,motor,Vehicle.Speed,48.25,km/h,,,sample,7,period,2
            2026-01-01T12:00:02.000Z,V1,motor,Vehicle.Speed,0.1,km/h,timed-out,,sample,7,period,4

            """, output);
    }

    [Fact]
    public async Task Time_ECU_and_form_can_be_chosen()
    {
        string[] wanted = ["data", "export", "--db", _db, "--format", "jsonl", "--ecu", "motor", "--vehicle", "V1", "--from", "2026-01-01T12:00:01Z", "--to", "2026-01-01T12:00:02Z"];

        Assert.Equal(2, (await EsyncRun.Ok(wanted)).Count(letter => letter == '\n'));
        Assert.Empty(await EsyncRun.Ok("data", "export", "--db", _db, "--format", "jsonl", "--from", "2026-01-02"));
    }

    [Fact]
    public async Task Events_go_to_a_file_as_a_whole()
    {
        string output = await EsyncRun.Ok("data", "export", "--db", _db, "--events", "--out", _folder["events.csv"]);

        Assert.Equal($"2 events in {_folder["events.csv"]}{Environment.NewLine}", output);
        Assert.Equal(
            """
            ts,vehicle,ecu,level,message,estimated,kind,sequence
            2026-01-01T12:00:00.010Z,V1,motor,EVENT,"the ECU has started (power on, rules 0)",,start,1
            2026-01-01T12:00:02.500Z,V1,motor,WARN,"DTC 0A1B2C fails (status 50, now 2F)",true,dtc,5

            """, await File.ReadAllTextAsync(_folder["events.csv"]));
    }

    [Fact]
    public async Task What_is_wrong_is_one_line_with_what_to_do()
    {
        Assert.Contains("2026-01-31T12:00Z", await EsyncRun.Fails(ExitCode.BadUsage, "data", "export", "--db", _db, "--from", "yesterday"));
        Assert.Contains("exclude each other", await EsyncRun.Fails(ExitCode.BadUsage, "data", "export", "--db", _db, "--events", "--signal", "*"));
        Assert.Contains("jsonl", await EsyncRun.Fails(ExitCode.BadUsage, "data", "export", "--db", _db, "--format", "xml"));
        Assert.Contains("makes one", await EsyncRun.Fails(ExitCode.BadFile, "data", "export", "--db", _folder["none.db"]));
        Assert.Contains("cannot write", await EsyncRun.Fails(ExitCode.BadFile, "data", "export", "--db", _db, "--out", _folder["no/such.csv"]));
        Assert.Contains("--db", await EsyncRun.Fails(ExitCode.BadUsage, "data", "export"));
        Assert.Contains("mqtt://host:port", await EsyncRun.Fails(ExitCode.BadUsage, "data", "watch", "--broker", "here"));
        Assert.Contains("--for takes a number from 1", await EsyncRun.Fails(ExitCode.BadUsage, "data", "watch", "--broker", "mqtt://127.0.0.1:1", "--for", "0"));
    }

    [Theory]
    [InlineData("data")]
    [InlineData("data", "watch")]
    [InlineData("data", "export")]
    public async Task Help_ends_with_examples(params string[] command)
    {
        string help = await EsyncRun.Ok([.. command, "--help"]);

        Assert.Contains($"  esync {command[0]} ", help.Split("Examples:")[1]);
    }

    [Fact]
    public async Task The_watcher_says_what_passes_and_keeps_it_once()
    {
        LoopbackBroker broker = await LoopbackBroker.StartAsync();
        using CancellationTokenSource stop = new();
        using LineWatch output = new();
        using BrokerEar ear = await BrokerEar.ConnectAsync(BrokerAccess.Of(broker));
        Task<int> watching = DataWatchCommand.RunAsync(output, ear, new WatchBoard(null, ["Vehicle.Speed"]), _folder["watched.db"], null, stop.Token);
        foreach (DataBatch batch in new[] { TestBatches.Motor, TestBatches.Motor })
        {
            await BrokerEarTests.PublishAsync(broker.Port, "esync/v1/V1/data/motor", DataJson.Encode(batch));
        }

        // What comes last is the sign that all before it was heard.
        DataBatch end = TestBatches.Motor with { After = 5, Records = [TestBatches.Sample(6, 9000, TestBatches.Value("Vehicle.Speed", 9000, 7))] };
        Task<string> last = output.WaitForAsync(" Vehicle.Speed 7 ");
        for (int attempt = 0; !last.IsCompleted && attempt < 200; attempt++)
        {
            await BrokerEarTests.PublishAsync(broker.Port, "esync/v1/V1/data/motor", DataJson.Encode(end));
            await Task.WhenAny(last, watching, Task.Delay(50));
        }

        await stop.CancelAsync();
        Assert.Equal(ExitCode.Ok, await watching);
        string[] lines = [.. output.Lines.Where(line => line.StartsWith("2026", StringComparison.Ordinal))];
        Assert.Equal("2026-01-01T12:00:09.000Z V1 motor Vehicle.Speed 7 km/h", lines[^1]);
        Assert.Equal(lines.Distinct(), lines);
        Assert.Contains(output.Lines, line => line.Contains("000000e1", StringComparison.Ordinal));
        Assert.Contains("Vehicle.Speed,7,km/h", await EsyncRun.Ok("data", "export", "--db", _folder["watched.db"]));
        await broker.StopAsync();
    }

    // Lines as they are written, and the moment at which one of them is there.
    private sealed class LineWatch : StringWriter
    {
        private readonly TaskCompletionSource<string> _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private string _wanted = "\0";

        public IEnumerable<string> Lines => ToString().Split('\n');

        public Task<string> WaitForAsync(string part)
        {
            _wanted = part;
            return _seen.Task;
        }

        public override async Task WriteLineAsync(string? value)
        {
            await base.WriteLineAsync(value);
            if (value?.Contains(_wanted, StringComparison.Ordinal) == true)
            {
                _seen.TrySetResult(value);
            }
        }
    }
}
