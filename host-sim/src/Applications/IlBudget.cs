// Puts a counter into an assembly: at the start of each basic block a call that says how many IL instructions the block
// has. A spinning application is thereby ended after the same number of instructions on every machine; real time plays
// no part.
// Thread.Sleep becomes a cost of the same time, for the simulation's clock does not wait for the machine's.
// Invariants: what the code computes is unchanged; every instruction of the application is counted once, those inserted
// are not; branch targets and handler boundaries lead to the count of their block.
// Instructions inside the base library are not counted.
// Tests: tests/host-sim/Applications.
using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;
using MethodInfo = System.Reflection.MethodInfo;

namespace EsyncSim.Applications;

/// <summary>Instruments assemblies with <see cref="TurnBudget"/>.</summary>
public static class IlBudget
{
    private static readonly MethodInfo Spend = typeof(TurnBudget).GetMethod(nameof(TurnBudget.Spend))!;
    private static readonly MethodInfo[] Sleeps = [.. typeof(TurnBudget).GetMethods().Where(method => method.Name == nameof(TurnBudget.Sleep))];

    /// <summary>Returns the assembly with the counter in every method.</summary>
    /// <exception cref="BadImageFormatException">It is no assembly.</exception>
    public static byte[] Instrument(byte[] assembly)
    {
        using AssemblyDefinition definition = AssemblyDefinition.ReadAssembly(new MemoryStream(assembly));
        MethodReference spend = definition.MainModule.ImportReference(Spend);
        Dictionary<string, MethodReference> sleeps = Sleeps.ToDictionary(SleepName, definition.MainModule.ImportReference);
        foreach (MethodDefinition method in definition.MainModule.GetTypes().SelectMany(type => type.Methods))
        {
            if (method.HasBody)
            {
                ReplaceSleeps(method.Body, sleeps);
                Instrument(method.Body, spend);
            }
        }

        using MemoryStream instrumented = new(assembly.Length * 5 / 4);
        definition.Write(instrumented);
        return instrumented.ToArray();
    }

    private static string SleepName(MethodInfo sleep) => $"System.Void {typeof(Thread).FullName}::Sleep({sleep.GetParameters()[0].ParameterType.FullName})";

    private static void ReplaceSleeps(MethodBody body, Dictionary<string, MethodReference> sleeps)
    {
        foreach (Instruction instruction in body.Instructions)
        {
            if (instruction.Operand is MethodReference called && sleeps.TryGetValue(called.FullName, out MethodReference? sleep))
            {
                instruction.Operand = sleep;
            }
        }
    }

    private static void Instrument(MethodBody body, MethodReference spend)
    {
        body.SimplifyMacros();
        Dictionary<Instruction, Instruction> counts = [];
        ILProcessor code = body.GetILProcessor();
        foreach ((Instruction first, int length) in Blocks(body))
        {
            Instruction load = code.Create(OpCodes.Ldc_I4, length);
            counts.Add(first, load);
            code.InsertBefore(first, load);
            code.InsertBefore(first, code.Create(OpCodes.Call, spend));
        }

        Redirect(body, counts);
        body.OptimizeMacros();
    }

    private static List<(Instruction First, int Length)> Blocks(MethodBody body)
    {
        HashSet<Instruction> starts = Starts(body);
        List<(Instruction First, int Length)> blocks = [];
        foreach (Instruction instruction in body.Instructions)
        {
            if (starts.Contains(instruction))
            {
                blocks.Add((instruction, 0));
            }

            (Instruction first, int length) = blocks[^1];
            blocks[^1] = (first, length + 1);
        }

        return blocks;
    }

    private static HashSet<Instruction> Starts(MethodBody body)
    {
        HashSet<Instruction> starts = [body.Instructions[0]];
        foreach (Instruction instruction in body.Instructions)
        {
            switch (instruction.Operand)
            {
                case Instruction target:
                    starts.Add(target);
                    break;
                case Instruction[] targets:
                    starts.UnionWith(targets);
                    break;
            }

            if (instruction.Next is not null && EndsBlock(instruction.OpCode.FlowControl))
            {
                starts.Add(instruction.Next);
            }
        }

        starts.UnionWith(body.ExceptionHandlers.SelectMany(Boundaries).OfType<Instruction>());
        return starts;
    }

    private static bool EndsBlock(FlowControl flow) =>
        flow is FlowControl.Branch or FlowControl.Cond_Branch or FlowControl.Return or FlowControl.Throw;

    private static Instruction?[] Boundaries(ExceptionHandler handler) =>
        [handler.TryStart, handler.TryEnd, handler.FilterStart, handler.HandlerStart, handler.HandlerEnd];

    private static void Redirect(MethodBody body, Dictionary<Instruction, Instruction> counts)
    {
        foreach (Instruction instruction in body.Instructions)
        {
            instruction.Operand = instruction.Operand switch
            {
                Instruction target => counts[target],
                Instruction[] targets => targets.Select(target => counts[target]).ToArray(),
                object other => other,
                null => null,
            };
        }

        foreach (ExceptionHandler handler in body.ExceptionHandlers)
        {
            handler.TryStart = At(handler.TryStart);
            handler.TryEnd = At(handler.TryEnd);
            handler.FilterStart = At(handler.FilterStart);
            handler.HandlerStart = At(handler.HandlerStart);
            handler.HandlerEnd = At(handler.HandlerEnd);
        }

        Instruction? At(Instruction? boundary) => boundary is null ? null : counts[boundary];
    }
}
