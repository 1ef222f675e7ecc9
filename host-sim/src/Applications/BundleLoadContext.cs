// Where the assemblies of one bundle live: their own world, which goes away with the ECU's run.
// The contract EsyncAgent.App, the instruction counter and the base library come from outside, so that both sides mean the
// same types; the counter is that of the program which loads, of which there may be several in one process.
// Tests: tests/host-sim/Applications.
using System.Reflection;
using System.Runtime.Loader;

namespace EsyncSim.Applications;

/// <summary>A collectible load context for one bundle.</summary>
internal sealed class BundleLoadContext() : AssemblyLoadContext("bundle", isCollectible: true)
{
    private readonly Dictionary<string, Assembly> _own = [];

    /// <summary>Loads the next assembly of the bundle, with the instruction counter in it.</summary>
    public Assembly Add(byte[] image)
    {
        using MemoryStream stream = new(IlBudget.Instrument(image));
        Assembly assembly = LoadFromStream(stream);
        _own[assembly.GetName().Name ?? string.Empty] = assembly;
        return assembly;
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        Assembly counter = typeof(TurnBudget).Assembly;
        string name = assemblyName.Name ?? string.Empty;
        return name == counter.GetName().Name ? counter : _own.GetValueOrDefault(name);
    }
}
