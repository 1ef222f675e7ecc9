// A second world in the same process, in which EsyncAgent and EsyncAgent.Drivers are counting ones.
// Everything that is compiled against them (host-sim, the workloads of this project) is loaded once more in here, so
// that its references lead to the counting ones; all else is shared. What crosses the border are types of the base
// library only.
// Tests: tests/host-sim/Ecu/IlCounterTests.cs.
using System.Reflection;
using System.Runtime.Loader;

namespace EsyncTests.IlCounting;

/// <summary>Loads the counting agent, the counting drivers and what uses them.</summary>
public sealed class CountingContext : AssemblyLoadContext
{
    private static readonly string[] Reloaded = ["esync", "IlCounter", "EsyncAgent.App"];
    private readonly Dictionary<string, Assembly> _counting = [];

    /// <summary>Loads instrumented assemblies, one numbered after the other, with all their counters at zero.</summary>
    public CountingContext(params Instrumented[] assemblies)
        : base("counting")
    {
        Methods = [.. assemblies.SelectMany(assembly => assembly.Methods)];
        Counts = new long[Methods.Count];
        foreach (Instrumented instrumented in assemblies)
        {
            Assembly assembly = LoadFromStream(new MemoryStream(instrumented.Image));
            assembly.GetType(Instrumenter.CounterType)!.GetField(Instrumenter.CounterField)!.SetValue(null, Counts);
            _counting.Add(assembly.GetName().Name!, assembly);
        }
    }

    /// <summary>Instructions executed, by method.</summary>
    public long[] Counts { get; }

    /// <summary>Names of the methods.</summary>
    public IReadOnlyList<string> Methods { get; }

    /// <summary>Calls a public static method of this project's copy in here, by the names of type and method.</summary>
    public object? Call(Type type, string method, params object?[] arguments)
    {
        Type inside = LoadFromAssemblyName(type.Assembly.GetName()).GetType(type.FullName!)!;
        MethodInfo info = inside.GetMethod(method, BindingFlags.Public | BindingFlags.Static)!;
        return info.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null);
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (_counting.TryGetValue(assemblyName.Name!, out Assembly? counting))
        {
            return counting;
        }

        return Reloaded.Contains(assemblyName.Name)
            ? LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, assemblyName.Name + ".dll"))
            : null;
    }
}
