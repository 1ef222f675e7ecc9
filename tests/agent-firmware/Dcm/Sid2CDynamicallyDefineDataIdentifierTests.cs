// Service 2C on the wire: what may be defined of what, how it is read, and how long it lives.
using EsyncAgent;
using EsyncTests.AgentFirmware.Data;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

public sealed class Sid2CDynamicallyDefineDataIdentifierTests
{
    private static DcmBench InExtended(Action<DcmConfig>? configure = null)
    {
        DcmBench bench = new(
            c =>
            {
                c.ConstantIds = [0xF187];
                c.ConstantRecords = [[0x41, 0x42, 0x43, 0x44]];
                configure?.Invoke(c);
            },
            configureData: TestSignals.AddPeriodic);
        bench.Enter(DcmSession.Extended);
        bench.Data.Signals.Publish(bench.Data.Signals.IndexOf(TestSignals.Odometer), 0x01020304);
        bench.Data.Signals.Publish(bench.Data.Signals.IndexOf(TestSignals.Speed), 0x0506);
        return bench;
    }

    [Theory]
    [InlineData("F3 01", "02 05 01 05", "00 01 02 03 04")]
    [InlineData("F3 01", "02 05 02 04", "01 02 03 04")]
    [InlineData("F3 01", "02 05 05 01", "04")]
    [InlineData("F2 00", "02 05 04 02 02 03 02 02 F1 87 02 02", "03 04 05 06 42 43")]
    [InlineData("F3 FF", "F1 86 01 01 10 00 01 01 F1 5A 01 02", "03 05 FF FF")]
    public void A_definition_is_read_as_its_parts_in_their_order(string identifier, string parts, string record)
    {
        DcmBench bench = InExtended();
        bench.Expect($"22 {identifier}", "7F 22 31");
        bench.Expect($"2C 01 {identifier} {parts}", $"6C 01 {identifier}");
        bench.Expect($"22 {identifier}", $"62 {identifier} {record}");
        bench.Expect($"22 F1 87 {identifier} 02 03", $"62 F1 87 41 42 43 44 {identifier} {record} 02 03 00 05 06");
    }

    [Fact]
    public void Values_are_those_of_the_moment_of_reading()
    {
        DcmBench bench = InExtended();
        bench.Expect("2C 01 F3 01 02 03 02 02", "6C 01 F3 01");
        bench.Data.Signals.Publish(bench.Data.Signals.IndexOf(TestSignals.Speed), 0x0708);
        bench.Expect("22 F3 01", "62 F3 01 07 08");
    }

    [Fact]
    public void A_second_request_appends()
    {
        DcmBench bench = InExtended();
        bench.Expect("2C 01 F3 01 02 03 02 02", "6C 01 F3 01");
        bench.Expect("2C 01 F3 02 F1 87 01 01", "6C 01 F3 02");
        bench.Expect("2C 01 F3 01 02 05 05 01 F1 87 04 01", "6C 01 F3 01");
        bench.Expect("22 F3 01 F3 02", "62 F3 01 05 06 04 44 F3 02 41");
    }

    [Fact]
    public void The_update_targets_records_and_the_applications_can_be_parts()
    {
        DcmBench bench = InExtended();
        bench.Target.Records[0xFD01] = [0x11, 0x2A];
        bench.Application.Records[0x0100] = [1, 2, 3];
        bench.Application.Records[0x0101] = [4, 5];
        bench.Application.PutOffCount = 3;
        bench.Expect("2C 01 F3 01 01 00 02 02 FD 01 02 01 01 01 01 01", "6C 01 F3 01");
        bench.Expect("22 01 01 F3 01 F1 86", "62 01 01 04 05 F3 01 02 03 2A 04 F1 86 03");
        Assert.Equal(0, bench.Application.GivenUpCount);
    }

    [Fact]
    public void A_part_that_turns_out_not_to_be_there_takes_the_identifier_with_it()
    {
        DcmBench bench = InExtended();
        bench.Expect("2C 01 F3 01 01 00 01 04 02 03 01 01", "6C 01 F3 01");
        bench.Expect("22 F3 01", "7F 22 31");
        bench.Application.Records[0x0100] = [1, 2, 3];
        bench.Expect("22 F3 01 F1 86", "62 F1 86 03");
        bench.Application.Records[0x0100] = [1, 2, 3, 4];
        bench.Expect("22 F3 01", "62 F3 01 01 02 03 04 00");
    }

    [Theory]
    [InlineData("2C", "7F 2C 13")]
    [InlineData("2C 00", "7F 2C 12")]
    [InlineData("2C 02", "7F 2C 12")]
    [InlineData("2C 02 F3 01 14 00 00 00 01 01", "7F 2C 12")]
    [InlineData("2C 04 F3 01", "7F 2C 12")]
    [InlineData("2C 01", "7F 2C 13")]
    [InlineData("2C 01 F3 01", "7F 2C 13")]
    [InlineData("2C 01 F3 01 02 05 01", "7F 2C 13")]
    [InlineData("2C 01 99 99 02 05 01 01 02", "7F 2C 13")]
    [InlineData("2C 01 F1 FF 02 05 01 01", "7F 2C 31")]
    [InlineData("2C 01 F4 00 02 05 01 01", "7F 2C 31")]
    [InlineData("2C 01 F2 10 02 05 01 01", "7F 2C 31")]
    [InlineData("2C 01 F3 01 02 05 00 01", "7F 2C 31")]
    [InlineData("2C 01 F3 01 02 05 01 00", "7F 2C 31")]
    [InlineData("2C 01 F3 01 02 05 01 06", "7F 2C 31")]
    [InlineData("2C 01 F3 01 02 05 06 01", "7F 2C 31")]
    [InlineData("2C 01 F3 01 F1 87 02 04", "7F 2C 31")]
    [InlineData("2C 01 F3 01 02 07 01 01", "7F 2C 31")]
    [InlineData("2C 01 F3 01 01 00 01 41", "7F 2C 31")]
    [InlineData("2C 01 F3 01 02 05 01 01 F3 02 01 01", "7F 2C 31")]
    [InlineData("2C 03 F3", "7F 2C 13")]
    [InlineData("2C 03 F3 01 02", "7F 2C 13")]
    [InlineData("2C 03 F1 87", "7F 2C 31")]
    [InlineData("2C 03 F2 10", "7F 2C 31")]
    public void Checks_come_in_order_and_nothing_is_defined(string request, string response)
    {
        DcmBench bench = InExtended();
        bench.Expect(request, response);
        bench.Expect("22 F3 01", "7F 22 31");
        bench.Expect("3E 00", "7E 00");
    }

    [Fact]
    public void A_definition_is_no_source_of_another_one_nor_of_itself()
    {
        DcmBench bench = InExtended();
        bench.Expect("2C 01 F3 01 02 03 02 02", "6C 01 F3 01");
        bench.Expect("2C 01 F3 02 F3 01 01 01", "7F 2C 31");
        bench.Expect("2C 01 F3 01 F3 01 01 01", "7F 2C 31");
        bench.Expect("22 F3 01 F3 02", "62 F3 01 05 06");
    }

    [Fact]
    public void Nf_config_bounds_identifiers_and_parts()
    {
        DcmBench bench = InExtended(c =>
        {
            c.DynamicCountMax = 2;
            c.DynamicPartsMax = 4;
        });
        bench.Expect("2C 01 F3 01 02 03 02 02", "6C 01 F3 01");
        bench.Expect("2C 01 F3 02 02 03 02 02", "6C 01 F3 02");
        bench.Expect("2C 01 F3 03 02 03 02 02", "7F 2C 31");
        bench.Expect("2C 01 F3 02 02 03 02 01 02 03 02 01 02 03 02 01", "7F 2C 31");
        bench.Expect("2C 01 F3 02 02 03 02 01 02 03 02 01", "6C 01 F3 02");
        bench.Expect("2C 01 F3 02 02 03 02 01", "7F 2C 31");
        bench.Expect("2C 03 F3 01", "6C 03 F3 01");
        bench.Expect("2C 01 F3 03 02 03 03 01", "6C 01 F3 03");
        bench.Expect("22 F3 01 F3 02 F3 03", "62 F3 02 05 06 05 05 F3 03 06");
    }

    [Fact]
    public void A_definition_is_no_longer_than_a_response()
    {
        DcmBench bench = InExtended(c => c.ResponseLengthMax = 64);
        bench.Application.Records[0x0100] = [.. Enumerable.Range(0, 64).Select(i => (byte)i)];
        bench.Expect("2C 01 F3 01 01 00 01 3E", "7F 2C 31");
        bench.Expect("2C 01 F3 01 01 00 01 3D", "6C 01 F3 01");
        bench.Expect("2C 01 F3 01 01 00 01 01", "7F 2C 31");
        Assert.Equal(64, DcmBench.Unhex(bench.Ask("22 F3 01")).Length);
        bench.Expect("22 F1 86 F3 01", "7F 22 14");
        bench.Expect("22 F3 01 F3 01 F3 01 F3 01 F3 01 F3 01", "7F 22 14");
    }

    [Fact]
    public void Clearing_is_positive_whether_it_was_defined_or_not()
    {
        DcmBench bench = InExtended();
        bench.Expect("2C 03 F3 01", "6C 03 F3 01");
        bench.Expect("2C 03", "6C 03");
        bench.Expect("2C 01 F3 01 02 03 02 02", "6C 01 F3 01");
        bench.Expect("2C 01 F2 02 02 03 02 02", "6C 01 F2 02");
        bench.Expect("2C 03 F3 01", "6C 03 F3 01");
        bench.Expect("22 F3 01 F2 02", "62 F2 02 05 06");
        bench.Expect("2C 03", "6C 03");
        bench.Expect("22 F2 02", "7F 22 31");
    }

    [Fact]
    public void Suppressed_it_is_done_in_silence()
    {
        DcmBench bench = InExtended();
        bench.Expect("2C 81 F3 01 02 03 02 02", string.Empty);
        bench.Expect("22 F3 01", "62 F3 01 05 06");
        bench.Expect("2C 83", string.Empty);
        bench.Expect("22 F3 01", "7F 22 31");
        bench.Expect("2C 81 F3 01", "7F 2C 13");
    }

    [Theory]
    [InlineData("10 03", true)]
    [InlineData("10 02", false)]
    [InlineData("10 01", false)]
    public void Definitions_live_as_long_as_the_session_has_the_service(string request, bool lives)
    {
        DcmBench bench = InExtended();
        bench.Expect("2C 01 F3 01 02 03 02 02", "6C 01 F3 01");
        Assert.StartsWith("50", bench.Ask(request));
        bench.Expect("22 F3 01", lives ? "62 F3 01 05 06" : "7F 22 31");
        bench.Expect("10 03", "50 03 00 32 01 F4");
        bench.Expect("22 F3 01", lives ? "62 F3 01 05 06" : "7F 22 31");
    }

    [Fact]
    public void The_end_by_S3_clears()
    {
        DcmBench bench = InExtended();
        bench.Expect("2C 01 F3 01 02 03 02 02", "6C 01 F3 01");
        bench.Run(5100);
        bench.Expect("22 F3 01", "7F 22 31");
    }

    [Theory]
    [InlineData(DcmSession.Default)]
    [InlineData(DcmSession.Programming)]
    public void In_other_sessions_the_service_is_7F(byte session)
    {
        DcmBench bench = new();
        if (session != DcmSession.Default)
        {
            bench.Enter(session);
        }

        bench.Expect("2C 01 F3 01 02 03 02 02", "7F 2C 7F");
        bench.Expect("2C 03", "7F 2C 7F");
    }
}
