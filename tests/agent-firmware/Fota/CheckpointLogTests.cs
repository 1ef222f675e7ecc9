// The checkpoint list: layout, order, resumption, full areas, failures.
using EsyncAgent;
using EsyncSim.Flash;
using EsyncTests.PowerCut;
using Xunit;

namespace EsyncTests.AgentFirmware.Fota;

public sealed class CheckpointLogTests
{
    private static readonly byte[] Digest = [.. Enumerable.Range(0x40, 32).Select(i => (byte)i)];
    private static readonly byte[] Other = new byte[32];
    private readonly FlashModel _flash = new(FlashGeometries.W25Q32);

    [Fact]
    public void A_new_part_has_no_list()
    {
        MemoryRig rig = Load();
        Assert.Equal(0u, rig.Checkpoints.RecordedChunks);
        Assert.False(rig.Checkpoints.Matches(Digest));
        Assert.False(rig.Checkpoints.Matches(Other));
    }

    [Fact]
    public void Records_have_the_documented_layout()
    {
        MemoryRig rig = Load();
        Open(rig, Digest, 5);
        Append(rig, 5);
        string digest = Convert.ToHexString(Digest[..16]);
        Assert.Equal("45534350" + "00000001" + "00000005" + digest, Record(rig.Map.Checkpoint0.Start));
        Assert.Equal("4553434B" + "00000005" + "00000000" + digest, Record(rig.Map.Checkpoint0.Start + 32));
    }

    [Fact]
    public void Chunks_are_recorded_forwards_only_and_only_in_an_open_list()
    {
        MemoryRig rig = Load();
        Assert.False(rig.Checkpoints.Append(0, MemoryRig.NoState));
        Open(rig, Digest, 0);
        Assert.True(rig.Checkpoints.Append(0, MemoryRig.NoState));
        Assert.False(rig.Checkpoints.Append(1, MemoryRig.NoState));
        Assert.False(rig.Checkpoints.Open(Digest, 0));
        rig.RunCheckpoints();
        Assert.Equal(1u, rig.Checkpoints.RecordedChunks);
        Assert.False(rig.Checkpoints.Append(0, MemoryRig.NoState));
        rig = Load();
        Assert.True(rig.Checkpoints.Matches(Digest));
        Assert.False(rig.Checkpoints.Matches(Other));
        Assert.Equal(1u, rig.Checkpoints.RecordedChunks);
        Assert.False(rig.Checkpoints.Append(1, MemoryRig.NoState));
    }

    [Fact]
    public void Nothing_is_opened_before_the_areas_are_read()
        => Assert.False(new MemoryRig(_flash).Checkpoints.Open(Digest, 0));

    [Fact]
    public void A_list_is_fresh_until_something_is_appended()
    {
        MemoryRig rig = Load();
        Assert.False(rig.Checkpoints.IsFreshAt(0));
        Open(rig, Digest, 3);
        Assert.True(rig.Checkpoints.IsFreshAt(3));
        Assert.False(rig.Checkpoints.IsFreshAt(2));
        Append(rig, 3);
        Assert.False(rig.Checkpoints.IsFreshAt(4));
        Assert.False(Load().Checkpoints.IsFreshAt(4));
    }

    [Fact]
    public void An_older_list_of_the_same_manifest_cannot_come_back()
    {
        MemoryRig rig = Load();
        Open(rig, Digest, 0);
        Append(rig, 0);
        Append(rig, 1);
        Open(rig, Digest, 0);
        _flash.Memory.FlipBit(rig.Map.Checkpoint1.Start + 1, 0);
        rig = Load();
        Assert.Equal(0u, rig.Checkpoints.RecordedChunks);
    }

    [Fact]
    public void A_list_longer_than_an_area_goes_on_in_the_other()
    {
        MemoryRig rig = Load();
        Open(rig, Digest, 0);
        for (uint chunk = 0; chunk < 300; chunk++)
        {
            Append(rig, chunk);
        }

        Assert.Equal(300u, rig.Checkpoints.RecordedChunks);
        rig = Load();
        Assert.True(rig.Checkpoints.Matches(Digest));
        Assert.Equal(300u, rig.Checkpoints.RecordedChunks);
    }

    [Fact]
    public void A_record_that_the_flash_did_not_take_moves_the_list_to_the_other_area()
    {
        MemoryRig rig = Load();
        Open(rig, Digest, 0);
        Append(rig, 0);
        int failures = 1;
        _flash.Fault = operation => operation.Kind == FlashOperationKind.Program && failures-- > 0 ? FlashFault.WrongBits : FlashFault.None;
        Append(rig, 1);
        Append(rig, 2);
        Assert.Equal(3u, Load().Checkpoints.RecordedChunks);
    }

    [Fact]
    public void A_state_counts_with_its_record_and_not_while_that_is_written()
    {
        MemoryRig rig = Load();
        Open(rig, Digest, 0);
        DecoderCheckpoint first = new(MemoryRig.StateLengthMax) { Length = 9 };
        first.Data[0] = 1;
        Assert.True(rig.Checkpoints.Append(0, first));
        Assert.Equal((0u, 0), (rig.Checkpoints.RecordedChunks, rig.Checkpoints.State.Length));
        rig.RunCheckpoints();
        Assert.Equal((1u, 9, 1), (rig.Checkpoints.RecordedChunks, rig.Checkpoints.State.Length, rig.Checkpoints.State.Data[0]));
        Assert.True(rig.Checkpoints.Append(1, MemoryRig.NoState));
        Assert.Equal((1u, 9), (rig.Checkpoints.RecordedChunks, rig.Checkpoints.State.Length));
        rig.RunCheckpoints();
        Assert.Equal((2u, 0), (rig.Checkpoints.RecordedChunks, rig.Checkpoints.State.Length));
    }

    [Fact]
    public void A_failed_opening_matches_nothing_and_takes_nothing()
    {
        MemoryRig rig = Load();
        Open(rig, Digest, 0);
        Append(rig, 0);
        _flash.Fault = _ => FlashFault.Failed;
        Assert.True(rig.Checkpoints.Open(Other, 0));
        Assert.Equal(StdReturn.NotOk, rig.RunCheckpoints());
        Assert.False(rig.Checkpoints.Matches(Other));
        Assert.False(rig.Checkpoints.Matches(Digest));
        Assert.False(rig.Checkpoints.Append(1, MemoryRig.NoState));
        _flash.Fault = null;
        Open(rig, Other, 0);
        Assert.True(Load().Checkpoints.Matches(Other));
    }

    [Fact]
    public void The_sequence_of_the_areas_wraps()
    {
        MemoryRig rig = Load();
        byte[] header = new byte[32];
        BigEndian.WriteU32(header, 0, 0x45534350);
        BigEndian.WriteU32(header, 4, 0xFFFFFFFF);
        BigEndian.WriteU32(header, 8, 9);
        Digest.AsSpan(0, 16).CopyTo(header.AsSpan(12));
        BigEndian.WriteU32(header, 28, Crc32.Compute(header, 0, 28));
        _flash.Memory.Program(rig.Map.Checkpoint0.Start, header);
        BigEndian.WriteU32(header, 4, 0);
        BigEndian.WriteU32(header, 8, 4);
        BigEndian.WriteU32(header, 28, Crc32.Compute(header, 0, 28));
        _flash.Memory.Program(rig.Map.Checkpoint1.Start, header);
        rig = Load();
        Assert.Equal(4u, rig.Checkpoints.RecordedChunks);
        Open(rig, Digest, 6);
        Assert.Equal(6u, Load().Checkpoints.RecordedChunks);
    }

    private static void Open(MemoryRig rig, byte[] digest, uint chunks)
    {
        Assert.True(rig.Checkpoints.Open(digest, chunks));
        Assert.Equal(StdReturn.Ok, rig.RunCheckpoints());
    }

    private static void Append(MemoryRig rig, uint chunk)
    {
        Assert.True(rig.Checkpoints.Append(chunk, MemoryRig.NoState));
        Assert.Equal(StdReturn.Ok, rig.RunCheckpoints());
    }

    private MemoryRig Load()
    {
        MemoryRig rig = new(_flash);
        rig.Checkpoints.BeginLoad();
        Assert.Equal(StdReturn.Ok, rig.RunCheckpoints());
        return rig;
    }

    // The 28 bytes before the CRC, which must be right.
    private string Record(uint address)
    {
        byte[] bytes = new byte[32];
        _flash.Memory.Read(address, bytes);
        Assert.Equal(Crc32.Compute(bytes, 0, 28), BigEndian.ReadU32(bytes, 28));
        return Convert.ToHexString(bytes, 0, 28);
    }
}
