// Puts counting code before every basic block of an assembly: what is executed is counted, instruction by instruction.
// A block ends at branches, returns and throws, and begins at branch targets and at every boundary of an exception
// handler. Its length is added to one element of a static array, one per method. Whatever a method allocates is shown to a
// static delegate, where one is set (Allocations.cs says what allocates).
// Invariants: what the compiler emitted is counted, never the inserted code; short branch forms count like long ones;
// an instruction that throws counts with its whole block; the base library is not counted, for it is native on a board.
// Tests: tests/host-sim/Ecu/IlCounterTests.cs.
using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace EsyncTests.IlCounting;

/// <summary>An instrumented assembly.</summary>
/// <param name="Image">The assembly.</param>
/// <param name="Methods">Full name of the method behind each counter.</param>
public sealed record Instrumented(byte[] Image, IReadOnlyList<string> Methods);

/// <summary>Adds counters to an assembly.</summary>
public static class Instrumenter
{
    /// <summary>Name of the type that holds the counters.</summary>
    public const string CounterType = "IlCounters";

    /// <summary>Name of its field, an array of 64-bit numbers that must be set before anything runs.</summary>
    public const string CounterField = "Counts";

    /// <summary>Name of the field that may hold an <see cref="Action{T1, T2}"/>: it gets the method's index and each object that the method allocates.</summary>
    public const string AllocatedField = "Allocated";

    /// <summary>The same assembly, counting, with its first counter at an index.</summary>
    public static Instrumented Instrument(byte[] image, int firstIndex = 0)
    {
        using AssemblyDefinition assembly = AssemblyDefinition.ReadAssembly(new MemoryStream(image));
        ModuleDefinition module = assembly.MainModule;
        FieldDefinition counts = new(CounterField, FieldAttributes.Public | FieldAttributes.Static, new ArrayType(module.TypeSystem.Int64));
        MethodDefinition note = Allocations.CreateNote(module);
        List<string> methods = [];
        foreach (MethodDefinition method in module.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody).ToList())
        {
            Instrument(method, counts, note, firstIndex + methods.Count);
            methods.Add($"{method.DeclaringType.Name}.{method.Name}");
        }

        TypeDefinition type = new(string.Empty, CounterType, TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed, module.TypeSystem.Object);
        type.Fields.Add(counts);
        type.Fields.Add(Allocations.FieldOf(note));
        type.Methods.Add(note);
        module.Types.Add(type);
        using MemoryStream stream = new();
        assembly.Write(stream);
        return new Instrumented(stream.ToArray(), methods);
    }

    private static void Instrument(MethodDefinition method, FieldDefinition counts, MethodDefinition note, int index)
    {
        MethodBody body = method.Body;
        body.SimplifyMacros();
        HashSet<Instruction> starts = BlockStarts(body);
        List<(Instruction Start, int Length)> blocks = [];
        foreach (Instruction instruction in body.Instructions)
        {
            if (starts.Contains(instruction))
            {
                blocks.Add((instruction, 0));
            }

            blocks[^1] = (blocks[^1].Start, blocks[^1].Length + 1);
        }

        Instruction[] allocations = [.. body.Instructions.Where(Allocations.Allocates)];
        Dictionary<Instruction, Instruction> moved = [];
        ILProcessor il = body.GetILProcessor();
        foreach ((Instruction start, int length) in blocks)
        {
            Instruction first = il.Create(OpCodes.Ldsfld, counts);
            Instruction[] code =
            [
                first,
                il.Create(OpCodes.Ldc_I4, index),
                il.Create(OpCodes.Ldelema, method.Module.TypeSystem.Int64),
                il.Create(OpCodes.Dup),
                il.Create(OpCodes.Ldind_I8),
                il.Create(OpCodes.Ldc_I8, (long)length),
                il.Create(OpCodes.Add),
                il.Create(OpCodes.Stind_I8),
            ];
            foreach (Instruction inserted in code)
            {
                il.InsertBefore(start, inserted);
            }

            moved.Add(start, first);
        }

        Redirect(body, moved);
        foreach (Instruction allocation in allocations)
        {
            Allocations.Show(il, allocation, note, index);
        }

        body.OptimizeMacros();
    }

    private static HashSet<Instruction> BlockStarts(MethodBody body)
    {
        HashSet<Instruction?> starts = [body.Instructions[0]];
        foreach (Instruction instruction in body.Instructions)
        {
            switch (instruction.OpCode.FlowControl)
            {
                case FlowControl.Branch:
                case FlowControl.Cond_Branch:
                    starts.UnionWith(instruction.Operand as Instruction[] ?? [(Instruction)instruction.Operand]);
                    starts.Add(instruction.Next);
                    break;
                case FlowControl.Return:
                case FlowControl.Throw:
                    starts.Add(instruction.Next);
                    break;
                default:
                    break;
            }
        }

        foreach (ExceptionHandler handler in body.ExceptionHandlers)
        {
            starts.UnionWith([handler.TryStart, handler.TryEnd, handler.HandlerStart, handler.HandlerEnd, handler.FilterStart]);
        }

        starts.Remove(null);
        return starts!;
    }

    private static void Redirect(MethodBody body, Dictionary<Instruction, Instruction> moved)
    {
        foreach (Instruction instruction in body.Instructions)
        {
            if (instruction.Operand is Instruction target && moved.TryGetValue(target, out Instruction? first))
            {
                instruction.Operand = first;
            }
            else if (instruction.Operand is Instruction[] targets)
            {
                instruction.Operand = targets.Select(t => moved.GetValueOrDefault(t, t)).ToArray();
            }
        }

        foreach (ExceptionHandler handler in body.ExceptionHandlers)
        {
            handler.TryStart = Moved(handler.TryStart);
            handler.TryEnd = Moved(handler.TryEnd);
            handler.HandlerStart = Moved(handler.HandlerStart);
            handler.HandlerEnd = Moved(handler.HandlerEnd);
            handler.FilterStart = Moved(handler.FilterStart);
        }

        Instruction? Moved(Instruction? instruction) =>
            instruction == null ? null : moved.GetValueOrDefault(instruction, instruction);
    }
}
