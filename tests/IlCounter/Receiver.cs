// The type of the object on which a method is called, as far as the instruction shows it that put the object on the stack: a
// field's, a variable's, a parameter's, a result's. Found backwards, through straight code only.
// Tests: tests/host-sim/Measure/CallGraphTests.cs.
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace EsyncTests.IlCounting;

/// <summary>Receivers of calls.</summary>
internal static class Receiver
{
    /// <summary>The declared type of the receiver; null where it is not to be seen.</summary>
    internal static TypeDefinition? TypeOf(Instruction call, MethodDefinition method)
    {
        int missing = ((MethodReference)call.Operand).Parameters.Count + 1; // values above and at the place that is looked for
        for (Instruction? at = call.Previous; at != null && at.OpCode.FlowControl is FlowControl.Next or FlowControl.Call; at = at?.Previous)
        {
            if (missing <= Pushes(at) && missing == 1)
            {
                return TypeOfResult(at, method);
            }

            missing += Pops(at) - Pushes(at);
            if (missing < 1)
            {
                return null;
            }
        }

        return null;
    }

    private static TypeDefinition? TypeOfResult(Instruction instruction, MethodDefinition method) => instruction.Operand switch
    {
        FieldReference field => field.FieldType.Resolve(),
        MethodReference called when instruction.OpCode.Code == Code.Newobj => called.DeclaringType.Resolve(),
        MethodReference called => called.ReturnType.Resolve(),
        VariableDefinition variable => variable.VariableType.Resolve(),
        ParameterDefinition parameter => parameter.ParameterType.Resolve(),
        _ => TypeOfShort(instruction, method),
    };

    private static TypeDefinition? TypeOfShort(Instruction instruction, MethodDefinition method)
    {
        int local = instruction.OpCode.Code - Code.Ldloc_0;
        int argument = instruction.OpCode.Code - Code.Ldarg_0;
        if (local is >= 0 and <= 3)
        {
            return method.Body.Variables[local].VariableType.Resolve();
        }

        return argument switch
        {
            < 0 or > 3 => null,
            0 when method.HasThis => method.DeclaringType,
            _ => method.Parameters[argument - (method.HasThis ? 1 : 0)].ParameterType.Resolve(),
        };
    }

    private static int Pushes(Instruction instruction) => instruction.OpCode.StackBehaviourPush switch
    {
        StackBehaviour.Push0 => 0,
        StackBehaviour.Push1_push1 => 2,
        StackBehaviour.Varpush => ((MethodReference)instruction.Operand).ReturnType.MetadataType == MetadataType.Void ? 0 : 1,
        _ => 1,
    };

    private static int Pops(Instruction instruction) => instruction.OpCode.StackBehaviourPop switch
    {
        StackBehaviour.Pop0 => 0,
        StackBehaviour.Pop1 or StackBehaviour.Popi or StackBehaviour.Popref => 1,
        StackBehaviour.Varpop => PopsOfCall(instruction),
        StackBehaviour.Popi_popi_popi or StackBehaviour.Popref_popi_popi or StackBehaviour.Popref_popi_popi8 or StackBehaviour.Popref_popi_popr4 or StackBehaviour.Popref_popi_popr8 or StackBehaviour.Popref_popi_popref => 3,
        _ => 2,
    };

    private static int PopsOfCall(Instruction instruction) =>
        instruction.Operand is MethodReference called ? called.Parameters.Count + (called.HasThis && instruction.OpCode.Code != Code.Newobj ? 1 : 0) : 0;
}
