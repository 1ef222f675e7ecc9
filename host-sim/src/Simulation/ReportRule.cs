// Every report arrives once, and tells the truth: each numbered message of the vehicle is taken by the server exactly once
// and in its order, whatever network and client go through; a version that the server was told to be installed was confirmed
// on that ECU.
// Tests: tests/host-sim/Simulation.
using System.Globalization;
using EsyncSim.Server;

namespace EsyncSim.Simulation;

/// <summary>Exactly once, and true.</summary>
public sealed class ReportRule() : SimRule("reports")
{
    private readonly Dictionary<(string Epoch, int Number), string> _sent = [];
    private readonly HashSet<(string Epoch, int Number)> _taken = [];
    private readonly Dictionary<string, int> _last = [];

    /// <inheritdoc/>
    public override void OnVehicleMessage(EsyncMessage message)
    {
        if (Key(message) is not { } key)
        {
            return;
        }

        string said = string.Create(CultureInfo.InvariantCulture, $"{message.Type} in reply to {message.ReplyTo}: {message.Body.Package.Status} {message.Body.Package.Version}");
        if (_sent.TryGetValue(key, out string? before) && before != said)
        {
            Broken($"number {key.Number} stands for two messages: {before}, and {said}");
        }

        _sent[key] = said;
    }

    /// <inheritdoc/>
    public override void OnServerMessage(bool isToVehicle, EsyncMessage message)
    {
        if (isToVehicle || Key(message) is not { } key)
        {
            return;
        }

        if (!_sent.ContainsKey(key))
        {
            Broken($"the server took a message that the vehicle never sent: number {key.Number}");
        }

        if (!_taken.Add(key))
        {
            Broken($"the server took number {key.Number} twice ({_sent[key]})");
        }

        if (key.Number < _last.GetValueOrDefault(key.Epoch))
        {
            Broken($"the server took number {key.Number} after {_last[key.Epoch]}");
        }

        _last[key.Epoch] = key.Number;
    }

    /// <inheritdoc/>
    public override void OnTargetEnded(EcuWatch ecu, TargetResult result)
    {
        if (result.IsGood && !ecu.EverConfirmed.Any(release => release.Version == result.Target.Version))
        {
            Broken($"the server holds {ecu.Name} for updated to {result.Target.Version} ({result.End}), which was never confirmed there");
        }
    }

    /// <inheritdoc/>
    public override void OnRunEnded(IReadOnlyList<EcuWatch> ecus)
    {
        foreach (((string Epoch, int Number) key, string said) in _sent)
        {
            if (!_taken.Contains(key))
            {
                Broken($"number {key.Number} never reached the server ({said})");
            }
        }
    }

    private static (string Epoch, int Number)? Key(EsyncMessage message) =>
        message is { Epoch: { } epoch, Body.Sequence: { } number, Type: not EsyncType.Acknowledge } ? (epoch, number) : null;
}
