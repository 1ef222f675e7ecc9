// The boot record to the byte, as PROTOCOL.md "Boot record" lays it out.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.Fota;

public sealed class BootRecordTests
{
    [Fact]
    public void A_record_has_the_documented_layout()
    {
        byte[] bytes = new byte[200];
        Filled().Serialize(bytes, 4);
        string expected =
            "45534252" + "01" + "01" + "05" + "04" + "03" + "02" + "07" + "12"
            + "01020304" + "11121314" + "21222324" + "002A" + "3132" + "00000000"
            + Of(0xA0) + Of(0xB0) + Of(0xC0) + Of(0xD0) + new string('0', 56);
        Assert.Equal(expected, Convert.ToHexString(bytes[4..192]));
        Assert.Equal(Crc32.Compute(bytes, 4, 188), BigEndian.ReadU32(bytes, 192));
        Assert.Equal(new byte[4], bytes[..4]);
        Assert.Equal(new byte[4], bytes[196..]);

        static string Of(byte value) => Convert.ToHexString([.. Enumerable.Repeat(value, 32)]);
    }

    [Fact]
    public void What_was_written_is_read_and_copied_whole()
    {
        byte[] bytes = new byte[192], again = new byte[192];
        Filled().Serialize(bytes, 0);
        BootRecord read = new(), copy = new();
        Assert.True(BootRecord.IsWhole(bytes, 0));
        read.Parse(bytes, 0);
        copy.CopyFrom(read);
        copy.Serialize(again, 0);
        Assert.Equal(bytes, again);
    }

    [Theory]
    [InlineData(0, 0x46)]
    [InlineData(4, 0x02)]
    [InlineData(5, 0x02)]
    [InlineData(5, 0xFE)]
    [InlineData(6, 0x07)]
    [InlineData(7, 0xFF)]
    public void A_record_with_an_unknown_value_is_none_even_with_a_right_CRC(int offset, byte value)
    {
        byte[] bytes = new byte[192];
        Filled().Serialize(bytes, 0);
        bytes[offset] = value;
        BigEndian.WriteU32(bytes, 188, Crc32.Compute(bytes, 0, 188));
        Assert.False(BootRecord.IsWhole(bytes, 0));
    }

    [Fact]
    public void Every_flipped_bit_makes_it_none()
    {
        byte[] bytes = new byte[192];
        Filled().Serialize(bytes, 0);
        for (int bit = 0; bit < 192 * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(BootRecord.IsWhole(bytes, 0), $"bit {bit}");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.True(BootRecord.IsWhole(bytes, 0));
    }

    private static BootRecord Filled()
    {
        BootRecord record = new()
        {
            ActiveBank = BootRecord.BankB,
            AttemptsLeft = 3,
            EsyncState = EsyncState.InstallCompleted,
            Sequence = 0x01020304,
            SecurityVersionFloor = 0x11121314,
            SequenceNumberMax = 0x21222324,
            LastError = FotaError.ConfirmTimeExpired + 5,
            RollbackCount = 0x3132,
        };
        record.State[0] = BankState.Previous;
        record.State[1] = BankState.Confirmed;
        record.MarksTried[0] = 2;
        record.MarksTried[1] = 7;
        record.Digests.AsSpan(BootRecord.DigestAt(0), 32).Fill(0xA0);
        record.Digests.AsSpan(BootRecord.DigestAt(1), 32).Fill(0xB0);
        record.Digests.AsSpan(BootRecord.SealAt(0), 32).Fill(0xC0);
        record.Digests.AsSpan(BootRecord.SealAt(1), 32).Fill(0xD0);
        return record;
    }
}
