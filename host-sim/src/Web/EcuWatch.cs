// How one virtual ECU stands, by a look into its memory: nothing is asked over the bus, so that looking changes nothing on it.
// Invariant: while the ECU has no power, or starts, what it was seen with last is shown, and that it does not run.
// Tests: tests/host-sim/Web/BenchTests.cs.
using System.Globalization;
using System.Text;
using EsyncAgent;
using EsyncSim.Bench;
using EsyncSim.Client;
using EsyncSim.Ecu;

namespace EsyncSim.Web;

/// <summary>Looks into a virtual ECU.</summary>
/// <param name="bench">The ECU.</param>
/// <param name="versionOf">Version of a manifest digest (hexadecimal); null when it is not known.</param>
internal sealed class EcuWatch(BenchEcu bench, Func<string, string?> versionOf)
{
    private const byte TestFailed = DemStatus.TestFailed;
    private const byte EverFailed = DemStatus.TestFailedSinceLastClear | DemStatus.Confirmed | DemStatus.Pending | TestFailed;

    private static readonly (byte Bit, string Word)[] StatusWords =
    [
        (TestFailed, "test failed"), (DemStatus.TestFailedThisOperationCycle, "failed this cycle"), (DemStatus.Pending, "pending"),
        (DemStatus.Confirmed, "confirmed"), (DemStatus.TestFailedSinceLastClear, "failed since clear"),
    ];

    // Diagnostic events by their number in nf.config: 0 to 7 are the agent's own, 16 and 17 the applications'.
    private static readonly Dictionary<int, string> EventTexts = new()
    {
        [0] = "a trial went back on its own",
        [1] = "a manifest was refused",
        [2] = "an image failed its check at boot",
        [3] = "the boot record was mended or rebuilt",
        [4] = "access with a wrong proof",
        [5] = "the CAN receiver lost frames",
        [6] = "the flash reported an error",
        [7] = "the running application stalled or threw",
        [16] = "calibration tables are not the expected ones",
    };

    private EcuView _last = new()
    {
        Name = bench.Name,
        Board = bench.Definition.Board.Name,
        Identifiers = string.Create(CultureInfo.InvariantCulture, $"{bench.Definition.Config.CanIf.PhysicalRxId:X3}/{bench.Definition.Config.CanIf.TxId:X3}"),
    };

    /// <summary>How it stands now.</summary>
    public EcuView Look(ProgressView progress)
    {
        VirtualEcu ecu = bench.Ecu;
        if (ecu.Agent is EcuMAgent { IsServing: true } agent)
        {
            _last = Inside(agent.EcuM) with { Power = "running" };
        }
        else
        {
            _last = _last with { Power = ecu.IsPowered ? "starting" : "off", Version = string.Empty, Banks = [.. _last.Banks.Select(bank => bank with { IsRunning = false })] };
        }

        return _last = _last with { Progress = progress };
    }

    private EcuView Inside(EcuM ecu)
    {
        BootRecord record = ecu.Banks.Record;
        byte running = ecu.Banks.Running;
        return _last with
        {
            Version = running == Banks.None ? string.Empty : Encoding.ASCII.GetString(ecu.Banks.RunningVersion).TrimEnd('\0'),
            Banks = [Bank(record, 0, running), Bank(record, 1, running)],
            AttemptsLeft = record.AttemptsLeft,
            Sequence = record.SequenceNumberMax,
            SecurityVersion = record.SecurityVersionFloor,
            Rollbacks = record.RollbackCount,
            State = record.EsyncState.ToString(),
            LastError = record.LastError == FotaError.None ? string.Empty : FotaErrorText.Of(record.LastError),
            Dtcs = [.. Enumerable.Range(0, ecu.Dem.Count).Where(index => (ecu.Dem.StatusAt(index) & EverFailed) != 0).Select(index => Dtc(ecu.Dem, index))],
        };
    }

    private BankView Bank(BootRecord record, int bank, byte running)
    {
        string version = record.State[bank] == BankState.Empty ? string.Empty : versionOf(Convert.ToHexStringLower(record.ManifestDigest(bank))) ?? string.Empty;
        return new BankView(bank == 0 ? "A" : "B", record.State[bank].ToString(), version, record.ActiveBank == bank, running == bank);
    }

    private DtcView Dtc(Dem dem, int index)
    {
        byte status = dem.StatusAt(index);
        int number = bench.Definition.Config.Dem.Events[index];
        string text = EventTexts.GetValueOrDefault(number) ?? (number, bench.Name) switch
        {
            (17, "motor") => "torque is cut because of a temperature",
            (17, "battery") => "cells are empty",
            _ => string.Empty,
        };
        return new DtcView(
            dem.DtcOf(index).ToString("X6", CultureInfo.InvariantCulture),
            text,
            status.ToString("X2", CultureInfo.InvariantCulture),
            [.. StatusWords.Where(word => (status & word.Bit) != 0).Select(word => word.Word)],
            (status & TestFailed) != 0,
            dem.OccurrencesAt(index));
    }
}
