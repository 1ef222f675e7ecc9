// The SPI NOR driver on the chip model: long random work against a plain array, what it asks of bus and processor, power
// that fails in the middle, memory, and that nothing is allocated.
using EsyncAgent;
using EsyncAgent.Drivers;
using EsyncSim.Flash;
using EsyncTests.IlCounting;
using Xunit;

namespace EsyncTests.Boards.Drivers;

public sealed class SpiNorOnChipTests
{
    private readonly SpiNorRig _rig = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_work_leaves_what_an_array_would_hold(int seed)
    {
        Random random = new(seed);
        const int Sectors = 4;
        byte[] expected = [.. Enumerable.Repeat((byte)0xFF, Sectors * 4096)];
        int[] filled = new int[Sectors];
        for (int i = 0; i < 400; i++)
        {
            int sector = random.Next(Sectors);
            int start = (sector * 4096) + filled[sector];
            int room = Math.Min(256 - (start % 256), ((sector + 1) * 4096) - start);
            if (room <= 0 || random.Next(20) == 0)
            {
                Assert.Equal(FlsStatus.Ok, _rig.Erase((uint)sector * 4096));
                expected.AsSpan(sector * 4096, 4096).Fill(0xFF);
                filled[sector] = 0;
                continue;
            }

            byte[] data = new byte[random.Next(room) + 1];
            random.NextBytes(data);
            Assert.Equal(FlsStatus.Ok, _rig.Program((uint)start, data));
            data.CopyTo(expected, start);
            filled[sector] += data.Length;
            int from = random.Next(expected.Length), count = random.Next(expected.Length - from) + 1;
            Assert.Equal(expected[from..(from + count)], _rig.Read((uint)from, count));
            Assert.Equal(FlsStatus.Ok, _rig.Compare((uint)from, expected[from..(from + count)]));
        }

        Assert.Equal(expected, _rig.Flash.Memory.ToBytes()[..expected.Length]);
    }

    [Theory]
    [InlineData(512, 0xEF4013)]
    [InlineData(1024, 0xEF4014)]
    [InlineData(2048, 0xEF4015)]
    [InlineData(8192, 0xEF4017)]
    [InlineData(16384, 0xEF4018)]
    public void Parts_of_all_sizes_are_known_and_used_to_their_last_byte(int kibibytes, uint id)
    {
        SpiNorRig rig = new(null, new FlashGeometry("sized", 256, 1, FlashTiming.W25Q, new SectorRun(kibibytes / 4, 4096)));
        uint last = (uint)(kibibytes * 1024) - 1;
        Assert.Equal(FlsStatus.Ok, rig.Erase(last & ~0xFFFu));
        Assert.Equal(FlsStatus.Ok, rig.Program(last, [0x5A]));
        Assert.Equal([0xFF, 0x5A], rig.Read(last - 1, 2));
        Assert.Equal((id, last + 1), (rig.Driver.JedecId, rig.Driver.Size));
        Assert.False(rig.Driver.StartRead(last, new byte[2], 0, 2));
    }

    [Fact]
    public void A_chunk_goes_through_the_agents_queue_page_by_page()
    {
        Fls fls = new(new FlsConfig(), _rig.Driver);
        byte[] chunk = [.. Enumerable.Range(0, 4096).Select(i => (byte)(i * 3))];
        FlsWriter writer = new(fls, FlsPriority.Fota);
        writer.Rewrite(new FlsArea { Start = 0x8000, Length = 0x1000 }, chunk, 0, chunk.Length);
        long before = _rig.NowUs;
        while (writer.Step() == StdReturn.Pending)
        {
            fls.MainFunction(_rig.NowMs);
            _rig.NowUs += 200;
        }

        Assert.Equal(StdReturn.Ok, writer.Step());
        Assert.Equal(chunk, _rig.Flash.Memory.ToBytes()[0x8000..0x9000]);
        Assert.Equal(17, _rig.Flash.OperationCount);
        Assert.InRange(_rig.NowUs - before, 45_000 + (16 * 700), 85_000);

        // Not busy: it is asked for the end of each page once or twice, of the erase once a millisecond.
        Assert.InRange(_rig.Transactions.Count(sent => sent == "0500"), 17 + 17 + 45, 17 + 34 + 60);
    }

    [Theory]
    [InlineData(20_000, true)]
    [InlineData(300, false)]
    public void Power_that_fails_in_the_middle_leaves_torn_cells_and_a_driver_that_starts_again(int afterUs, bool isErase)
    {
        Assert.Equal(FlsStatus.Ok, _rig.Erase(0x1000));
        byte[] page = new byte[256];
        Assert.Equal(FlsStatus.Ok, _rig.Program(0x1100, page));
        Assert.True(isErase ? _rig.Driver.StartErase(0x1000) : _rig.Driver.StartProgram(0x1000, page, 0, 256));
        _rig.NowUs += afterUs;
        _rig.Flash.CutNow(isErase ? CutModel.EraseUnstable : CutModel.ProgramBits);
        byte[] torn = _rig.Flash.Memory.ToBytes()[(isErase ? 0x1100 : 0x1000)..(isErase ? 0x1200 : 0x1100)];
        Assert.Contains(torn, value => value is not 0 and not 0xFF);

        // Without power nothing answers; afterwards everything does.
        Assert.Equal(FlsStatus.Failed, _rig.Finish(true));
        Assert.Equal((FlsStatus.Failed, SpiNorFault.NoAnswer), (_rig.Finish(_rig.Driver.StartRead(0, new byte[1], 0, 1)), _rig.Driver.Fault));
        _rig.Flash.PowerOn();
        _rig.Restart();
        Assert.Equal(FlsStatus.Ok, _rig.Erase(0x1000));
        Assert.Equal(FlsStatus.Ok, _rig.Program(0x1000, page));
        Assert.Equal(FlsStatus.Ok, _rig.Compare(0x1000, page));
    }

    [Fact]
    public void A_part_that_fails_in_silence_is_found_by_the_compare()
    {
        Assert.Equal(FlsStatus.Ok, _rig.Erase(0x1000));
        _rig.Flash.Fault = _ => FlashFault.WrongBits;
        Assert.Equal(FlsStatus.Ok, _rig.Program(0x1000, new byte[64]));
        Assert.Equal(FlsStatus.Mismatch, _rig.Compare(0x1000, new byte[64]));
    }

    [Fact]
    public void Steady_state_allocates_nothing()
    {
        QuietPart part = new();
        SpiNorFls fls = new(part, part, new SpiNorConfig { Size = 0x400000 });
        byte[] data = new byte[600];
        Work();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Work();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Work()
        {
            bool isGood = Run(fls.StartErase(0x1000)) && Run(fls.StartProgram(0x1000, data, 0, 256))
                && Run(fls.StartRead(0x1000, data, 0, 600)) && Run(fls.StartCompare(0x1000, data, 0, 600));
            Assert.True(isGood);
        }

        bool Run(bool isStarted)
        {
            FlsStatus status = FlsStatus.Busy;
            for (int i = 0; isStarted && status == FlsStatus.Busy && i < 100; i++)
            {
                part.NowMs++;
                status = fls.Poll();
            }

            return status == FlsStatus.Ok;
        }
    }
}
