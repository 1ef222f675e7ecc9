// Holds an ECU to what it promises of a broken transfer, by what really lies in the bank: that it decodes and programs one
// chunk twice at most, or one sector where that is larger, and asks again for no more than the rest of the piece that holds
// its checkpoint and what was in its memory.
// Invariant: what is there is judged by the flash's cells and the signed image, where decoding goes on by the transfer alone.
// PROTOCOL.md "Checkpoints of decoders". Tests: tests/host-sim/Sweep.
using EsyncAgent;
using EsyncSim.Flash;

namespace EsyncSim.Sweep;

/// <summary>The check.</summary>
internal static class ResumeCheck
{
    // An agent holds two pieces and two chunks, and up to four bytes of the piece before as bits.
    private const int ChunksInMemory = 2;
    private const int PiecesInMemory = 2;
    private const int BytesAsBits = 4;

    /// <summary>Throws when more has to be made or sent again than may be.</summary>
    /// <param name="agent">An ECU that receives the image and has just come up.</param>
    /// <param name="flash">Its flash.</param>
    /// <param name="image">The image.</param>
    /// <param name="places">Its chunks' places in the transfer.</param>
    /// <param name="sent">Bytes of the transfer that it had taken.</param>
    public static void Run(EcuM agent, FlashModel flash, SignedImage image, int[] places, int sent)
    {
        FlsArea bank = agent.Banks.ImageArea(agent.Banks.Secondary);
        int recorded = AgentRig.ChunksInBank(agent);
        int chunks = places.Length - 1;
        if (recorded >= chunks)
        {
            return;
        }

        int whole = WholeChunks(flash.Memory, bank.Start, image.Payload);
        int again = whole - recorded;
        int sector = flash.Geometry.LengthOf(flash.Geometry.SectorAt(bank.Start + (uint)(recorded * BankWriter.ChunkLength)));
        int againMax = Math.Max(1, sector / BankWriter.ChunkLength);
        if (again > againMax)
        {
            throw Found($"{whole} chunks lie in the bank, and the ECU goes on after {recorded}: {again} are made again, {againMax} may be");
        }

        int next = AgentRig.ResumeOffset(agent);
        int checkpoint = PieceStart(Math.Min(places[recorded], image.Transfer.Length - 1));
        if (next < checkpoint)
        {
            throw Found($"the ECU asks for the bytes from {next} on; the piece that holds its checkpoint begins at {checkpoint}");
        }

        int decoded = places[Math.Min(whole + ChunksInMemory, chunks)];
        int sentMax = PieceStart(decoded + BytesAsBits) + (PiecesInMemory * ChunkBuffers.Length);
        if (sent > sentMax)
        {
            throw Found($"the ECU had taken {sent} bytes, and {sent - next} are sent again; its memory holds those up to {sentMax}");
        }
    }

    /// <summary>True when these bytes lie there for good, every bit of them.</summary>
    public static bool Holds(FlashMemory memory, uint address, ReadOnlySpan<byte> bytes)
    {
        byte[] there = new byte[bytes.Length];
        return memory.Peek(address, there) && bytes.SequenceEqual(there);
    }

    private static int WholeChunks(FlashMemory memory, uint start, byte[] payload)
    {
        int whole = 0;
        for (int at = 0; at < payload.Length; at += BankWriter.ChunkLength, whole++)
        {
            if (!Holds(memory, start + (uint)at, payload.AsSpan(at, Math.Min(BankWriter.ChunkLength, payload.Length - at))))
            {
                break;
            }
        }

        return whole;
    }

    private static int PieceStart(int position) => position / ChunkBuffers.Length * ChunkBuffers.Length;

    private static SweepFaultException Found(string what) => new(SweepFault.ResentInFull, what);
}
