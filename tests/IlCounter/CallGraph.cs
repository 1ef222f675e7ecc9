// Who calls whom in the compiled agent, and the deepest chain of calls from a method on.
// A virtual call may reach every override in the agent; a port has none there, for what a board does is not the agent's.
// Methods that call each other in a ring cannot be bounded by this: they are named, and count once each.
// Invariant: the same assembly gives the same chain; of two that are equally deep the one whose name comes first is taken.
// Tests: tests/host-sim/Measure/CallGraphTests.cs.
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace EsyncTests.IlCounting;

/// <summary>A chain of calls.</summary>
/// <param name="Methods">From the first caller to the last callee.</param>
/// <param name="Weight">Sum of the weights of its methods.</param>
public sealed record CallChain(IReadOnlyList<string> Methods, long Weight);

/// <summary>Static calls of an assembly.</summary>
public sealed class CallGraph
{
    private readonly Dictionary<MethodDefinition, MethodDefinition[]> _calls = [];
    private readonly Dictionary<MethodDefinition, MethodDefinition> _ringOf = [];
    private readonly Dictionary<MethodDefinition, List<MethodDefinition>> _rings = [];
    private readonly Dictionary<(TypeDefinition Receiver, MethodDefinition Method), MethodDefinition[]> _implementations = [];
    private readonly TypeDefinition[] _types;

    /// <summary>Reads an assembly.</summary>
    public CallGraph(byte[] image)
    {
        ModuleDefinition module = ModuleDefinition.ReadModule(new MemoryStream(image));
        _types = [.. module.GetTypes()];
        foreach (MethodDefinition method in _types.SelectMany(type => type.Methods).Where(method => method.HasBody))
        {
            _calls[method] = [.. Callees(method).Where(callee => callee.HasBody).Distinct().OrderBy(NameOf, StringComparer.Ordinal)];
        }

        new RingFinder(this).Run();
    }

    /// <summary>Rings of methods that call each other, or themselves.</summary>
    public IReadOnlyList<string> Recursions =>
        [.. _rings.Values.Where(ring => ring.Count > 1 || _calls[ring[0]].Contains(ring[0])).Select(ring => string.Join(" ↔ ", ring.Select(NameOf).Order(StringComparer.Ordinal))).Order(StringComparer.Ordinal)];

    /// <summary>The deepest chain from a method "Class.Method" on, counted in frames.</summary>
    public CallChain Deepest(string from) => Longest(from, _ => 1);

    /// <summary>The chain whose stack frames take most memory on the target.</summary>
    public CallChain Largest(string from) => Longest(from, method => TargetLayout.FrameLength(method.Body.Variables.Count, method.Body.MaxStackSize));

    private CallChain Longest(string from, Func<MethodDefinition, long> weigh)
    {
        MethodDefinition start = _calls.Keys.Single(method => NameOf(method) == from);
        Dictionary<MethodDefinition, (long Weight, MethodDefinition? Next)> longest = [];
        long weight = Visit(_ringOf[start]);
        List<string> names = [];
        for (MethodDefinition? ring = _ringOf[start]; ring != null; ring = longest[ring].Next)
        {
            names.AddRange(_rings[ring].Select(NameOf));
        }

        return new CallChain(names, weight);

        long Visit(MethodDefinition ring)
        {
            if (longest.TryGetValue(ring, out (long Weight, MethodDefinition? Next) known))
            {
                return known.Weight;
            }

            (long Weight, MethodDefinition? Next) best = (0, null);
            foreach (MethodDefinition callee in _rings[ring].SelectMany(method => _calls[method]).Select(callee => _ringOf[callee]).Where(callee => callee != ring).Distinct())
            {
                long below = Visit(callee);
                best = below > best.Weight ? (below, callee) : best;
            }

            longest[ring] = (best.Weight + _rings[ring].Sum(weigh), best.Next);
            return longest[ring].Weight;
        }
    }

    private static string NameOf(MethodDefinition method) => $"{method.DeclaringType.Name}.{method.Name}";

    private IEnumerable<MethodDefinition> Callees(MethodDefinition method)
    {
        foreach (Instruction instruction in method.Body.Instructions)
        {
            if (instruction.Operand is MethodReference reference && reference.DeclaringType.Scope == method.Module && reference.Resolve() is { } callee)
            {
                bool isVirtual = instruction.OpCode.Code is Code.Callvirt or Code.Ldvirtftn && callee.IsVirtual;
                foreach (MethodDefinition possible in isVirtual ? Implementations(Receiver.TypeOf(instruction, method), callee) : [callee])
                {
                    yield return possible;
                }
            }
        }
    }

    // A variable's type may say more than the class that declared the method first.
    private MethodDefinition[] Implementations(TypeDefinition? variable, MethodDefinition callee)
    {
        TypeDefinition receiver = variable != null && IsA(variable, callee.DeclaringType) ? variable : callee.DeclaringType;
        if (!_implementations.TryGetValue((receiver, callee), out MethodDefinition[]? found))
        {
            found = [.. _types.Where(type => !type.IsAbstract && IsA(type, receiver)).Select(type => Implementation(type, callee)).OfType<MethodDefinition>().Distinct()];
            _implementations.Add((receiver, callee), found);
        }

        return found;
    }

    private static MethodDefinition? Implementation(TypeDefinition type, MethodDefinition of)
    {
        for (TypeDefinition? at = type; at != null; at = at.BaseType?.Resolve())
        {
            if (at.Methods.FirstOrDefault(method => method == of || Overrides(method, of)) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static bool IsA(TypeDefinition? type, TypeDefinition ancestor)
    {
        for (; type != null; type = type.BaseType?.Resolve())
        {
            if (type == ancestor || type.Interfaces.Any(item => IsA(item.InterfaceType.Resolve(), ancestor)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Overrides(MethodDefinition method, MethodDefinition of) =>
        method.Overrides.Any(item => item.Resolve() == of)
        || (method.IsVirtual && method.Name == of.Name && method.Parameters.Select(p => p.ParameterType.FullName).SequenceEqual(of.Parameters.Select(p => p.ParameterType.FullName)));

    /// <summary>Tarjan's search for rings: each method is in one, most of them alone.</summary>
    private sealed class RingFinder(CallGraph graph)
    {
        private readonly Dictionary<MethodDefinition, int> _number = [];
        private readonly Dictionary<MethodDefinition, int> _low = [];
        private readonly Stack<MethodDefinition> _open = [];
        private readonly HashSet<MethodDefinition> _isOpen = [];

        internal void Run()
        {
            foreach (MethodDefinition method in graph._calls.Keys.Where(method => !_number.ContainsKey(method)))
            {
                Visit(method);
            }
        }

        private void Visit(MethodDefinition method)
        {
            _number[method] = _low[method] = _number.Count;
            _open.Push(method);
            _isOpen.Add(method);
            foreach (MethodDefinition callee in graph._calls[method])
            {
                if (!_number.ContainsKey(callee))
                {
                    Visit(callee);
                    _low[method] = Math.Min(_low[method], _low[callee]);
                }
                else if (_isOpen.Contains(callee))
                {
                    _low[method] = Math.Min(_low[method], _number[callee]);
                }
            }

            if (_low[method] == _number[method])
            {
                Close(method);
            }
        }

        private void Close(MethodDefinition first)
        {
            List<MethodDefinition> ring = graph._rings[first] = [];
            MethodDefinition method;
            do
            {
                method = _open.Pop();
                _isOpen.Remove(method);
                ring.Add(method);
                graph._ringOf[method] = first;
            }
            while (method != first);
        }
    }
}
