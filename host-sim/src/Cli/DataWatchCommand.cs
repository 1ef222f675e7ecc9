// esync data watch: what passes a broker, or what a vehicle inside this program reports, as a table that lives in the terminal, or as lines where there is none.
// Invariant: who watches is beside vehicle and server: it acknowledges nothing and changes nothing for them.
// Tests: tests/host-sim/Cli/DataCommandTests.cs.
using System.CommandLine;
using System.Globalization;
using EsyncSim.Config;
using EsyncSim.Data;
using EsyncSim.Demo;
using Spectre.Console;

namespace EsyncSim.Cli;

/// <summary>The command `data watch`.</summary>
internal static class DataWatchCommand
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(200);

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Option<string?> config = new("--config") { Description = "ECU configuration of that vehicle, with the ECUs motor and battery; nf.config by default", HelpName = "FILE" };
        Option<string[]> signals = DataCommand.Signals();
        Option<string?> vehicle = DataCommand.Vehicle();
        Option<string?> db = new("--db") { Description = "Keep what passes in this database too, for `esync data export`; a new one or one of before", HelpName = "FILE" };
        Option<int?> seconds = new("--for") { Description = "End after so many seconds; without it at Ctrl-C", HelpName = "SECONDS" };
        NumberOption.RequireFrom(1, seconds);
        ToolCommand command = new("watch", "Show the newest value of each signal, its age, and the last events, as they come. Where the output is no terminal: a line for each value and event.")
        {
            config, signals, vehicle, db, seconds,
        };
        BrokerOptions broker = new(command, "MQTT broker that vehicle and server use; without it a vehicle of two virtual ECUs runs inside this program");
        command.WithExample("esync data watch", "two virtual ECUs at work, until Ctrl-C")
            .WithExample("esync data watch --broker mqtt://127.0.0.1:1883", "all signals of all vehicles at that broker")
            .WithExample("esync data watch --broker mqtt://127.0.0.1:1883 --signal \"*.Temperature\" --for 60 --db reports.db", "a minute of these signals, kept for `esync data export`");
        command.SetAction(async (parsed, stop) =>
        {
            using IWatchSource source = broker.Read(parsed) is { } access
                ? await BrokerEar.ConnectAsync(access)
                : WatchDemo.Start(parsed.GetValue(config) ?? NfConfig.FindDefault());
            return await RunAsync(
                parsed.InvocationConfiguration.Output,
                source,
                new WatchBoard(parsed.GetValue(vehicle), parsed.GetValue(signals) ?? []),
                parsed.GetValue(db),
                parsed.GetValue(seconds) is { } limit ? TimeSpan.FromSeconds(limit) : null,
                stop);
        });
        return command;
    }

    /// <summary>Watches until the time is over or the token is cancelled.</summary>
    internal static async Task<int> RunAsync(TextWriter output, IWatchSource source, WatchBoard board, string? db, TimeSpan? limit, CancellationToken stop)
    {
        using DataStore? store = db is null ? null : DataStore.Open(db);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (limit is { } time)
        {
            end.CancelAfter(time);
        }

        IAnsiConsole console = Terminal.ConsoleOf(output);
        if (console.Profile.Out.IsTerminal)
        {
            await LiveAsync(console, source, board, store, end.Token);
        }
        else
        {
            await LinesAsync(output, source, board, store, end.Token);
        }

        if (store is not null)
        {
            foreach (StreamFigures stream in store.Figures())
            {
                await output.WriteLineAsync(Line(stream));
            }
        }

        return ExitCode.Ok;
    }

    private static Task LiveAsync(IAnsiConsole console, IWatchSource source, WatchBoard board, DataStore? store, CancellationToken stop) =>
        console.Live(Picture(console, board, source)).AutoClear(false).Overflow(VerticalOverflow.Crop).StartAsync(async live =>
        {
            long drawnMs = 0;
            while (!stop.IsCancellationRequested)
            {
                if (await source.NextAsync(Refresh, stop) is { } heard)
                {
                    Take(board, store, heard);
                }

                if (Environment.TickCount64 - drawnMs >= Refresh.TotalMilliseconds)
                {
                    live.UpdateTarget(Picture(console, board, source));
                    drawnMs = Environment.TickCount64;
                }
            }

            live.UpdateTarget(Picture(console, board, source));
        });

    private static async Task LinesAsync(TextWriter output, IWatchSource source, WatchBoard board, DataStore? store, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (await source.NextAsync(Refresh, stop) is not { } heard)
            {
                continue;
            }

            (IReadOnlyList<WatchRow> values, IReadOnlyList<WatchEvent> events) = Take(board, store, heard);
            foreach (string line in values.Select(WatchScreen.Line).Concat(events.Select(WatchScreen.TextLine)))
            {
                await output.WriteLineAsync(line);
            }

            await output.FlushAsync(CancellationToken.None);
        }
    }

    // With a database what it had is known for a double, and shown once.
    private static (IReadOnlyList<WatchRow> Values, IReadOnlyList<WatchEvent> Events) Take(WatchBoard board, DataStore? store, (string Vehicle, DataBatch Batch) heard)
    {
        IReadOnlyList<DataRecord> records = store?.Take(heard.Vehicle, heard.Batch).New ?? heard.Batch.Records;
        return board.Take(heard.Vehicle, heard.Batch, records, Environment.TickCount64);
    }

    private static Spectre.Console.Rendering.IRenderable Picture(IAnsiConsole console, WatchBoard board, IWatchSource source) =>
        WatchScreen.Draw(board, source.Description, console.Profile.Width, console.Profile.Height, Environment.TickCount64);

    private static string Line(StreamFigures stream)
    {
        long dropped = (long)stream.Dropped.Low + stream.Dropped.Normal + stream.Dropped.High + stream.Dropped.Expired;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{stream.Vehicle} {stream.Ecu}, log {stream.Epoch}: {stream.Records} records, {stream.Duplicates} seen twice, {stream.Gaps} numbers left out, {stream.Skipped} of them by starts, {dropped} dropped by the ECU, {stream.Lost} lost");
    }
}
