// The program with all faults of the table in it, none at work, and an ECU of it that was prepared while it was healthy.
// It is another program than the one that the tests are built against, so everything goes by reflection.
using System.Collections;
using System.Reflection;
using EsyncTests.Mutants;

namespace EsyncTests.HostSim.Conformance;

/// <summary>How a case ended on a mutant.</summary>
internal sealed record MutantVerdict(string Case, string Verdict, string Words)
{
    /// <summary>True when the case found the fault.</summary>
    public bool IsFail => Verdict == "Fail";
}

/// <summary>Runs conformance cases on mutants.</summary>
public sealed class ConformanceProgram : IDisposable
{
    private const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance;
    private readonly MutatedProgram _program = MutatedProgram.Switched("conformance", [.. ConformanceMutants.All.Select(row => row.Mutant)]);
    private readonly object _target;
    private readonly MethodInfo _run;
    private readonly Dictionary<string, object> _cases = [];

    public ConformanceProgram()
    {
        object config = Static("EsyncSim.Config.NfConfig", "Load", Repository.PathOf("nf.config"), null);
        object ecu = config.GetType().GetMethod("Ecu", Any)!.Invoke(config, ["motor"])!;
        object profile = Static("EsyncSim.Conformance.ProfileOfConfig", "Of", ecu);
        _target = Activator.CreateInstance(_program.Type("EsyncSim.Conformance.VirtualConformanceTarget"), Any, null, [ecu, profile, 1UL, CancellationToken.None, null, null], null)!;
        _run = _program.Type("EsyncSim.Conformance.ConformanceRunner").GetMethod("Run", Any)!;
        foreach (object one in (IEnumerable)_program.Type("EsyncSim.Conformance.ConformanceCatalogue").GetProperty("All", Any)!.GetValue(null)!)
        {
            _cases.Add((string)Property(one, "Id")!, one);
        }
    }

    /// <summary>Numbers of all cases, in the catalogue's order.</summary>
    internal IReadOnlyList<string> Cases => [.. _cases.Keys];

    /// <summary>Runs a case on a mutant, or on the healthy program.</summary>
    internal MutantVerdict Run(Mutant? mutant, string id)
    {
        _program.Select(mutant is null ? [] : [mutant]);
        object one = _cases.GetValueOrDefault(id) ?? throw new InvalidOperationException($"there is no conformance case {id}");
        object result = _run.Invoke(null, [one, _target])!;
        return new MutantVerdict(id, Property(result, "Verdict")!.ToString()!, $"{Property(result, "Reason")} {Property(result, "Broken")}");
    }

    public void Dispose() => _program.Dispose();

    private object Static(string type, string method, params object?[] arguments) => _program.Type(type).GetMethod(method, Any)!.Invoke(null, arguments)!;

    private static object? Property(object of, string name) => of.GetType().GetProperty(name, Any)!.GetValue(of);
}
