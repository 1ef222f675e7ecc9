// A second world in the same process, in which EsyncAgent is the counting one.
// Everything that is compiled against EsyncAgent (host-sim, the workloads of this project) is loaded once more in here, so
// that its references lead to the counting agent; all else is shared. What crosses the border are types of the base
// library only.
// Tests: tests/host-sim/Ecu/IlCounterTests.cs.
using System.Reflection;
using System.Runtime.Loader;

namespace EsyncTests.IlCounting;

/// <summary>Loads the counting agent and what uses it.</summary>
public sealed class CountingContext : AssemblyLoadContext
{
    private static readonly string[] Reloaded = ["esync", "IlCounter", "EsyncAgent.App"];
    private readonly Assembly _agent;

    /// <summary>Loads an instrumented agent, with all its counters at zero.</summary>
    public CountingContext(Instrumented agent)
        : base("counting")
    {
        Counts = new long[agent.Methods.Count];
        Methods = agent.Methods;
        _agent = LoadFromStream(new MemoryStream(agent.Image));
        _agent.GetType(Instrumenter.CounterType)!.GetField(Instrumenter.CounterField)!.SetValue(null, Counts);
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
        if (assemblyName.Name == "EsyncAgent")
        {
            return _agent;
        }

        return Reloaded.Contains(assemblyName.Name)
            ? LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, assemblyName.Name + ".dll"))
            : null;
    }
}
