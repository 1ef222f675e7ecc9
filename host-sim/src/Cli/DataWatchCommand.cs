// esync data watch: what passes a broker, as a table that lives in the terminal, or as lines where there is none.
// Invariant: who watches is beside vehicle and server: it acknowledges nothing and changes nothing for them.
// Tests: tests/host-sim/Cli/DataCommandTests.cs.
using System.CommandLine;
using System.Globalization;
using EsyncSim.Data;
using Spectre.Console;

namespace EsyncSim.Cli;

/// <summary>The command `data watch`.</summary>
internal static class DataWatchCommand
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(200);

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Option<string> broker = new("--broker") { Description = "MQTT broker that vehicle and server use", Required = true, HelpName = "mqtt://HOST:PORT" };
        Option<string[]> signals = DataCommand.Signals();
        Option<string?> vehicle = DataCommand.Vehicle();
        Option<string?> db = new("--db") { Description = "Keep what passes in this database too, for `esync data export`; a new one or one of before", HelpName = "FILE" };
        Option<int?> seconds = new("--for") { Description = "End after so many seconds; without it at Ctrl-C", HelpName = "SECONDS" };
        NumberOption.RequireFrom(1, seconds);
        ToolCommand command = new("watch", "Show the newest value of each signal, its age, and the last events, while they pass a broker. Where the output is no terminal: a line for each value and event.")
        {
            broker, signals, vehicle, db, seconds,
        };
        command.WithExample("esync data watch --broker mqtt://127.0.0.1:1883", "all signals of all vehicles, until Ctrl-C")
            .WithExample("esync data watch --broker mqtt://127.0.0.1:1883 --signal \"*.Temperature\" --for 60 --db reports.db", "a minute of these signals, kept for `esync data export`");
        command.SetAction((parsed, stop) => RunAsync(
            parsed.InvocationConfiguration.Output,
            parsed.GetRequiredValue(broker),
            new WatchBoard(parsed.GetValue(vehicle), parsed.GetValue(signals) ?? []),
            parsed.GetValue(db),
            parsed.GetValue(seconds) is { } limit ? TimeSpan.FromSeconds(limit) : null,
            stop));
        return command;
    }

    /// <summary>Watches until the time is over or the token is cancelled.</summary>
    internal static async Task<int> RunAsync(TextWriter output, string broker, WatchBoard board, string? db, TimeSpan? limit, CancellationToken stop)
    {
        using DataStore? store = db is null ? null : DataStore.Open(db);
        using BrokerEar ear = await BrokerEar.ConnectAsync(broker);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (limit is { } time)
        {
            end.CancelAfter(time);
        }

        IAnsiConsole console = Terminal.ConsoleOf(output);
        if (console.Profile.Out.IsTerminal)
        {
            await LiveAsync(console, ear, board, store, broker, end.Token);
        }
        else
        {
            await LinesAsync(output, ear, board, store, end.Token);
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

    private static Task LiveAsync(IAnsiConsole console, BrokerEar ear, WatchBoard board, DataStore? store, string broker, CancellationToken stop) =>
        console.Live(Picture(console, board, broker)).AutoClear(false).Overflow(VerticalOverflow.Crop).StartAsync(async live =>
        {
            long drawnMs = 0;
            while (!stop.IsCancellationRequested)
            {
                if (await ear.NextAsync(Refresh, stop) is { } heard)
                {
                    Take(board, store, heard);
                }

                if (Environment.TickCount64 - drawnMs >= Refresh.TotalMilliseconds)
                {
                    live.UpdateTarget(Picture(console, board, broker));
                    drawnMs = Environment.TickCount64;
                }
            }

            live.UpdateTarget(Picture(console, board, broker));
        });

    private static async Task LinesAsync(TextWriter output, BrokerEar ear, WatchBoard board, DataStore? store, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (await ear.NextAsync(Refresh, stop) is not { } heard)
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

    private static Spectre.Console.Rendering.IRenderable Picture(IAnsiConsole console, WatchBoard board, string broker) =>
        WatchScreen.Draw(board, broker, console.Profile.Width, console.Profile.Height, Environment.TickCount64);

    private static string Line(StreamFigures stream)
    {
        long dropped = (long)stream.Dropped.Low + stream.Dropped.Normal + stream.Dropped.High + stream.Dropped.Expired;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{stream.Vehicle} {stream.Ecu}, log {stream.Epoch}: {stream.Records} records, {stream.Duplicates} seen twice, {stream.Gaps} numbers left out, {stream.Skipped} of them by starts, {dropped} dropped by the ECU, {stream.Lost} lost");
    }
}
