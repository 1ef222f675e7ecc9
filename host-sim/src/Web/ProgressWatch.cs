// What updates do with one ECU, as they tell it: stages, and the figures of the transfer meter.
// Invariant: kB/s and share of the line rate are the meter's; nothing is reckoned here.
// Tests: tests/host-sim/Web/BenchTests.cs.
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Demo;

namespace EsyncSim.Web;

/// <summary>Follows the updates of one ECU.</summary>
internal sealed class ProgressWatch : IUpdateObserver, IDemoScreen
{
    private readonly TransferMeter _meter;
    private readonly Action<string, string> _note;

    /// <summary>Makes the watch.</summary>
    /// <param name="bus">The bus.</param>
    /// <param name="ecu">The ECU.</param>
    /// <param name="note">Takes level and text of what is worth a line.</param>
    public ProgressWatch(ICanBus bus, EcuDefinition ecu, Action<string, string> note)
    {
        _note = note;
        _meter = new TransferMeter(bus, ecu, this, []);
    }

    /// <summary>The meter.</summary>
    public TransferMeter Meter => _meter;

    /// <summary>How it stands.</summary>
    public ProgressView Now { get; private set; } = new();

    /// <inheritdoc/>
    public void Stage(UpdateStage stage)
    {
        _meter.Stage(stage);
        Now = Now with { Stage = stage == UpdateStage.Leave ? string.Empty : WordOf(stage), IsTransferring = Now.IsTransferring && stage == UpdateStage.Download };
    }

    /// <inheritdoc/>
    public void TransferBegins(UpdateImage image, int offset)
    {
        Now = new ProgressView
        {
            Stage = WordOf(UpdateStage.Download), Version = image.Version, Encoding = EncodingText.Of(image.Encoding), From = offset, Position = offset, Total = image.Payload.Length, IsTransferring = true,
        };
        _meter.TransferBegins(image, offset);
    }

    /// <inheritdoc/>
    public void Transferred(int position) => _meter.Transferred(position);

    /// <inheritdoc/>
    public void BlockLengthChanged(BlockLengthChange change) => _meter.BlockLengthChanged(change);

    /// <inheritdoc/>
    public void TransferEnds() => _meter.TransferEnds();

    /// <inheritdoc/>
    public void AttemptEnded(int attempt, UpdateOutcome outcome, bool isLast)
    {
        _meter.AttemptEnded(attempt, outcome, isLast);
        bool isGood = outcome.End is UpdateEnd.Confirmed or UpdateEnd.OnTrial or UpdateEnd.Verified;
        Now = Now with { Stage = isLast && !isGood ? string.Empty : Now.Stage, IsTransferring = false, Last = outcome.Text };
        if (outcome.End == UpdateEnd.Confirmed)
        {
            Now = Now with { Stage = string.Empty };
        }
    }

    /// <inheritdoc/>
    void IDemoScreen.Chapter(string title)
    {
    }

    /// <inheritdoc/>
    void IDemoScreen.Note(string text) => _note("warn", text[(text.IndexOf(": ", StringComparison.Ordinal) + 2)..]);

    /// <inheritdoc/>
    void IDemoScreen.Step(DemoStep step)
    {
    }

    /// <inheritdoc/>
    void IDemoScreen.TransferBegins(string ecu, string version, int offset, int total)
    {
        if (offset > 0)
        {
            _note("info", FormattableString.Invariant($"the transfer of {version} goes on at byte {offset:N0} of {total:N0}"));
        }
    }

    /// <inheritdoc/>
    void IDemoScreen.Transferred(int position, double kBps, double percentOfLimit) => Now = Now with { Position = position, KBps = kBps, PercentOfLimit = percentOfLimit };

    /// <inheritdoc/>
    void IDemoScreen.TransferEnds(TransferResult result, TransferEnd end)
    {
        Now = Now with { IsTransferring = false, KBps = result.KBps, PercentOfLimit = result.PercentOfLimit, Position = end == TransferEnd.Whole ? Now.Total : Now.Position };
        string outcome = end switch { TransferEnd.Whole => "is in the ECU", TransferEnd.Interrupted => "was interrupted", _ => "was refused" };
        _note(
            end == TransferEnd.Whole ? "info" : "warn",
            FormattableString.Invariant($"{Now.Version} {outcome}: {result.Bytes:N0} bytes ({result.Encoding}) in {result.BusSeconds:F2} s, {result.KBps:F1} kB/s, {result.PercentOfLimit:F1} % of the line rate"));
    }

    private static string WordOf(UpdateStage stage) => stage switch
    {
        UpdateStage.Prepare => "preparing",
        UpdateStage.Manifest => "manifest",
        UpdateStage.Erase => "erasing",
        UpdateStage.Download => "transfer",
        UpdateStage.Check => "checking",
        UpdateStage.Activate => "activating",
        UpdateStage.Trial => "on trial",
        UpdateStage.Confirm => "confirming",
        _ => string.Empty,
    };
}
