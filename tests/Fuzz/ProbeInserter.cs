// Puts probes into an assembly's IL: one at the start of each method, one on each outcome of each conditional branch (taken,
// not taken; every target of a switch and its default). A loop always passes one, so that probes count steps as well.
// Invariants: what the code does stays as it is; numbers follow the order of the metadata, so that a seed repeats a run.
// SharpFuzz's instrumentation is used under AFL++ only (AflProgram): it numbers by chance and into 65,536 places, so that two
// runs differ and branches collide.
// Tests: tests/Fuzz/Checks.
using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace EsyncTests.Fuzzing;

/// <summary>One probe.</summary>
/// <param name="Type">Full name of the outermost type around it.</param>
/// <param name="Method">Name of its method.</param>
/// <param name="IsOutcome">True for an outcome of a branch, false for a method's start.</param>
public sealed record ProbeSite(string Type, string Method, bool IsOutcome);

/// <summary>Inserts probes.</summary>
public static class ProbeInserter
{
    private const string CompilerMade = "System.Runtime.CompilerServices.CompilerGeneratedAttribute";

    /// <summary>The assembly with probes, whose sites are added to a list; a probe's number is its place there.</summary>
    public static byte[] Insert(byte[] image, List<ProbeSite> sites)
    {
        using AssemblyDefinition assembly = AssemblyDefinition.ReadAssembly(new MemoryStream(image));
        ModuleDefinition module = assembly.MainModule;
        (module.Architecture, module.Attributes) = (TargetArchitecture.I386, ModuleAttributes.ILOnly);
        MethodReference hit = module.ImportReference(typeof(Probe).GetMethod(nameof(Probe.Hit)));
        foreach (MethodDefinition method in module.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody).ToList())
        {
            Insert(method, hit, sites);
        }

        using MemoryStream stream = new();
        assembly.Write(stream);
        return stream.ToArray();
    }

    private static void Insert(MethodDefinition method, MethodReference hit, List<ProbeSite> sites)
    {
        MethodBody body = method.Body;
        body.SimplifyMacros();
        ILProcessor il = body.GetILProcessor();
        string type = OutermostName(method.DeclaringType);

        // Members that the compiler writes for records are no parser's branches: they guide, but do not count.
        bool isWritten = method.CustomAttributes.All(attribute => attribute.AttributeType.FullName != CompilerMade);
        int Site(bool isOutcome)
        {
            sites.Add(new ProbeSite(type, method.Name, isOutcome && isWritten));
            return sites.Count - 1;
        }

        List<Instruction> branches = [.. body.Instructions.Where(instruction => instruction.OpCode.FlowControl == FlowControl.Cond_Branch)];
        List<Instruction> code = [il.Create(OpCodes.Ldc_I4, Site(false)), il.Create(OpCodes.Call, hit)];
        Instruction first = body.Instructions[0];
        code.ForEach(inserted => il.InsertBefore(first, inserted));
        foreach (Instruction branch in branches)
        {
            Split(il, branch, hit, Site);
        }

        body.OptimizeMacros();
    }

    // branch T; next  →  branch S; probe; br next; S: probe; br T; next
    private static void Split(ILProcessor il, Instruction branch, MethodReference hit, Func<bool, int> site)
    {
        Instruction next = branch.Next;
        List<Instruction> code = [il.Create(OpCodes.Ldc_I4, site(true)), il.Create(OpCodes.Call, hit), il.Create(OpCodes.Br, next)];
        Dictionary<Instruction, Instruction> stubs = [];
        Instruction Stub(Instruction target)
        {
            if (!stubs.TryGetValue(target, out Instruction? stub))
            {
                stub = il.Create(OpCodes.Ldc_I4, site(true));
                stubs.Add(target, stub);
                code.AddRange([stub, il.Create(OpCodes.Call, hit), il.Create(OpCodes.Br, target)]);
            }

            return stub;
        }

        branch.Operand = branch.Operand is Instruction[] targets ? targets.Select(Stub).ToArray() : Stub((Instruction)branch.Operand);
        Instruction last = branch;
        foreach (Instruction inserted in code)
        {
            il.InsertAfter(last, inserted);
            last = inserted;
        }
    }

    private static string OutermostName(TypeDefinition type)
    {
        TypeDefinition outermost = type;
        while (outermost.DeclaringType is TypeDefinition outer)
        {
            outermost = outer;
        }

        return outermost.FullName;
    }
}
