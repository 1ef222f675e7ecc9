// The rates of the report, computed once more from nothing but the candump: transfers are found by their UDS messages,
// frames are counted bit by bit by code that shares nothing with the simulator's.
using System.Globalization;
using EsyncSim.Demo;
using Xunit;

namespace EsyncTests.HostSim.Demo;

public class TransferRateTests
{
    private const int BitRate = 500_000;
    private const int InterframeBits = 3;

    [Fact]
    public void Each_percentage_follows_from_the_candump()
    {
        DemoRun run = DemoRun.Standard.Value;
        List<Frame> frames = [.. run.Candump.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Frame.Parse)];
        List<Recomputed> recomputed = [.. Transfers(frames, 0x7E0, 0x7E8), .. Transfers(frames, 0x7E2, 0x7EA)];
        List<TransferResult> reported = [.. run.Report.Transfers.OrderBy(transfer => transfer.Ecu == "battery")];

        Assert.Equal(reported.Count, recomputed.Count);
        foreach ((TransferResult report, Recomputed wire) in reported.Zip(recomputed))
        {
            Assert.Equal(report.Bytes, wire.Bytes);
            Assert.Equal(report.BusSeconds, wire.Seconds, 0.0005);
            Assert.Equal(report.LimitKBps, wire.LimitKBps, 0.005);
            Assert.Equal(report.PercentOfLimit, wire.Bytes / wire.Seconds / 1000 / wire.LimitKBps * 100, 0.05);
        }
    }

    // A transfer: from RequestDownload to the bank, to its positive end, or to the last block that was acknowledged.
    private static IEnumerable<Recomputed> Transfers(List<Frame> all, uint request, uint response)
    {
        List<Frame> frames = [.. all.Where(frame => frame.Identifier == request || frame.Identifier == response)];
        for (int i = 0; i < frames.Count; i++)
        {
            if (frames[i].Identifier == request && frames[i].Hex.StartsWith("100B34", StringComparison.Ordinal) && frames[i].Hex.AsSpan(8, 5) is "44200")
            {
                Recomputed? transfer = Follow(frames, i, request);
                if (transfer is not null)
                {
                    yield return transfer;
                }
            }
        }
    }

    private static Recomputed? Follow(List<Frame> frames, int start, uint request)
    {
        double begin = frames[start].EndSeconds - (frames[start].Bits / (double)BitRate);
        double end = begin;
        int pending = 0;
        int bytes = 0;
        double consecutive = 0;
        int count = 0;
        (double Seconds, int Count) acknowledged = (0, 0);
        for (int i = start; i < frames.Count; i++)
        {
            Frame frame = frames[i];
            bool isRequest = frame.Identifier == request;
            if (isRequest && frame.Hex[0] == '2')
            {
                consecutive += (frame.Bits + InterframeBits) / (double)BitRate;
                count++;
            }
            else if (isRequest && frame.Hex[0] == '1' && frame.Hex.Substring(4, 2) == "36")
            {
                pending = int.Parse(frame.Hex.AsSpan(1, 3), NumberStyles.HexNumber, CultureInfo.InvariantCulture) - 2;
            }
            else if (!isRequest && frame.Hex.Substring(2, 2) == "76")
            {
                bytes += pending;
                end = frame.EndSeconds;
                acknowledged = (consecutive, count);
            }
            else if (!isRequest && frame.Hex.StartsWith("0177", StringComparison.Ordinal))
            {
                return new Recomputed(bytes, frame.EndSeconds - begin, 7 * count / consecutive / 1000);
            }
            else if (!isRequest && frame.Hex.StartsWith("037F3772", StringComparison.Ordinal))
            {
                return null; // refused at its end
            }
            else if (!isRequest && frame.Hex.StartsWith("037F36", StringComparison.Ordinal) && !frame.Hex.StartsWith("037F3678", StringComparison.Ordinal))
            {
                return null; // refused, not interrupted
            }
            else if (isRequest && i > start && frame.Hex.StartsWith("0210", StringComparison.Ordinal))
            {
                // Another conversation has begun: the power was cut. Frames of the last block count for the limit as well.
                return acknowledged.Count == 0 ? null : new Recomputed(bytes, end - begin, 7 * count / consecutive / 1000);
            }
        }

        return null;
    }

    private sealed record Recomputed(int Bytes, double Seconds, double LimitKBps);

    private sealed record Frame(double EndSeconds, uint Identifier, byte[] Data)
    {
        public string Hex { get; } = Convert.ToHexString(Data);

        /// <summary>Bits on the wire from SOF to the end of EOF, stuff bits included (ISO 11898-1:2015 §10.4, §10.5).</summary>
        public int Bits
        {
            get
            {
                List<int> bits = [0];
                Append(bits, (int)Identifier, 11);
                Append(bits, 0, 3); // RTR, IDE, r0
                Append(bits, Data.Length, 4);
                foreach (byte value in Data)
                {
                    Append(bits, value, 8);
                }

                int crc = 0;
                foreach (int bit in bits)
                {
                    bool isInverted = ((crc >> 14) & 1) != bit;
                    crc = (crc << 1) & 0x7FFF;
                    crc ^= isInverted ? 0x4599 : 0;
                }

                Append(bits, crc, 15);
                const int TrailerBits = 1 + 2 + 7; // CRC delimiter, acknowledge with its delimiter, end of frame
                return bits.Count + StuffBits(bits) + TrailerBits;
            }
        }

        public static Frame Parse(string line)
        {
            string[] parts = line.Split(' ');
            string[] frame = parts[2].Split('#');
            return new Frame(
                double.Parse(parts[0].AsSpan(1, parts[0].Length - 2), CultureInfo.InvariantCulture) - 1_700_000_000,
                uint.Parse(frame[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                Convert.FromHexString(frame[1]));
        }

        private static void Append(List<int> bits, int value, int count)
        {
            for (int i = count - 1; i >= 0; i--)
            {
                bits.Add((value >> i) & 1);
            }
        }

        // After five equal bits one of the other value goes in, and it begins the next run.
        private static int StuffBits(List<int> bits)
        {
            int stuffed = 0;
            int last = -1;
            int run = 0;
            foreach (int bit in bits)
            {
                run = bit == last ? run + 1 : 1;
                last = bit;
                if (run == 5)
                {
                    stuffed++;
                    last = 1 - bit;
                    run = 1;
                }
            }

            return stuffed;
        }
    }
}
