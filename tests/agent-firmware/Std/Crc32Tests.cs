// CRC-32 against the published check value and against its own use over parts of arrays.
using System.Text;
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.Std;

public sealed class Crc32Tests
{
    [Fact]
    public void The_check_value_of_CRC_32_ISO_HDLC_is_met()
    {
        byte[] digits = Encoding.ASCII.GetBytes("x123456789x");
        Assert.Equal(0xCBF43926u, Crc32.Compute(digits, 1, 9));
    }

    [Fact]
    public void An_empty_range_has_CRC_zero()
    {
        Assert.Equal(0u, Crc32.Compute([1, 2, 3], 1, 0));
    }
}
