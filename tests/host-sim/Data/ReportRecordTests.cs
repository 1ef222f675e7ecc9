// Records of the report log: each field at its place, CRC and order checked, and whatever is wrong is refused with its place.
using EsyncSim.Data;
using Xunit;

namespace EsyncTests.HostSim.Data;

public sealed class ReportRecordTests
{
    // length | kind | priority | number | boot | ms | retention | body, as agent-firmware/PROTOCOL.md has it.
    private const string Head = "0019 01 02 01020304 0506 0708090A 0018";

    [Fact]
    public void Each_field_is_read_from_its_place()
    {
        ReportRecord record = Assert.Single(ReportRecord.ReadAll(WithCrc(Head + "AABBCCDDEE")));

        Assert.Equal((ReportKind.Sample, ReportPriority.High, 0x01020304u), (record.Kind, record.Priority, record.Sequence));
        Assert.Equal(((ushort)0x0506, 0x0708090Au, (ushort)24), (record.Boot, record.Ms, record.RetentionHours));
        Assert.Equal("AABBCCDDEE", Convert.ToHexString(record.Body));
    }

    [Fact]
    public void A_record_that_is_made_here_is_the_one_that_is_read()
    {
        ReportRecord made = ReportRecord.Make(ReportKind.Sample, ReportPriority.High, 0x01020304, 0x0506, 0x0708090A, 24, [0xAA, 0xBB, 0xCC, 0xDD, 0xEE]);

        Assert.Equal(WithCrc(Head + "AABBCCDDEE"), made.Bytes);
    }

    [Fact]
    public void Records_follow_each_other_without_padding_and_none_is_a_list_too()
    {
        Assert.Equal([1u, 2u, 9u], ReportRecord.ReadAll([.. Some(1), .. Some(2), .. Some(9)]).Select(record => record.Sequence));
        Assert.Empty(ReportRecord.ReadAll([]));
    }

    [Fact]
    public void Any_bit_that_flips_and_any_byte_that_lacks_is_noticed()
    {
        byte[] good = [.. Some(1), .. Some(2)];
        for (int bit = 0; bit < 8 * good.Length; bit++)
        {
            byte[] bad = [.. good];
            bad[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<MalformedReportException>(() => ReportRecord.ReadAll(bad));
        }

        for (int length = 1; length < good.Length; length++)
        {
            if (length != good.Length / 2)
            {
                Assert.Throws<MalformedReportException>(() => ReportRecord.ReadAll(good.AsSpan(..length)));
            }
        }
    }

    [Theory]
    [InlineData("0014 00 01 00000001 0001 00000000 0000", "kind 00")]
    [InlineData("0014 06 01 00000001 0001 00000000 0000", "kind 06")]
    [InlineData("0014 01 03 00000001 0001 00000000 0000", "priority 03")]
    [InlineData("0014 01 01 00000000 0001 00000000 0000", "number 0 ")]
    [InlineData("0013 01 01 00000001 0001 00000000 00", "shortest record")]
    [InlineData("0013 01 01 00000001 0001 00000000 0000", "its length is 19")]
    [InlineData("0015 01 01 00000001 0001 00000000 0000", "its length is 21")]
    public void What_no_report_says_is_refused(string head, string finding)
    {
        MalformedReportException error = Assert.Throws<MalformedReportException>(() => ReportRecord.ReadAll([.. Some(1), .. WithCrc(head)]));

        Assert.Contains(finding, error.Message);
        Assert.Equal(Some(1).Length, error.At);
    }

    [Fact]
    public void Numbers_that_do_not_ascend_are_refused()
    {
        Assert.Contains("number 2 comes after 2", Assert.Throws<MalformedReportException>(() => ReportRecord.ReadAll([.. Some(2), .. Some(2)])).Message);
        Assert.Throws<MalformedReportException>(() => ReportRecord.ReadAll([.. Some(2), .. Some(1)]));
    }

    [Fact]
    public void A_kind_of_a_newer_agent_is_kept()
    {
        ReportRecord record = Assert.Single(ReportRecord.ReadAll(WithCrc("0015 09 01 00000001 0001 00000000 0000 77")));

        Assert.Equal("77", Convert.ToHexString(Assert.IsType<ReportBody.Raw>(ReportBody.Of(record, null)).Bytes));
    }

    private static byte[] Some(uint sequence) => ReportRecord.Make(ReportKind.Sample, ReportPriority.Low, sequence, 1, 0, 0, [1, 0, 0, 1]).Bytes;

    private static byte[] WithCrc(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex.Replace(" ", ""));
        uint crc = EsyncAgent.Crc32.Compute(bytes, 0, bytes.Length);
        return [.. bytes, (byte)(crc >> 24), (byte)(crc >> 16), (byte)(crc >> 8), (byte)crc];
    }
}
