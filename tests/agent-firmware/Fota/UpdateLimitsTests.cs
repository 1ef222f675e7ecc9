// DID FD05: what the update target can take, as nf.config says it.
using EsyncAgent;
using EsyncSim.Flash;
using Xunit;

namespace EsyncTests.AgentFirmware.Fota;

public sealed class UpdateLimitsTests
{
    // Chunk length 4096, longest message 4095, encodings, recipients, window.
    [Theory]
    [InlineData(0x0001, 11, 0, "1000 0FFF", "0001 00 00")]
    [InlineData(0x0003, 4, 0, "1000 0FFF", "0003 00 04")]
    [InlineData(0x0005, 15, 0, "1000 0FFF", "0005 00 0F")]
    [InlineData(0x0101, 11, 32, "1000 0FFF", "0101 20 00")]
    [InlineData(0x0707, 11, 8, "1000 0FFF", "0707 08 0B")]
    public void The_limits_are_those_of_the_configuration(ushort encodings, byte windowBitsMax, byte recipients, string head, string tail)
    {
        EcuConfig config = RigConfig.Make(FlashGeometries.W25Q32, 32 * 1024);
        config.Fota.Encodings = encodings;
        config.Fota.WindowBitsMax = windowBitsMax;
        config.Fota.RecipientCountMax = recipients;
        AgentRig rig = new(config, new FlashModel(FlashGeometries.W25Q32));
        rig.PowerOn();
        byte[] record = new byte[32];
        record.AsSpan().Fill(0xEE);
        int length = rig.Agent.Fota.ReadDid(0xFD05, record, 3);
        string envelope = $"{config.Fls.ManifestA.Length - ManifestSlot.Overhead:X8}", bank = $"{config.Fls.BankA.Length:X8}";
        Assert.Equal($"{head}{envelope}{bank}{tail}".Replace(" ", ""), Convert.ToHexString(record, 3, length));
        Assert.Equal((0xEE, 0xEE), (record[2], record[3 + length]));
    }
}
