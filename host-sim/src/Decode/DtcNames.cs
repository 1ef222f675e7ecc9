// What the DTCs of an ECU are called: nf.config numbers its events, the agent's own have a meaning of their own.
// Invariant: every event of DemEvent has its words here.
// Tests: tests/host-sim/Decode/UdsDtcTextTests.cs.
using System.Globalization;
using EsyncAgent;

namespace EsyncSim.Decode;

/// <summary>Names of DTCs.</summary>
internal static class DtcNames
{
    /// <summary>Name of each DTC of an ECU.</summary>
    public static IReadOnlyDictionary<uint, string> Of(DemConfig events)
    {
        Dictionary<uint, string> names = [];
        for (int i = 0; i < events.Events.Length; i++)
        {
            names.TryAdd(events.Dtcs[i], NameOf(events.Events[i]));
        }

        return names;
    }

    /// <summary>Name of an event.</summary>
    public static string NameOf(byte eventNumber) => eventNumber switch
    {
        DemEvent.TrialRolledBack => "a trial went back",
        DemEvent.ManifestRefused => "a manifest was refused",
        DemEvent.ImageDamaged => "an image is damaged",
        DemEvent.BootRecordMended => "the boot record was mended",
        DemEvent.AccessFailed => "access with a wrong proof",
        DemEvent.CanOverrun => "the CAN receiver lost frames",
        DemEvent.FlashFailed => "the flash failed",
        DemEvent.ApplicationFaulted => "the application stalled or threw",
        _ => string.Create(CultureInfo.InvariantCulture, $"event {eventNumber} of the application"),
    };
}
