// What one SHA-256 block costs an interpreter: IL instructions, counted in the compiled method. The only branches are
// those of the loop over the four rows of K, so the count is exact.
using EsyncAgent;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Xunit;

namespace EsyncTests.AgentFirmware.Csm;

public sealed class Sha256CostTests
{
    private const int Rows = 4;

    [Fact]
    public void One_block_takes_at_most_6500_IL_instructions()
    {
        using ModuleDefinition module = ModuleDefinition.ReadModule(typeof(Sha256).Assembly.Location);
        int compress = CountLoop(Body(module, nameof(Sha256Compression), nameof(Sha256Compression.Compress)));
        MethodBody load = Body(module, nameof(Sha256), "CompressBlock");
        Assert.DoesNotContain(load.Instructions, i => i.OpCode.OperandType is OperandType.InlineBrTarget or OperandType.ShortInlineBrTarget);
        int total = compress + load.Instructions.Count;
        TestContext.Current.TestOutputHelper?.WriteLine($"compress {compress}, load {load.Instructions.Count}, total {total} IL per block");
        Assert.InRange(total, 5000, 6500);
    }

    private static MethodBody Body(ModuleDefinition module, string type, string method) =>
        module.GetType("EsyncAgent", type).Methods.Single(m => m.Name == method).Body;

    // Straight code, then a loop "body; if (last) break; tail" that runs Rows times, then straight code.
    private static int CountLoop(MethodBody body)
    {
        IList<Instruction> code = body.Instructions;
        List<Instruction> branches = code.Where(i => i.Operand is Instruction).ToList();
        Assert.Equal(2, branches.Count(b => b.OpCode.FlowControl is FlowControl.Cond_Branch or FlowControl.Branch));
        Instruction exit = branches.Single(b => ((Instruction)b.Operand).Offset > b.Offset);
        Instruction back = branches.Single(b => ((Instruction)b.Operand).Offset <= b.Offset);
        int head = code.IndexOf((Instruction)back.Operand), leave = code.IndexOf(exit), end = code.IndexOf(back);
        return head + Rows * (leave + 1 - head) + (Rows - 1) * (end - leave) + (code.Count - 1 - end);
    }
}
