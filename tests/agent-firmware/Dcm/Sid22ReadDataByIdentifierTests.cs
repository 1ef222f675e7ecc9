// Service 22 on the wire: where each record comes from, several at once, and what is too much.
using EsyncAgent;
using EsyncTests.AgentFirmware.Data;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

public sealed class Sid22ReadDataByIdentifierTests
{
    private static DcmBench WithConstants() => new(c =>
    {
        c.ConstantIds = [0xF180, 0xF187, 0xF190, 0xF1EF];
        c.ConstantRecords = [[1, 0x41], [0x42], [0x43, 0x44, 0x45], [0x46]];
    });

    [Theory]
    [InlineData("22 F1 80", "62 F1 80 01 41")]
    [InlineData("22 F1 87", "62 F1 87 42")]
    [InlineData("22 F1 90", "62 F1 90 43 44 45")]
    [InlineData("22 F1 EF", "62 F1 EF 46")]
    [InlineData("22 F1 88", "7F 22 31")]
    [InlineData("22 F1 7F", "7F 22 31")]
    [InlineData("22 F1 F0", "7F 22 31")]
    public void Constant_records_are_found_wherever_they_stand(string request, string response) => WithConstants().Expect(request, response);

    [Theory]
    [InlineData(DcmSession.Default)]
    [InlineData(DcmSession.Programming)]
    [InlineData(DcmSession.Extended)]
    public void F186_is_the_active_session(byte session)
    {
        DcmBench bench = new();
        if (session != DcmSession.Default)
        {
            bench.Enter(session);
        }

        bench.Expect("22 F1 86", $"62 F1 86 {session:X2}");
    }

    [Fact]
    public void F15A_never_written_is_FF() => new DcmBench().Expect("22 F1 5A", "62 F1 5A FF FF FF FF FF FF FF FF FF");

    [Fact]
    public void Records_of_the_update_target_are_passed_on()
    {
        DcmBench bench = new();
        bench.Target.Records[0xFD01] = [0x11, 0x2A];
        bench.Expect("22 FD 01", "62 FD 01 11 2A");
        bench.Expect("22 FD 02", "7F 22 31");
    }

    [Fact]
    public void Records_of_the_application_are_passed_on()
    {
        DcmBench bench = new();
        bench.Application.Records[0x0100] = [1];
        bench.Application.Records[0x01FF] = [.. Enumerable.Repeat((byte)7, 64)];
        bench.Application.Records[0x00FF] = [2];
        bench.Expect("22 01 00", "62 01 00 01");
        Assert.Equal(3 + 64, DcmBench.Unhex(bench.Ask("22 01 FF")).Length);
        bench.Expect("22 00 FF", "7F 22 31");
    }

    [Fact]
    public void An_application_may_answer_in_a_later_cycle_and_the_order_stays()
    {
        DcmBench bench = new(c =>
        {
            c.ConstantIds = [0xF187];
            c.ConstantRecords = [[0x42]];
        });
        bench.Application.Records[0x0100] = [1];
        bench.Application.Records[0x0102] = [2, 3];
        bench.Application.PutOffCount = 3;
        bench.Expect("22 01 00 01 01 F1 87 01 02", "62 01 00 01 F1 87 42 01 02 02 03");
        bench.Expect("22 01 01", "7F 22 31");
    }

    [Fact]
    public void An_application_that_claims_more_than_it_may_is_not_believed()
    {
        DcmBench bench = new();
        bench.Application.Records[0x0100] = new byte[65];
        bench.Expect("22 01 00", "7F 22 31");
    }

    [Fact]
    public void Several_identifiers_come_back_in_the_order_of_the_request()
    {
        DcmBench bench = WithConstants();
        bench.Expect("22 F1 90 F1 86 F1 87", "62 F1 90 43 44 45 F1 86 01 F1 87 42");
    }

    [Fact]
    public void Unknown_identifiers_among_known_ones_are_left_out()
    {
        DcmBench bench = WithConstants();
        bench.Expect("22 12 34 F1 86 F1 99", "62 F1 86 01");
        bench.Expect("22 12 34 F1 99", "7F 22 31");
    }

    [Fact]
    public void Eight_identifiers_are_served_and_nine_are_13()
    {
        DcmBench bench = new();
        string eight = string.Concat(Enumerable.Repeat(" F1 86", 8));
        Assert.Equal(1 + (8 * 3), DcmBench.Unhex(bench.Ask("22" + eight)).Length);
        bench.Expect("22" + eight + " F1 86", "7F 22 13");
    }

    [Theory]
    [InlineData("22", "7F 22 13")]
    [InlineData("22 F1", "7F 22 13")]
    [InlineData("22 F1 86 F1", "7F 22 13")]
    public void A_broken_length_is_13(string request, string response) => new DcmBench().Expect(request, response);

    [Fact]
    public void A_response_that_does_not_fit_is_14_whatever_the_source()
    {
        DcmBench bench = new(c =>
        {
            c.ResponseLengthMax = 64;
            c.ConstantIds = [0xF187, 0xF190];
            c.ConstantRecords = [new byte[61], new byte[62]];
        });
        bench.Target.Records[0xFD06] = new byte[64];
        bench.Application.Records[0x0100] = new byte[62];
        Assert.Equal(64, DcmBench.Unhex(bench.Ask("22 F1 87")).Length);
        bench.Expect("22 F1 90", "7F 22 14");
        bench.Expect("22 FD 06", "7F 22 14");
        bench.Expect("22 01 00", "7F 22 14");
        bench.Expect("22 F1 86 F1 87", "7F 22 14");
    }

    [Fact]
    public void A_constant_longer_than_the_buffer_harms_nothing()
    {
        DcmBench bench = new(c =>
        {
            c.ResponseLengthMax = 64;
            c.ConstantIds = [0xF187];
            c.ConstantRecords = [new byte[1000]];
        });
        bench.Expect("22 F1 87", "7F 22 14");
        bench.Expect("22 F1 86", "62 F1 86 01");
    }

    [Fact]
    public void Signals_are_quality_and_value_by_their_type()
    {
        DcmBench bench = new();
        bench.Expect("22 02 05", "62 02 05 01 00 00 00 00");
        bench.Data.Signals.Publish(bench.Data.Signals.IndexOf(TestSignals.Switch), 1);
        bench.Data.Signals.Publish(bench.Data.Signals.IndexOf(TestSignals.Speed), 3000);
        bench.Data.Signals.Publish(bench.Data.Signals.IndexOf(TestSignals.Temperature), -400);
        bench.Data.Signals.Publish(bench.Data.Signals.IndexOf(TestSignals.Odometer), unchecked((int)0xEE6B2800));
        bench.Expect("22 02 00 02 03 02 04 02 05", "62 02 00 00 01 02 03 00 0B B8 02 04 00 FE 70 02 05 00 EE 6B 28 00");
        bench.Data.Signals.Publish(bench.Data.Signals.IndexOf(TestSignals.Speed), 3001);
        bench.Expect("22 02 03", "62 02 03 02 0B B8");
    }

    [Fact]
    public void Signals_stand_beside_constants_and_the_application_in_the_order_of_the_request()
    {
        DcmBench bench = WithConstants();
        bench.Application.Records[0x0100] = [9];
        bench.Expect("22 F1 90 02 01 01 00 0F FF 10 00", "62 F1 90 43 44 45 02 01 01 00 01 00 09 10 00 05");
    }

    [Fact]
    public void An_output_reads_as_what_it_is_set_to()
    {
        DcmBench bench = new();
        bench.Expect("22 10 01", "62 10 01 FF F6");
        bench.Data.Outputs.Apply(TestSignals.Fan, 77);
        bench.Expect("22 10 01", "62 10 01 00 4D");
        bench.Expect("22 10 02", "7F 22 31");
    }
}
