// Nothing runs, and nothing is even bound to a bank, that was not signed in both roles for this ECU.
// Compared are the bytes that the application loader was given, not what the agent says of them.
// Tests: tests/host-sim/Simulation.
using EsyncAgent;

namespace EsyncSim.Simulation;

/// <summary>Only what was signed runs.</summary>
public sealed class SignedRule() : SimRule("signed")
{
    /// <inheritdoc/>
    public override void OnFlashChanged(EcuWatch ecu)
    {
        if (ecu.Newest is not { } record)
        {
            return;
        }

        for (int bank = 0; bank < 2; bank++)
        {
            if (record.State[bank] != BankState.Empty && record.Digest[bank].AsSpan().IndexOfAnyExcept((byte)0) >= 0 && ecu.Fleet.Find(record.Digest[bank]) is null)
            {
                Broken($"{ecu.Name} has bound a manifest to bank {"AB"[bank]} that was not signed for it: {Convert.ToHexStringLower(record.Digest[bank])[..16]}");
            }
        }
    }

    /// <inheritdoc/>
    public override void OnApplicationStarts(EcuWatch ecu, byte[] image)
    {
        if (!ecu.Fleet.Releases.Any(release => image.AsSpan().SequenceEqual(release.Image)))
        {
            Broken($"{ecu.Name} is about to run {image.Length} bytes that were not signed for it");
        }
    }
}
