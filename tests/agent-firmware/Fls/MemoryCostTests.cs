// What the memory modules cost when nothing happens, and that they allocate nothing when something does.
using EsyncAgent;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Xunit;

namespace EsyncTests.AgentFirmware.FlsTests;

public sealed class MemoryCostTests
{
    [Fact]
    public void An_idle_cycle_of_all_memory_modules_takes_less_than_30_IL_instructions()
    {
        using ModuleDefinition module = ModuleDefinition.ReadModule(typeof(Fls).Assembly.Location);
        string[] modules = [nameof(Fls), nameof(NvM), nameof(BootRecordStore), nameof(CheckpointLog)];
        int total = modules.Sum(name => ShortestWayOut(module.GetType("EsyncAgent", name).Methods.Single(m => m.Name == "MainFunction").Body));
        Assert.InRange(total, 8, 29);
    }

    [Fact]
    public void Writing_allocates_nothing()
    {
        FlsConfig map = PowerCut.FlashLayout.For(EsyncSim.Flash.FlashGeometries.W25Q32);
        Fls fls = new(map, new RamFls());
        NvM nvm = new(new NvMConfig(), fls);
        BootRecordStore store = new(fls);
        CheckpointLog log = new(fls, PowerCut.MemoryRig.StateLengthMax, new byte[BankWriter.ChunkLength]);
        byte[] data = new byte[32];
        BootRecord draft = new();
        log.BeginLoad();
        Run(2000);
        Work();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Work();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(2u, store.Record.Sequence);
        Assert.Equal(2u, log.RecordedChunks);
        Assert.Equal(StdReturn.Ok, nvm.WriteResult(2));

        void Work()
        {
            draft.CopyFrom(store.Record);
            bool isStarted = nvm.Write(1, data, 0, 16) && nvm.Write(2, data, 0, 16) && store.Write(draft) && log.Open(data, 1);
            Run(500);
            isStarted &= log.Append(1, PowerCut.MemoryRig.NoState);
            Run(500);
            Assert.True(isStarted);
        }

        void Run(int cycles)
        {
            for (uint now = 0; now < cycles; now++)
            {
                nvm.MainFunction(now);
                store.MainFunction(now);
                log.MainFunction(now);
                fls.MainFunction(now);
            }
        }
    }

    // The idle path is the one that looks at a field or two and returns, so it is the shortest one.
    private static int ShortestWayOut(MethodBody body)
    {
        Dictionary<Instruction, int> steps = new() { [body.Instructions[0]] = 1 };
        Queue<Instruction> queue = new([body.Instructions[0]]);
        while (queue.TryDequeue(out Instruction? at))
        {
            if (at.OpCode.FlowControl == FlowControl.Return)
            {
                return steps[at];
            }

            IEnumerable<Instruction> next = at.Operand switch
            {
                Instruction target when at.OpCode.FlowControl == FlowControl.Branch => [target],
                Instruction target => [target, at.Next],
                Instruction[] targets => [.. targets, at.Next],
                _ => [at.Next],
            };
            foreach (Instruction one in next.Where(one => steps.TryAdd(one, steps[at] + 1)))
            {
                queue.Enqueue(one);
            }
        }

        throw new InvalidOperationException("the method never returns");
    }

    // A part without rules or times, which allocates nothing itself.
    private sealed class RamFls : IFls
    {
        private readonly byte[] _cells = [.. Enumerable.Repeat((byte)0xFF, 0x40000)];
        private FlsStatus _status;

        public uint Size => (uint)_cells.Length;

        public int PageSize => 256;

        public int WriteUnit => 1;

        public byte ErasedValue => 0xFF;

        public uint SectorStart(uint address) => address & ~0xFFFu;

        public uint SectorLength(uint address) => 0x1000;

        public bool StartErase(uint address)
        {
            _cells.AsSpan((int)address, 0x1000).Fill(0xFF);
            return End(FlsStatus.Ok);
        }

        public bool StartProgram(uint address, byte[] data, int offset, int count)
        {
            data.AsSpan(offset, count).CopyTo(_cells.AsSpan((int)address));
            return End(FlsStatus.Ok);
        }

        public bool StartRead(uint address, byte[] into, int offset, int count)
        {
            _cells.AsSpan((int)address, count).CopyTo(into.AsSpan(offset));
            return End(FlsStatus.Ok);
        }

        public bool StartCompare(uint address, byte[] data, int offset, int count)
            => End(_cells.AsSpan((int)address, count).SequenceEqual(data.AsSpan(offset, count)) ? FlsStatus.Ok : FlsStatus.Mismatch);

        public FlsStatus Poll() => _status;

        private bool End(FlsStatus status)
        {
            _status = status;
            return true;
        }
    }
}
