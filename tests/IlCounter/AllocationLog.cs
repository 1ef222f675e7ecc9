// Writes down what the counting agent allocates: bytes by the target's layout, and which method made an object.
// Runs inside a CountingContext; one at a time, switched off by Dispose.
// Tests: tests/host-sim/Measure/AllocationTests.cs.
using System.Reflection;
using System.Runtime.CompilerServices;
using EsyncAgent;

namespace EsyncTests.IlCounting;

/// <summary>Allocations of the agent while it exists.</summary>
internal sealed class AllocationLog : IDisposable
{
    private static readonly FieldInfo Field = FindField();
    private readonly Dictionary<object, int> _makers = new(ReferenceEqualityComparer.Instance);
    private readonly bool _isKept;

    /// <summary>Begins; with <paramref name="isKept"/> the objects are remembered, else counted only.</summary>
    internal AllocationLog(bool isKept)
    {
        _isKept = isKept;
        Field.SetValue(null, (Action<int, object?>)Take);
    }

    /// <summary>Bytes on the target so far.</summary>
    internal long Bytes { get; private set; }

    /// <summary>Index of the method that made an object; null for what the agent did not make.</summary>
    internal int? MakerOf(object item) => _makers.TryGetValue(item, out int method) ? method : null;

    public void Dispose() => Field.SetValue(null, null);

    // What static fields of the agent hold belongs to no turn, whichever is the first to ask for them: it is made now.
    private static FieldInfo FindField()
    {
        Assembly agent = typeof(EcuM).Assembly;
        foreach (Type type in agent.GetTypes())
        {
            RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        }

        return agent.GetType(Instrumenter.CounterType)!.GetField(Instrumenter.AllocatedField)!;
    }

    private void Take(int method, object? item)
    {
        Bytes += Allocations.LengthOf(item);
        if (_isKept && item != null)
        {
            _makers[item] = method;
        }
    }
}
