// Cutting a stream into chunks: order, the last one's padding, what is taken while both buffers are full.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.Fota;

public sealed class ChunkBuffersTests
{
    private readonly ChunkBuffers _buffers = new(new byte[ChunkBuffers.Length], new byte[ChunkBuffers.Length]);

    [Fact]
    public void Blocks_of_any_length_come_out_as_chunks_in_order()
    {
        byte[] data = [.. Enumerable.Range(0, 10_000).Select(i => (byte)(i * 7))];
        foreach (int block in new[] { 1, 7, 4093, 4096, 9000 })
        {
            _buffers.Begin(0, (uint)data.Length);
            List<byte> chunks = [];
            for (int at = 0; at < data.Length; at += block)
            {
                int count = Math.Min(block, data.Length - at);
                while (_buffers.Accept(data, at, count) == StdReturn.Pending)
                {
                    Take(chunks);
                }
            }

            while (_buffers.HasFull)
            {
                Take(chunks);
            }

            Assert.Equal(0u, _buffers.Remaining);
            Assert.Equal(3 * ChunkBuffers.Length, chunks.Count);
            Assert.Equal(data, chunks[..data.Length]);
            Assert.All(chunks[data.Length..], value => Assert.Equal(0xFF, value));
        }
    }

    [Fact]
    public void A_block_that_finds_no_room_counts_as_not_taken()
    {
        byte[] block = new byte[3 * ChunkBuffers.Length];
        _buffers.Begin(0, (uint)block.Length);
        Assert.Equal(StdReturn.Pending, _buffers.Accept(block, 0, block.Length));
        Assert.Equal((uint)block.Length, _buffers.Remaining);
        Assert.Equal(0u, _buffers.Position);
        Assert.True(_buffers.HasFull);
        _buffers.Release();
        Assert.Equal(StdReturn.Ok, _buffers.Accept(block, 0, block.Length));
        Assert.Equal(0u, _buffers.Remaining);
        Assert.True(_buffers.HasFull);
    }

    [Fact]
    public void A_producer_finds_as_much_room_as_the_stream_and_the_buffer_have()
    {
        _buffers.Begin(ChunkBuffers.Length, ChunkBuffers.Length + 100);
        Assert.Equal(100, _buffers.Room);
        _buffers.Filled(60);
        Assert.Equal((40, 60, false), (_buffers.Room, _buffers.FillCount, _buffers.HasFull));
        _buffers.Filled(40);
        Assert.Equal((0, true), (_buffers.Room, _buffers.HasFull));
    }

    [Fact]
    public void Dropped_bytes_do_not_come_out()
    {
        _buffers.Begin(0, 2 * ChunkBuffers.Length);
        _buffers.Accept(new byte[ChunkBuffers.Length + 5], 0, ChunkBuffers.Length + 5);
        _buffers.DropFilling();
        Assert.Equal((0, true), (_buffers.FillCount, _buffers.HasFull));
        _buffers.Drop();
        Assert.False(_buffers.HasFull);
    }

    private void Take(List<byte> chunks)
    {
        chunks.AddRange(_buffers.Full);
        _buffers.Release();
    }
}
