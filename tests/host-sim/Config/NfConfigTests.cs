// nf.config as a whole: the repository's own file is right, a file becomes the agent's objects, defaults are taken key by key.
using System.Reflection;
using EsyncAgent;
using EsyncSim;
using EsyncSim.Config;
using Xunit;

namespace EsyncTests.HostSim.Config;

public sealed class NfConfigTests
{
    [Fact]
    public void The_repositorys_own_configuration_has_no_problem()
    {
        NfConfig config = NfConfig.Load(Repository.PathOf("nf.config"));
        Assert.Equal(["motor", "battery", "climate", "pump", "door", "lamp", "emulator"], config.Ecus.Keys);
        Assert.Equal(config.Ecu("motor").Bus, config.Ecu("battery").Bus);
        Assert.Equal(500_000u, config.Ecu("motor").Bus.BitRate);
    }

    [Fact]
    public void Each_board_with_a_program_has_an_ECU_to_build_it_for()
    {
        NfConfig config = NfConfig.Load(Repository.PathOf("nf.config"));
        Assert.Equal(BoardReader.Names([Repository.PathOf("boards")]), config.Ecus.Values.Select(e => e.Board.Name).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_ECU_becomes_the_agents_configuration_object()
    {
        EcuDefinition motor = ConfigBench.Read(ConfigBench.Good).Ecu("motor");
        EcuConfig config = motor.Config;
        Assert.Equal(("motor", "bench", "main", "nor"), (config.Name, config.Board, motor.Bus.Name, motor.FlashPart.Name));
        Assert.Equal((false, 0x7E0u, 0x7DFu, 0x7E8u), (config.CanIf.IsExtended, config.CanIf.PhysicalRxId, config.CanIf.FunctionalRxId, config.CanIf.TxId));
        Assert.Equal((7, 0xF4), (config.CanTp.BlockSize, config.CanTp.SeparationTimeMin));
        Assert.Equal(270, config.CanTp.FrameTimeUs); // 135 bits at 500 kbit/s
        Assert.Equal((0x21000u, 0x20000u), (config.Fls.BankB.Start, config.Fls.BankB.Length));
        Assert.Equal([565, 17, 18, 300, 244, 901], config.NvM.LengthMax.Select(l => (int)l));
        Assert.Equal([TrustRole.Author, TrustRole.Oem], config.Fota.RequiredRoles);
        Assert.Equal((0x0707, 10, 4), (config.Fota.Encodings, config.Fota.WindowBitsMax, config.Fota.RecipientCountMax));
        Assert.Equal("4E7FDCA1132A593687BFD2B83108C0BB", Convert.ToHexString(config.Fota.VendorId));
        Assert.Equal([0xF187, 0xF18B, 0xF190], config.Dcm.ConstantIds.Select(i => (int)i));
        Assert.Equal("260701", Convert.ToHexString(config.Dcm.ConstantRecords[1]));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 16], config.Dem.Events.Select(e => (int)e));
        Assert.Equal(0x0A1B00u, config.Dem.Dtcs[8]);
    }

    [Fact]
    public void An_ECU_takes_from_the_defaults_what_it_does_not_give_itself_key_by_key()
    {
        string text = ConfigBench.With("    can: { physicalRequest: 0x7E2, response: 0x7EA }", "    can: { physicalRequest: 0x7E2, response: 0x7EA, receivePerCycleMax: 3 }\n    events: { 3: { dtc: 0x123456 } }");
        NfConfig config = ConfigBench.Read(text);
        EcuConfig battery = config.Ecu("battery").Config;
        Assert.Equal((3, 9), (battery.CanIf.ReceivePerCycleMax, battery.CanIf.TransmitQueueLength));
        Assert.Equal((0x123456u, 0x5A0400u), (battery.Dem.Dtcs[3], battery.Dem.Dtcs[4]));
        Assert.Equal(0x5A0300u, config.Ecu("motor").Config.Dem.Dtcs[3]);
    }

    [Fact]
    public void Every_field_of_the_agents_configuration_is_given_by_the_file()
    {
        // good.config gives each key a value that no default in the code has. A field that is still as the constructor
        // left it is therefore one that the reader forgot.
        EcuConfig config = ConfigBench.Read(ConfigBench.Good).Ecu("climate").Config;
        Assert.Empty(Untouched(config, "EcuConfig"));
        Assert.NotEmpty(Untouched(new EcuConfig { CanIf = new CanIfConfig() }, "EcuConfig"));
    }

    [Fact]
    public void All_problems_are_named_at_once_in_the_order_of_their_lines()
    {
        string text = ConfigBench.With(ConfigBench.With("padding: 0xAA", "padding: 0x1AA"), "format: 1", "format: 2");
        Assert.Equal(["format", "padding"], ConfigBench.Problems(text).Select(p => p.Reason.Split('`')[1]));
    }

    [Fact]
    public void A_problem_in_the_defaults_is_named_once_though_three_ECUs_meet_it()
    {
        Assert.Single(ConfigBench.Problems(ConfigBench.With("nAsMs: 1001", "nAsMs: soon")));
    }

    [Fact]
    public void A_value_of_several_lines_is_told_in_one()
    {
        string problem = Assert.Single(ConfigBench.Problems(ConfigBench.With("nAsMs: 1001", "nAsMs: \"10\\n\\u202801\""))).ToString();
        Assert.Contains("10\\u000a\\u202801", problem);
    }

    [Fact]
    public void A_missing_file_is_one_line_with_what_to_do()
    {
        var e = Assert.Throws<UserErrorException>(() => NfConfig.Load(Repository.PathOf("tests/no.config")));
        Assert.Equal(ExitCode.BadFile, e.ExitCode);
        Assert.Contains("--config FILE", e.Message);
    }

    [Fact]
    public void An_unknown_ECU_is_answered_with_the_known_ones()
    {
        var e = Assert.Throws<UserErrorException>(() => ConfigBench.Read(ConfigBench.Good).Ecu("moto"));
        Assert.Contains("motor, battery, climate", e.Message);
    }

    private static List<string> Untouched(object value, string path)
    {
        object? fresh = Activator.CreateInstance(value.GetType());
        var untouched = new List<string>();
        foreach (FieldInfo field in value.GetType().GetFields(BindingFlags.Public | BindingFlags.Instance))
        {
            object? now = field.GetValue(value);
            if (now is not null && field.FieldType.IsClass && field.FieldType.Namespace == "EsyncAgent" && now is not FlsArea)
            {
                untouched.AddRange(Untouched(now, $"{path}.{field.Name}"));
            }
            else if (Equals(now, field.GetValue(fresh)) || (now is Array a && field.GetValue(fresh) is Array b && a.Cast<object>().SequenceEqual(b.Cast<object>())))
            {
                untouched.Add($"{path}.{field.Name}");
            }
        }

        return untouched;
    }
}
