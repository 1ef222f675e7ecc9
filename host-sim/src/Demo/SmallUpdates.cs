// The demo's chapters on small updates: a patch in place of the image, a patch that is cut off by a power failure, a package
// whose patches are for another release than the one that runs, a patch that was made from another one than it names, and an
// encrypted patch with somebody listening.
// Invariant: what is expected follows from what the ECU says that it takes (DID FD05) and from what it runs, not from what
// the client chose; what an ECU does not take is said and left out.
// Tests: tests/host-sim/Demo/SmallUpdateTests.cs.
using System.Globalization;
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Flash;
using EsyncSim.Packages;
using EsyncSim.Server;

namespace EsyncSim.Demo;

/// <summary>Tells those chapters; both ECUs run what the chapters before them have installed.</summary>
internal sealed class SmallUpdates(DemoWorld world, DemoSteps steps, IDemoScreen screen)
{
    private const string First = "1.0.0";
    private const string Former = "2.0.0";
    private const string Patched = "2.0.1";
    private const string Recalibrated = "3.0.0";
    private const int PieceLength = 4096;
    private const byte Delta = PayloadEncoding.Delta << 4;
    private const byte Heatshrink = PayloadEncoding.Heatshrink << 4;

    private const int ChunkLength = 4096;

    // Of the image, in the bank: some of the patch's pieces are decoded by then, and some are not.
    private const int CutAtPercent = 60;

    private readonly Eavesdropper _listener = new(world.Bench.Bus, world.Motor.Bench.Definition.Config.CanIf.PhysicalRxId);

    /// <summary>Runs them.</summary>
    public async Task RunAsync()
    {
        screen.Chapter("Small updates: a patch in place of the image");
        DemoEcu motor = world.Motor, battery = world.Battery;
        await UpdateAsync(motor, $"update from {Former} by the smallest form", Patched, [motor.BaseOf(Former)]);
        await CutAsync(battery);
        await UpdateAsync(motor, $"back to {Former}, with a patch from {First} only", Former, [motor.BaseOf(First)]);
        await RefuseAsync(battery);
        screen.Chapter("An encrypted update, and somebody who listens on the bus");
        await EncryptAsync(motor);
    }

    private async Task UpdateAsync(DemoEcu ecu, string name, string release, IReadOnlyList<DeltaBase> bases)
    {
        UpdateLimits limits = await ecu.Client.ReadLimitsAsync();
        string expected = EncodingText.Of(Best(limits, Matches(bases, await DemoSteps.ReadReportAsync(ecu))));
        PackagePlan plan = ecu.Plan(release, limits, bases);
        Package package = Make(ecu, release, plan, limits);
        _listener.Forget();
        TargetResult result = await steps.RunAsync(ecu, package, release);
        (int heard, int all) = _listener.Blocks(plan.Entries.First(entry => EncodingText.Of(entry.Manifest.Encoding) == expected).Source.Bytes);
        screen.Note(string.Create(CultureInfo.InvariantCulture, $"{ecu.Name}: whoever listens to this one hears {heard:N0} of its {all:N0} blocks of {Eavesdropper.BlockLength} bytes"));
        await CheckAsync($"{ecu.Name}: {name}", ecu, result, $"{release} Confirmed, by {expected}");
    }

    private async Task CutAsync(DemoEcu ecu)
    {
        UpdateLimits limits = await ecu.Client.ReadLimitsAsync();
        Package package = Make(ecu, Recalibrated, ecu.Plan(Recalibrated, limits, [ecu.BaseOf(Patched)]), limits);
        byte best = Best(limits, isBaseThere: true);
        int total = package.Entries.First(entry => entry.Encoding == best).Payload.Length;
        int image = package.Full!.Payload.Length;
        int written = 0;
        bool wasCut = false;
        ecu.Bench.Ecu.Flash.Observer = operation =>
        {
            written += IsInBank(ecu, operation) ? operation.Count : 0;
            if (written >= image * (long)CutAtPercent / 100 && !wasCut)
            {
                wasCut = true;
                world.Time.After(VirtualTime.NsPerMs, () => steps.CutPower(ecu));
            }
        };
        TargetResult result = await steps.RunAsync(ecu, package, Recalibrated);
        ecu.Bench.Ecu.Flash.Observer = null;
        int offset = ecu.Meter.LastOffset;
        int twice = world.Transfers.Count > 1 ? world.Transfers[^2].Bytes - offset : 0;
        screen.Note(string.Create(CultureInfo.InvariantCulture, $"{ecu.Name}: the download went on at byte {offset:N0} of {total:N0}; {twice:N0} bytes were sent twice, {written - image:N0} of the image's {image:N0} were written twice"));
        string resumed = offset > 0 && offset % PieceLength == 0 ? "resumed at a piece" : $"went on at byte {offset}";
        string again = written - image <= ChunkLength ? "at most a chunk" : $"{written - image} bytes";
        await CheckAsync(
            $"{ecu.Name}: power cut in the middle of the download to {Recalibrated}",
            ecu,
            result,
            $"{Recalibrated} Confirmed, by {EncodingText.Of(best)}, resumed at a piece, at most a chunk made twice",
            $", {resumed}, {again} made twice");
    }

    // What its maker got wrong: the patch names what runs as its base, and was made from something else. It passes every
    // signature, and the image that it makes is not the signed one.
    private async Task RefuseAsync(DemoEcu ecu)
    {
        UpdateLimits limits = await ecu.Client.ReadLimitsAsync();
        if (!limits.Takes(Delta))
        {
            screen.Note($"{ecu.Name} takes no patches (DID FD05): none can fail");
            return;
        }

        VersionReport report = await DemoSteps.ReadReportAsync(ecu);
        DeltaBase mistaken = ecu.BaseOf(First) with { Digests = [report.ManifestDigests[report.RunningBank]] };
        Package package = Make(ecu, Patched, ecu.Plan(Patched, limits, [mistaken], isCompressed: false), limits);
        TargetResult result = await steps.RunAsync(ecu, package, Patched);
        string refused = string.Concat(result.IncrementalFailures.Select(failure => $", after a {failure.Encoding} that was refused ({failure.Reason})"));
        await CheckAsync(
            $"{ecu.Name}: a patch that was made from {First} and says {Recalibrated}",
            ecu,
            result,
            $"{Patched} Confirmed, by full, after a delta that was refused ({FotaError.ChunkMismatch})",
            refused);
    }

    private async Task EncryptAsync(DemoEcu ecu)
    {
        UpdateLimits limits = await ecu.Client.ReadLimitsAsync();
        bool isEncrypted = limits.Takes(PayloadEncoding.Encrypted);
        if (!isEncrypted)
        {
            screen.Note($"{ecu.Name} takes nothing encrypted (DID FD05): this one is sent in the clear");
        }

        PackagePlan plan = ecu.Plan(Patched, limits, [ecu.BaseOf(Former)], isEncrypted);
        Package package = Make(ecu, Patched, plan, limits);
        byte best = Best(limits, isBaseThere: true, isEncrypted ? PayloadEncoding.Encrypted : (byte)0);
        EncodedPayload source = plan.Entries.First(entry => entry.Manifest.Encoding == best).Source;
        _listener.Forget();
        TargetResult result = await steps.RunAsync(ecu, package, Patched);
        (int heard, int all) = _listener.Blocks(source.Bytes);
        (int ofImage, int allOfImage) = _listener.Blocks(plan.Entries[0].Source.Bytes);
        screen.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"{ecu.Name}: {_listener.Count:N0} bytes were listened to; they hold {heard} of the {all} blocks of what was sent{(isEncrypted ? " before it was encrypted" : string.Empty)}, and {ofImage:N0} of the image's {allOfImage:N0}"));
        string observed = heard + ofImage == 0 ? "nothing of it heard" : heard == all ? "heard" : "heard in part";
        await CheckAsync(
            $"{ecu.Name}: {(isEncrypted ? "encrypted update" : "update in the clear")} from {Former}",
            ecu,
            result,
            $"{Patched} Confirmed, by {EncodingText.Of(best)}, {(isEncrypted ? "nothing of it heard" : "heard")}",
            $", {observed}");
    }

    // What runs, the form that was sent last, and what else is to be seen.
    private async Task CheckAsync(string name, DemoEcu ecu, TargetResult result, string expected, string more = "")
    {
        string form = world.Transfers[^1].Encoding;
        VersionReport report = await DemoSteps.ReadReportAsync(ecu);
        steps.Check(name, expected, $"{DemoSteps.Running(report)}, by {form}{more}{DemoSteps.Doubt(result, TargetEnd.Completed)}");
    }

    private Package Make(DemoEcu ecu, string release, PackagePlan plan, UpdateLimits limits)
    {
        Package package = ecu.Sign(plan);
        ecu.Releases[release] = package;
        IEnumerable<string> forms = plan.Entries.DistinctBy(entry => entry.Source).Select(entry =>
            string.Create(CultureInfo.InvariantCulture, $"{EncodingText.Of(entry.Manifest.Encoding)}{From(entry.Source)} {entry.Payload.Length:N0}"));
        screen.Note($"{ecu.Name}: {release} in bytes: {string.Join(", ", forms)}");
        string[] missing = [.. new[] { (Delta, "patches"), (Heatshrink, "compressed images") }.Where(form => !limits.Takes(form.Item1)).Select(form => form.Item2)];
        if (missing.Length > 0)
        {
            screen.Note($"{ecu.Name} takes no {string.Join(" and no ", missing)} (DID FD05)");
        }

        return package;
    }

    private static bool IsInBank(DemoEcu ecu, FlashOperation operation)
    {
        FlsConfig map = ecu.Bench.Definition.Config.Fls;
        bool isWrite = operation.Kind is FlashOperationKind.Program or FlashOperationKind.Commit;
        return isWrite && new[] { map.BankA, map.BankB }.Any(bank => operation.Address - bank.Start < bank.Length);
    }

    private static string From(EncodedPayload source) => source.Base is { } older ? $" from {older.Manifest.Version}" : string.Empty;

    private static bool Matches(IReadOnlyList<DeltaBase> bases, VersionReport report) =>
        bases.Any(older => older.Digests.Any(digest => digest.AsSpan().SequenceEqual(report.ManifestDigests[report.RunningBank])));

    // A patch is smaller than a compressed image, which is smaller than the whole one; of what the demo installs.
    private static byte Best(UpdateLimits limits, bool isBaseThere, byte encryption = 0)
    {
        byte[] forms = [(byte)(Delta | encryption), (byte)(Heatshrink | encryption), encryption];
        return forms.First(form => (isBaseThere || form >> 4 != PayloadEncoding.Delta) && (form == 0 || limits.Takes(form)));
    }
}
