// The text in what a nanoFramework board sends on its serial line. Without a debugger the runtime prints plainly; between
// that, and as soon as a debugger asks, come packets of its Wire Protocol:
//   "NFPKTV1" 00, CRC of the header (4), CRC of the payload (4), command (4), sequence (2 + 2), flags (4), size (4), payload
// all little-endian. Command 1 carries text; everything else is no text.
// Invariant: bytes that are no packet are text, whatever they are; a packet that the recording cuts off is dropped.
// Tests: tests/host-sim/Hil/SerialTextTests.cs.
using System.Buffers.Binary;
using System.Text;

namespace EsyncSim.Hil;

/// <summary>Reads a recorded serial line.</summary>
internal static class SerialText
{
    private const int HeaderLength = 32;
    private const int CommandOffset = 16;
    private const int SizeOffset = 28;
    private const uint MessageCommand = 1;
    private const uint PayloadMax = 64 * 1024;

    private static ReadOnlySpan<byte> Marker => "NFPKTV1\0"u8;

    /// <summary>The lines of text, without their ends; empty ones are left out.</summary>
    public static string[] Lines(ReadOnlySpan<byte> recording) =>
        Decode(recording).Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries);

    private static string Decode(ReadOnlySpan<byte> recording)
    {
        List<byte> text = [];
        while (recording.Length > 0)
        {
            int start = recording.IndexOf(Marker);
            if (start < 0)
            {
                text.AddRange(recording);
                break;
            }

            text.AddRange(recording[..start]);
            recording = recording[start..];
            if (recording.Length < HeaderLength)
            {
                break;
            }

            uint size = BinaryPrimitives.ReadUInt32LittleEndian(recording[SizeOffset..]);
            if (size > PayloadMax)
            {
                // A header that was garbled on the line: what follows it is read as it comes.
                recording = recording[Marker.Length..];
                continue;
            }

            ReadOnlySpan<byte> payload = recording[HeaderLength..Math.Min(recording.Length, HeaderLength + (int)size)];
            if (BinaryPrimitives.ReadUInt32LittleEndian(recording[CommandOffset..]) == MessageCommand)
            {
                text.AddRange(payload);
            }

            recording = recording[(HeaderLength + payload.Length)..];
        }

        return Encoding.UTF8.GetString([.. text]);
    }
}
