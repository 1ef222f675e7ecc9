// CRC-32 (ISO-HDLC, the one of IEEE 802.3) for the small records in flash.
// A table of 16 entries, two look-ups per byte: 64 bytes of memory instead of 1 KiB, and records are short. Four bytes at a
// time, so that an interpreter runs 23 instructions for a byte where a loop over bytes takes 33.
// Never use it where an attacker chooses the bytes: it finds torn writes, not forgeries.
// Tests: tests/agent-firmware/Std (check value CBF43926 for "123456789").
namespace EsyncAgent;

/// <summary>CRC-32/ISO-HDLC: polynomial 04C11DB7 reflected, initial value and final XOR FFFFFFFF.</summary>
public static class Crc32
{
    private static readonly uint[] Nibble =
    {
        0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
        0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C, 0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C,
    };

    /// <summary>CRC of <paramref name="count"/> bytes.</summary>
    public static uint Compute(byte[] data, int offset, int count)
    {
        uint[] nibble = Nibble;
        uint crc = 0xFFFFFFFF;
        int end = offset + count;
        int i = offset;
        for (; i <= end - 4; i += 4)
        {
            // Little-endian on every target: the first byte is the lowest, the one that the CRC takes first.
            crc ^= System.BitConverter.ToUInt32(data, i);
            crc = (crc >> 4) ^ nibble[crc & 15];
            crc = (crc >> 4) ^ nibble[crc & 15];
            crc = (crc >> 4) ^ nibble[crc & 15];
            crc = (crc >> 4) ^ nibble[crc & 15];
            crc = (crc >> 4) ^ nibble[crc & 15];
            crc = (crc >> 4) ^ nibble[crc & 15];
            crc = (crc >> 4) ^ nibble[crc & 15];
            crc = (crc >> 4) ^ nibble[crc & 15];
        }

        for (; i < end; i++)
        {
            crc ^= data[i];
            crc = (crc >> 4) ^ nibble[crc & 15];
            crc = (crc >> 4) ^ nibble[crc & 15];
        }

        return ~crc;
    }
}
