// What the server knows of vehicles: noted with the answer that says it, found by class, name and version, and outdated reports let go.
using EsyncAgent;
using EsyncSim.Client;
using EsyncSim.Server;
using Xunit;

namespace EsyncTests.HostSim.Server;

public sealed class VehicleInventoryTests : IDisposable
{
    private const string Class = "11111111-2222-3333-4444-555555555555";
    private const string Limits = "0000000000000000000000000707200f";
    private readonly CloudStore _store;
    private long _nowMs = 1000;

    public VehicleInventoryTests() => _store = CloudStore.Open(null, () => _nowMs, () => "epoch");

    public void Dispose() => _store.Dispose();

    [Fact]
    public void An_answer_says_what_an_ECU_runs_and_takes()
    {
        ICampaignStore vehicle = _store.Of("V1");
        vehicle.Note(Answer("motor", "1.0.0"));
        Assert.Null(_store.Inventory.Find("V1"));
        vehicle.Save(null);

        KnownVehicle known = _store.Inventory.Find("V1")!;
        Assert.Equal(("V1", 1000L, null), (known.Vin, known.SeenMs, known.AnnouncedMs));
        KnownEcu ecu = Assert.Single(known.Ecus);
        Assert.Equal(("motor", Class, "1.0.0", "Confirmed", "Empty", 6L, 3L, true, Limits, 1000L), (ecu.Name, ecu.ClassId, ecu.Version, ecu.BankA, ecu.BankB, ecu.Sequence, ecu.SecurityVersion, ecu.IsAuthentic, ecu.Limits, ecu.SeenMs));
        Assert.Equal(new string('5', 32), ecu.Nonce);
        Assert.Equal(new string('a', 64), ecu.DigestA);
        Assert.Equal("V1", Assert.Single(_store.Inventory.All).Vin);
    }

    [Fact]
    public void Vehicles_are_found_by_class_name_and_version()
    {
        Note("V1", Answer("motor", "1.0.0"), Answer("battery", "1.0.0", null));
        Note("V2", Answer("motor", "2.0.0"));

        Assert.Equal(["V1", "V2"], _store.Inventory.Select(Class, null, null));
        Assert.Equal(["V1"], _store.Inventory.Select(Class, "motor", "1.0.0"));
        Assert.Equal(["V1"], _store.Inventory.Select(null, "battery", null));
        Assert.Empty(_store.Inventory.Select(Class, "battery", null));
    }

    [Fact]
    public void Keys_and_rules_of_an_ECU_are_not_taken_for_its_application()
    {
        Note("V1", Answer("motor/trust", "7"), Answer("motor/rules", "3-00000000"));
        Assert.Empty(_store.Inventory.Find("V1")!.Ecus);
    }

    [Fact]
    public void A_version_that_was_confirmed_is_noted_without_the_outdated_report()
    {
        Note("V1", Answer("motor", "1.0.0"));
        ICampaignStore vehicle = _store.Of("V1");
        VehicleCampaign state = new() { Id = "c1", Targets = [new TargetState { Ecu = "motor", Versions = [new OfferedVersion("2.0.0", "motor", "ab", 3)] }] };
        vehicle.Save(state);
        _nowMs = 2000;
        vehicle.Save(state.With(0, state.Targets[0] with { Step = TargetStep.Ended, End = TargetEnd.Completed, Message = "version 2.0.0 runs" }));

        KnownEcu ecu = Assert.Single(_store.Inventory.Find("V1")!.Ecus);
        Assert.Equal(("2.0.0", null, null, Limits, 2000L), (ecu.Version, ecu.Report, ecu.Nonce, ecu.Limits, ecu.SeenMs));
        Assert.Equal(["motor ended: Completed, version 2.0.0 runs"], _store.Events.After(0, campaign: "c1").Select(happened => happened.Text));
        Assert.Empty(_store.Events.After(1));
        Assert.Equal(1, _store.Events.LastId);
    }

    private static EsyncMessage Answer(string ecu, string version, string? classId = Class) => new()
    {
        Type = EsyncType.QueryPackage,
        Body = new EsyncBody
        {
            Package = new EsyncPackage { Type = $"/ECU/{ecu}", Name = "p", Version = version },
            Ecu = new EsyncEcu { VersionReport = Report(), IsAuthentic = true, Limits = Limits, ClassId = classId, State = "Confirmed" },
        },
    };

    private static string Report()
    {
        byte[] report = new byte[VersionReport.Length];
        report[0] = 2;
        report[22] = (byte)BankState.Confirmed;
        report[23] = (byte)BankState.Empty;
        report[28] = 3;
        report[32] = 6;
        report.AsSpan(33, 32).Fill(0xAA);
        report.AsSpan(VersionReport.NonceOffset, 16).Fill(0x55);
        return Convert.ToHexStringLower(report);
    }

    private void Note(string vin, params EsyncMessage[] answers)
    {
        ICampaignStore vehicle = _store.Of(vin);
        foreach (EsyncMessage answer in answers)
        {
            vehicle.Note(answer);
        }

        vehicle.Save(null);
    }
}
