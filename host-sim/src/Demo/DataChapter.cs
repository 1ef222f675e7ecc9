// The demo's chapter on data: what both ECUs have recorded since they were new comes up, then signals before, during and after an
// update, a DTC with its snapshot, and the books of it all.
// Invariant: what is looked at is what the server has stored, not what an ECU still holds.
// Tests: tests/host-sim/Demo.
using System.Globalization;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Data;
using EsyncSim.Server;

namespace EsyncSim.Demo;

/// <summary>Tells that chapter.</summary>
internal sealed class DataChapter(DemoWorld world, DemoSteps steps, IDemoScreen screen, DemoOptions options)
{
    private const string Newest = "3.0.0";
    private const string OneBefore = "2.0.1";
    // On the virtual board; on others a sample waits for the longest turn, and what their drivers cost makes each further request dear.
    private const int SlowDownPercentMax = 5;
    private const int SlowDownPercentMaxElsewhere = 10;
    private const uint LatenessMsMax = 20;
    private const int AroundMs = 5000;
    private const string RolledBack = "5A0000";
    private const string AccessRefused = "5A0400";
    private const byte InvalidKey = 0x35;
    private const int KeyLength = 16;
    private const int AccessDelayMs = 3000;

    /// <summary>Runs it; the figures are for the demo's report.</summary>
    public async Task<DemoDataReport> RunAsync()
    {
        screen.Chapter("Data up: what the ECUs have recorded, before, during and after an update");
        await world.Data.CollectAsync();
        foreach (DemoEcu ecu in world.Ecus)
        {
            ShowHistory(ecu);
        }

        await ProvokeAsync(world.Motor);

        await UpdateAsync(world.Battery);
        SlowDown slowDown = SlowDown.Measure(options);
        screen.Note(string.Create(CultureInfo.InvariantCulture, $"{world.Motor.Name}: an image takes {slowDown.QuietSeconds:F3} s on the bus without data, {slowDown.GatheringSeconds:F3} s with it: {slowDown.Percent:F1} % more"));
        int percentMax = IsQuick(world.Motor) ? SlowDownPercentMax : SlowDownPercentMaxElsewhere;
        steps.Check(
            $"{world.Motor.Name}: a download while data is gathered",
            $"slower by less than {percentMax} %, no sample late by more than {LatenessOf(world.Motor)} ms",
            $"{(slowDown.Percent < percentMax ? $"slower by less than {percentMax} %" : Number(slowDown.Percent, "F1") + " % slower")}, {Punctuality(world.Motor, slowDown.LatestMs)}");

        DataFigures figures = await world.Data.CountAsync();
        steps.Check(
            "all ECUs: the books of their reports",
            "none lost, none twice at the server",
            $"{(figures.Lost == 0 ? "none" : figures.Lost)} lost, {(figures.Duplicated == 0 ? "none" : figures.Duplicated)} twice at the server");
        return new DemoDataReport(figures.Made, figures.Delivered, figures.Lost, figures.Duplicated, Math.Round(slowDown.Percent, 2), slowDown.LatestMs);
    }

    // Trials went back earlier in the demo: the DTC was recorded then, and only now somebody asks.
    private void ShowHistory(DemoEcu ecu)
    {
        IReadOnlyList<DataRecord> records = world.Data.Of(ecu.Name);
        DataRecord? dtc = Dtc(ecu, RolledBack);
        int starts = records.Select(record => record.Boot).Distinct().Count();
        int estimated = records.Count(record => record.IsEstimated == true);
        screen.Note(string.Create(CultureInfo.InvariantCulture, $"{ecu.Name}: {records.Count:N0} records of {starts} starts, {estimated:N0} of them dated by estimate: of starts in which nobody told the time"));
        bool isWhole = world.Data.FiguresOf(ecu.Name) is { Lost: 0 };
        steps.Check(
            $"{ecu.Name}: reports since it was new",
            $"every number, DTC {RolledBack}",
            $"{(isWhole ? "every number" : "numbers are missing")}, {(dtc is null ? "no " : string.Empty)}DTC {RolledBack}");
    }

    // Somebody tries a key that he does not have.
    private async Task ProvokeAsync(DemoEcu ecu)
    {
        await ecu.Client.SessionAsync(0x03);
        await ecu.Client.Tester.RequestAsync([0x27, 0x01], "request seed");
        bool isRefused = false;
        try
        {
            await ecu.Client.Tester.RequestAsync([0x27, 0x02, .. new byte[KeyLength]], "send key", isRepeatable: false);
        }
        catch (NegativeResponseException refusal) when (refusal.Code == InvalidKey)
        {
            isRefused = true;
        }

        await ecu.Client.SessionAsync(0x01);
        await world.Time.Delay(AccessDelayMs * VirtualTime.NsPerMs);
        await world.Data.CollectAsync();
        DataRecord? dtc = Dtc(ecu, AccessRefused);
        VssValue[] valid = [.. (dtc?.Values ?? []).Where(value => value.Value is not null)];
        screen.Note($"{ecu.Name}: DTC {AccessRefused} at {dtc?.Ts ?? "no time"} with {string.Join(", ", (dtc?.Values ?? []).Select(Words))}");
        steps.Check(
            $"{ecu.Name}: access with a wrong key",
            $"refused, DTC {AccessRefused} at the server with what the motor did",
            $"{(isRefused ? "refused" : "not refused")}, {(dtc is null ? "no " : string.Empty)}DTC {AccessRefused} at the server {(valid.Length > 0 ? "with what the motor did" : "without a snapshot")}");
    }

    private DataRecord? Dtc(DemoEcu ecu, string code) => world.Data.Of(ecu.Name).FirstOrDefault(record => record.Event?.Body.Compound?.Dtc == code);

    private async Task UpdateAsync(DemoEcu ecu)
    {
        int before = world.Data.Of(ecu.Name).Count;
        string release = (await DemoSteps.ReadReportAsync(ecu)).ApplicationVersion == Newest ? OneBefore : Newest;
        (TargetResult result, uint boot) = await world.Data.DuringAsync(async () =>
        {
            await world.Time.Delay(AroundMs * VirtualTime.NsPerMs);
            uint boot = world.Data.Of(ecu.Name).LastOrDefault()?.Boot ?? 0;
            TargetResult result = await steps.RunAsync(ecu, ecu.Sign(ecu.Request(release, 2)), release);
            await world.Time.Delay(AroundMs * VirtualTime.NsPerMs);
            return (result, boot);
        });
        DataRecord[] samples = [.. world.Data.Of(ecu.Name).Skip(before).Where(record => record.Kind == "sample")];
        int during = samples.Count(record => record.Boot == boot);
        int after = samples.Count(record => record.Boot > boot);
        screen.Note($"{ecu.Name}: {during} samples before the restart into {release} and while it came, {after} after");
        uint[] late = [.. SlowDown.Lateness(samples)];
        VersionReport report = await DemoSteps.ReadReportAsync(ecu);
        steps.Check(
            $"{ecu.Name}: an update while its signals come up",
            $"{release} Confirmed, samples before, during and after, no sample late by more than {LatenessOf(ecu)} ms",
            $"{DemoSteps.Running(report)}{DemoSteps.Doubt(result, TargetEnd.Completed)}, samples {(during > 0 && after > 0 ? "before, during and after" : "missing")}, {Punctuality(ecu, late.Length == 0 ? null : late.Max())}");
    }

    private static bool IsQuick(DemoEcu ecu) => ecu.Bench.Definition.Board.Name == "virtual";

    private static uint LatenessOf(DemoEcu ecu) => Math.Max(LatenessMsMax, 2u * ecu.Bench.Definition.Config.Dcm.TurnMsMax);

    private static string Punctuality(DemoEcu ecu, double? latestMs) => latestMs is not { } ms
        ? "no periodic sample"
        : ms <= LatenessOf(ecu) ? $"no sample late by more than {LatenessOf(ecu)} ms" : $"a sample late by {Number(ms, "F0")} ms";

    private static string Words(VssValue value) =>
        $"{value.Path.Split('.')[^1]} {(value.Value is { } scalar ? Number(scalar.Number, "0.##") : value.Quality)}";

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
