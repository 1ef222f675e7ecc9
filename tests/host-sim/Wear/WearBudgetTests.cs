// The wear budget against erases that are counted: floods by a peer without access, with resets whenever he likes, and
// whole updates. The figures are bounds, and near ones.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Sweep;
using EsyncSim.Wear;
using EsyncTests.AgentFirmware.EcuM;
using EsyncTests.Vehicle;
using Xunit;

namespace EsyncTests.HostSim.Wear;

public sealed class WearBudgetTests
{
    private const int ImageLength = 30_000;

    // Delays so short that an attack of minutes goes through what one of years does.
    private static readonly Action<EcuConfig> Short = config =>
    {
        config.NvM.SparingDelayMs = 1000;
        config.NvM.SparingDelayMsMax = 8000;
        config.Dcm.AccessDelayMs = 100;
        config.Dcm.AccessDelayMsMax = 800;
    };

    public static TheoryData<string> Ecus => [.. NfConfig.Load(Repository.PathOf("nf.config")).Ecus.Keys];

    [Theory]
    [MemberData(nameof(Ecus))]
    public void Every_area_of_every_ECU_lasts_fifteen_years_of_attack(string name)
    {
        EcuDefinition ecu = NfConfig.Load(Repository.PathOf("nf.config")).Ecu(name);
        IReadOnlyList<WearLine> lines = WearBudget.Of(ecu, WearLife.Usual);
        string[] log = ecu.Config.Fls.ReportLog.Length > 0 ? ["reportLog"] : [];
        Assert.Equal(["banks", "manifest slots", "staging", "bootRecord", "nvm", "checkpoint", .. log], lines.Select(line => line.Area));
        Assert.All(lines, line => Assert.True(line.Years >= WearBudget.YearsMin, $"{line}"));
        Assert.All(lines.Where(line => line.Area is not ("nvm" or "reportLog")), line => Assert.Equal(0, line.AttackPerYear));
    }

    // In sectors of 3,908 bytes, the longest record being 60; three more in each of 730 starts, over 256 sectors. The rules of motor:
    // 60 bytes a second; for two hours 32 a second, and 21 of 40 each ten seconds; a DTC's record of 56 and half of its 21 of 40, four times.
    [Theory]
    [InlineData(8_000_000, 2929.2)]
    [InlineData(0, 8.6)]
    [InlineData(null, ((5_184_000 + 230_400 + 604_800 + (2 * 730 / 365.25 * (56 + 420))) / 3908 * 365.25 / 256) + 8.6)]
    public void The_report_log_is_erased_as_often_as_its_records_fill_its_sectors(int? bytesPerDay, double perYear)
    {
        WearLine line = WearBudget.Of(Motor(), WearLife.Usual with { ReportBytesPerDay = bytesPerDay }).Single(one => one.Area == "reportLog");
        Assert.Equal(perYear, line.NormalPerYear, 0.5);
        Assert.Equal(0, line.PerUpdate);
    }

    // An opening a minute, and 476 and 36 bytes; motor's rules 2 and 3 are on signals of its application, the one with a CAN signal below is
    // as often as it may for the other 22 hours as well.
    [Fact]
    public void Under_attack_starts_open_a_sector_a_minute_and_forged_frames_trigger_rules_all_day()
    {
        const double minutes = 365.25 * 24 * 60;
        double expected = (96 + Math.Floor(minutes) + (minutes * 512 / 3908)) / 256;
        Assert.Equal(expected, ReportAttack(Repository.Read("nf.config")), 0.5);

        string forged = Repository.Read("nf.config").Replace(
            "onChange: { signal: Vehicle.Powertrain.ElectricMotor.Temperature, threshold: 2, intervalMsMin: 1000 }", "onChange: { signal: Vehicle.Speed, threshold: 2, intervalMsMin: 1000 }");
        Assert.Equal(expected + (32 * 22 * 3600 * 365.25 / 3908 / 256), ReportAttack(forged), 0.5);

        static double ReportAttack(string text)
        {
            string file = Path.GetTempFileName();
            try
            {
                File.WriteAllText(file, text);
                return WearBudget.Of(NfConfig.Load(file).Ecu("motor"), WearLife.Usual).Single(one => one.Area == "reportLog").AttackPerYear;
            }
            finally
            {
                File.Delete(file);
            }
        }
    }

    // Resets at three paces, with the rules of nf.config at work and an application that reports a DTC as failed and as passed in turn as
    // often as it may.
    [Theory]
    [InlineData(2_000, 150)]
    [InlineData(61_000, 30)]
    [InlineData(200_000, 10)]
    public void Starts_and_flapping_events_open_no_more_sectors_of_the_report_log_than_computed(int everyMs, int starts)
    {
        VehicleRig rig = new(loader: () => new FlappingLoader());
        long sinceNs = 0;
        int before = 0;
        rig.Run(async () =>
        {
            await rig.BeginAsync();
            Assert.Equal(UpdateEnd.Confirmed, (await rig.UpdateAsync(rig.Image("1.0.0", 1, ImageLength))).End);
            sinceNs = rig.Time.NowNs;
            before = ReportErases(rig);
            for (int start = 0; start < starts; start++)
            {
                await rig.Time.DelayMs(everyMs);
                await rig.Tester.TryAsync([0x10, 0x03]);
                Assert.True(await rig.Tester.TryAsync([0x11, 0x01]));
                await rig.Client.AwaitPresenceAsync();
            }
        });
        ReportWear wear = new(rig.Definition);
        double ms = (rig.Time.NowNs - sinceNs) / (double)VirtualTime.NsPerMs;
        double years = ms / (365.25 * 24 * 3600 * 1000);
        double bound = wear.Sectors * (wear.AttackErases(WearLife.Usual, ms) + (years * wear.NormalPerYear(WearLife.Usual)));
        int erases = ReportErases(rig) - before;
        TestContext.Current.TestOutputHelper?.WriteLine($"a reset each {everyMs} ms: {erases} erases, at most {bound:N1}");
        Assert.InRange(erases, (int)(bound / 4), (int)bound);
    }

    // 8 levels and 7 failures: at once, and again after each of 24 good accesses; and one write in each two hours.
    [Fact]
    public void An_attack_of_a_year_is_one_write_in_two_hours_and_a_few_more()
    {
        EcuConfig config = NfConfig.Load(Repository.PathOf("nf.config")).Ecu("motor").Config;
        Assert.Equal((8 + 7) * 25 + 4383, WearBudget.PeerNvMErases(config, 365.25 * 24 * 3600 * 1000, 24));
        config.NvM.SparingDelayMsMax /= 2;
        Assert.Equal((7 + 7) * 25 + 8766, WearBudget.PeerNvMErases(config, 365.25 * 24 * 3600 * 1000, 24));
    }

    [Theory]
    [InlineData("guesses and waits", 0)]
    [InlineData("guesses and resets", 1)]
    [InlineData("guesses, provisions, resets, as it comes", 2)]
    [InlineData("guesses and clears", 3)]
    public void A_flood_without_access_erases_no_more_than_computed_and_nothing_but_NvM(string how, int kind)
    {
        VehicleRig rig = new(change: Short);
        int[] before = [];
        long sinceNs = 0;
        rig.Run(async () =>
        {
            await rig.BeginAsync();
            Assert.Equal(UpdateEnd.Confirmed, (await rig.UpdateAsync(rig.Image("1.0.0", 1, ImageLength))).End);
            await rig.Time.DelayMs(60_000);
            before = Erases(rig);
            sinceNs = rig.Time.NowNs;
            Random random = new(kind);
            while (rig.Time.NowNs - sinceNs < 240_000 * VirtualTime.NsPerMs)
            {
                await rig.Tester.TryAsync([0x10, 0x03]);
                await GuessAsync(rig);
                if (kind == 3)
                {
                    await rig.Tester.TryAsync([0x14, 0xFF, 0xFF, 0xFF]);
                    await rig.Time.DelayMs(200);
                }

                if (kind == 2)
                {
                    await rig.Tester.TryAsync([0x31, 0x01, 0x02, 0x20, .. TestImage.Provisioning]);
                    await rig.Time.DelayMs(random.Next(1, 4000));
                }

                if (kind == 1 || (kind == 2 && random.Next(3) == 0))
                {
                    await rig.Tester.TryAsync([0x11, 0x01]);
                    await rig.Client.AwaitPresenceAsync();
                    await rig.Time.DelayMs(kind == 1 ? 8200 : random.Next(1, 20_000));
                }
            }
        });
        EcuConfig config = rig.Definition.Config;
        double bound = WearBudget.PeerNvMErases(config, (rig.Time.NowNs - sinceNs) / (double)VirtualTime.NsPerMs, 0);
        int[] erases = [.. Erases(rig).Zip(before, (now, then) => now - then)];
        int nvm0 = rig.Ecu.Flash.Geometry.SectorAt(config.Fls.NvM0.Start);
        int nvmEnd = rig.Ecu.Flash.Geometry.SectorAt(config.Fls.NvM1.Start + config.Fls.NvM1.Length);
        int worst = erases[nvm0..nvmEnd].Max();
        TestContext.Current.TestOutputHelper?.WriteLine($"{how}: {worst} erases, at most {bound}");
        Assert.InRange(worst, kind == 1 ? (int)(bound / 2) : 1, (int)bound);
        erases.AsSpan(nvm0..nvmEnd).Clear();
        int log = rig.Ecu.Flash.Geometry.SectorAt(config.Fls.ReportLog.Start);
        Assert.All(erases[log..], count => Assert.InRange(count, 0, 1));
        Assert.All(erases[..log], count => Assert.Equal(0, count));
    }

    // What the bound is worth: without the delay, the same guesses wear the flash out several times as fast.
    [Fact]
    public void The_flood_would_break_the_bound_if_writes_were_not_sparing()
    {
        VehicleRig rig = new(change: config =>
        {
            Short(config);
            config.NvM.SparingDelayMs = 0;
        });
        int before = 0, nvm0 = rig.Ecu.Flash.Geometry.SectorAt(rig.Definition.Config.Fls.NvM0.Start);
        rig.Run(async () =>
        {
            await rig.BeginAsync();
            before = Erases(rig)[nvm0];
            while (rig.Time.NowNs < 120_000 * VirtualTime.NsPerMs)
            {
                await rig.Tester.TryAsync([0x10, 0x03]);
                await GuessAsync(rig);
                await rig.Tester.TryAsync([0x11, 0x01]);
                await rig.Client.AwaitPresenceAsync();
                await rig.Time.DelayMs(850);
            }
        });
        EcuConfig promised = NfConfig.Load(Repository.PathOf("nf.config")).Ecu("motor").Config;
        Short(promised);
        double bound = WearBudget.PeerNvMErases(promised, 120_000, 0);
        int erases = Erases(rig)[nvm0] - before;
        TestContext.Current.TestOutputHelper?.WriteLine($"{erases} erases instead of at most {bound}");
        Assert.True(erases > 2 * bound);
    }

    [Fact]
    public void An_update_erases_no_more_than_computed()
    {
        VehicleRig rig = new();
        int[] before = [];
        rig.Run(async () =>
        {
            await rig.BeginAsync();
            Assert.Equal(UpdateEnd.Confirmed, (await rig.UpdateAsync(rig.Image("1.0.0", 1, ImageLength))).End);
            await rig.Time.DelayMs(5000);

            // The first write to NvM after a start erases; an update that follows one meets that.
            await rig.Tester.TryAsync([0x10, 0x03]);
            await rig.Tester.TryAsync([0x11, 0x01]);
            await rig.Client.AwaitPresenceAsync();
            before = Erases(rig);
            Assert.Equal(UpdateEnd.Confirmed, (await rig.UpdateAsync(rig.Image("2.0.0", 2, ImageLength))).End);
            await rig.Time.DelayMs(5000);
        });
        int[] erases = [.. Erases(rig).Zip(before, (now, then) => now - then)];
        FlsConfig map = rig.Definition.Config.Fls;
        Dictionary<string, FlsArea[]> areas = new()
        {
            ["banks"] = [map.BankA, map.BankB],
            ["manifest slots"] = [map.ManifestA, map.ManifestB],
            ["staging"] = [map.Staging],
            ["bootRecord"] = [map.BootRecord0, map.BootRecord1, map.BootRecord2],
            ["nvm"] = [map.NvM0, map.NvM1],
            ["checkpoint"] = [map.Checkpoint0, map.Checkpoint1],
        };
        foreach (WearLine line in WearBudget.Of(rig.Definition, WearLife.Usual).Where(line => line.Area != "reportLog"))
        {
            int worst = areas[line.Area].Max(area => Enumerable.Range(0, (int)area.Length / 4096).Max(i => erases[rig.Ecu.Flash.Geometry.SectorAt(area.Start) + i]));
            TestContext.Current.TestOutputHelper?.WriteLine($"{line.Area}: {worst} erases, at most {line.PerUpdate}");
            // What an update writes to NvM may find room without an erase.
            Assert.InRange(worst, line.Area == "nvm" ? 0 : 1, (int)line.PerUpdate);
        }
    }

    private static async Task GuessAsync(VehicleRig rig)
    {
        EcuClient stranger = new(rig.Tester, new DeviceCredentials(new byte[16], new byte[32]), count => new byte[count]);
        try
        {
            await stranger.AuthenticateAsync();
            Assert.Fail("a guess was taken");
        }
        catch (NegativeResponseException refusal)
        {
            Assert.Contains(refusal.Code, new byte[] { 0x37, 0x58, 0x7F });
        }
    }

    private static EcuDefinition Motor() => NfConfig.Load(Repository.PathOf("nf.config")).Ecu("motor");

    private static int ReportErases(VehicleRig rig) => Erases(rig)[rig.Ecu.Flash.Geometry.SectorAt(rig.Definition.Config.Fls.ReportLog.Start)..].Sum();

    private static int[] Erases(VehicleRig rig) =>
        [.. Enumerable.Range(0, rig.Ecu.Flash.Geometry.SectorCount).Select(rig.Ecu.Flash.Memory.EraseCount)];

    // As the image says, and an event that fails and passes in turn, whenever it is asked.
    private sealed class FlappingLoader : IApplicationLoader
    {
        private const int Event = 17;
        private readonly ScriptedLoader _inner = new();
        private bool _isFailed;

        public byte Runtime => _inner.Runtime;

        public ushort ContractVersion => _inner.ContractVersion;

        public ApplicationState State => _inner.State;

        public uint AliveCounter => _inner.AliveCounter;

        public bool IsUpdateAllowed => _inner.IsUpdateAllowed;

        public void Attach(IApplicationData data) => _inner.Attach(data);

        public StdReturn Begin(uint imageLength) => _inner.Begin(imageLength);

        public StdReturn Append(byte[] data, int offset, int count) => _inner.Append(data, offset, count);

        public StdReturn Start() => _inner.Start();

        public void MainFunction(uint nowMs) => _inner.MainFunction(nowMs);

        public int ReadDataByIdentifier(ushort dataIdentifier, byte[] into, int offset) => -1;

        public int TakeEvent()
        {
            _isFailed = !_isFailed;
            return (Event << 1) | (_isFailed ? 1 : 0);
        }
    }
}
