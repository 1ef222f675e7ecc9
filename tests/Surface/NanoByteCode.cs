// Bytes of code in an assembly of nanoFramework. Its method table holds places in the code in 16 bits, and its metadata processor
// refuses an assembly with more: no compiler says so, and no .NET build notices. Names (another 16 bits) are far from that.
// The form of the code: operands that are references or far branches have two bytes instead of four, a switch's count one.
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace EsyncTests.Surface;

/// <summary>How much room an assembly's code takes on a board.</summary>
internal static class NanoByteCode
{
    /// <summary>What an assembly can hold, in bytes.</summary>
    public const int BytesMax = ushort.MaxValue;

    private const int HandlerBytes = 12;

    /// <summary>Bytes of code of all methods of an assembly.</summary>
    public static int BytesOf(byte[] image)
    {
        using var module = ModuleDefinition.ReadModule(new MemoryStream(image));
        return module.GetTypes().SelectMany(t => t.Methods).Where(m => m.HasBody).Sum(m => BytesOf(m.Body));
    }

    private static int BytesOf(MethodBody body)
    {
        int handlers = body.HasExceptionHandlers ? (HandlerBytes * body.ExceptionHandlers.Count) + 1 : 0;
        return body.CodeSize - body.Instructions.Sum(Saved) + handlers;
    }

    private static int Saved(Instruction instruction) => instruction.OpCode.OperandType switch
    {
        OperandType.InlineSwitch => 3 + (2 * ((Instruction[])instruction.Operand).Length),
        OperandType.InlineString or OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok or OperandType.InlineBrTarget => 2,
        _ => 0,
    };
}
