// Checksum over calibration values: what the application reports as the identity of its tables.
// CRC-32 (IEEE 802.3, reflected), the low byte of each value first, four bits at a time: a small table is enough.
// Tests: tests/host-sim/Applications.
namespace EsyncApplications;

/// <summary>CRC-32 of one map after the other.</summary>
public sealed class Checksum
{
    private static readonly uint[] Nibbles =
    {
        0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
        0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C, 0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C,
    };

    private uint _register = 0xFFFFFFFF;

    /// <summary>The checksum of everything that was added.</summary>
    public uint Value
    {
        get { return ~_register; }
    }

    /// <summary>Adds all values of a map.</summary>
    public void Add(Map map)
    {
        short[] values = map.Values;
        uint[] nibbles = Nibbles;
        uint register = _register;
        for (int i = 0; i < values.Length; i++)
        {
            register ^= (ushort)values[i];
            register = (register >> 4) ^ nibbles[register & 15];
            register = (register >> 4) ^ nibbles[register & 15];
            register = (register >> 4) ^ nibbles[register & 15];
            register = (register >> 4) ^ nibbles[register & 15];
        }

        _register = register;
    }
}
