// The whole program `esync` over mutated sources: the assembly that the fault is in is compiled in memory, the others of
// ours are loaded a second time, and all of them live in a load context of their own, so that the tests' own types and a
// mutant's never meet. Base library, packages and the contract EsyncAgent.App are shared.
// Invariants: an unchanged source is parsed once for all mutants; without a mutant the program does what it does outside.
// Tests: tests/Mutants/MutatedProgramTests.cs.
using System.Reflection;
using System.Runtime.Loader;

namespace EsyncTests.Mutants;

/// <summary>How a run of the program ended.</summary>
/// <param name="ExitCode">Exit code of the process that it would have been.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
public sealed record MutantRun(int ExitCode, string Output, string Error);

/// <summary>One mutant of the program, ready to be run.</summary>
public sealed class MutatedProgram : IDisposable
{
    private const string EntryType = "EsyncSim.Cli.EsyncCommandLine";
    private const string EntryMethod = "RunAsync";
    private readonly ProgramLoadContext _context;
    private readonly List<(Mutant Mutant, MutantAssembly Assembly, int Index)> _switched = [];

    /// <summary>Compiles a mutant; without one the program is the product. Throws with the compiler's words when it is no C#.</summary>
    public MutatedProgram(Mutant? mutant)
        : this(mutant?.Name ?? "product", mutant is null ? [] : [mutant], isSwitched: false)
    {
    }

    private MutatedProgram(string name, IReadOnlyList<Mutant> mutants, bool isSwitched)
    {
        Mutant? homeless = mutants.FirstOrDefault(mutant => !MutantAssembly.All.Any(assembly => assembly.Owns(mutant.File)));
        if (homeless is not null)
        {
            throw new InvalidOperationException($"mutant '{homeless.Name}': {homeless.File} belongs to none of {string.Join(", ", MutantAssembly.All.Select(a => a.Folder))}");
        }

        _context = new ProgramLoadContext(name);
        foreach (MutantAssembly assembly in MutantAssembly.All)
        {
            Mutant[] own = [.. mutants.Where(mutant => assembly.Owns(mutant.File))];
            if (own.Length > 0)
            {
                _context.Add(assembly.Name, isSwitched ? assembly.CompileSwitched(own) : assembly.Compile(own));
                _switched.AddRange(own.Select((mutant, index) => (mutant, assembly, index)).Where(_ => isSwitched));
            }
        }
    }

    /// <summary>One program with faults none of which is at work before <see cref="Select"/>.</summary>
    public static MutatedProgram Switched(string name, IReadOnlyList<Mutant> mutants) => new(name, mutants, isSwitched: true);

    /// <summary>Puts these of a switched program's mutants to work, for everything that runs on it, and no others; two of one body cannot be at work together.</summary>
    public void Select(params IReadOnlyList<Mutant> mutants)
    {
        if (mutants.FirstOrDefault(mutant => !_switched.Exists(one => one.Mutant == mutant)) is { } stranger)
        {
            throw new InvalidOperationException($"mutant '{stranger.Name}' is not one of this program's");
        }

        if (mutants.Count > 1 && mutants.GroupBy(MutantSwitch.PlaceOf).FirstOrDefault(place => place.Count() > 1) is { } both)
        {
            throw new InvalidOperationException($"mutants of one body cannot be at work together: '{string.Join("', '", both.Select(mutant => mutant.Name))}'");
        }

        foreach ((Mutant mutant, MutantAssembly assembly, int index) in _switched)
        {
            Type flags = _context.LoadFromAssemblyName(new AssemblyName(assembly.Name)).GetType(MutantSwitch.TypeName)!;
            ((bool[])flags.GetField(MutantSwitch.FieldName)!.GetValue(null)!)[index] = mutants.Contains(mutant);
        }
    }

    /// <summary>Runs the command line with these arguments.</summary>
    public async Task<MutantRun> RunAsync(params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        MethodInfo run = Type(EntryType).GetMethod(EntryMethod)!;
        int code = await (Task<int>)run.Invoke(null, [arguments, TextWriter.Synchronized(output), TextWriter.Synchronized(error), null])!;
        return new MutantRun(code, output.ToString(), error.ToString());
    }

    /// <summary>A type of the mutated program, for what the command line does not reach.</summary>
    public Type Type(string fullName) =>
        MutantAssembly.All.Select(assembly => _context.LoadFromAssemblyName(new AssemblyName(assembly.Name)).GetType(fullName)).FirstOrDefault(type => type is not null)
        ?? throw new InvalidOperationException($"the program has no type {fullName}");

    /// <inheritdoc/>
    public void Dispose() => _context.Unload();

    private sealed class ProgramLoadContext(string name) : AssemblyLoadContext(name, isCollectible: true)
    {
        private readonly Dictionary<string, Assembly> _mutated = [];

        public void Add(string assembly, byte[] image)
        {
            using MemoryStream stream = new(image);
            _mutated[assembly] = LoadFromStream(stream);
        }

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            string wanted = assemblyName.Name ?? string.Empty;
            if (_mutated.TryGetValue(wanted, out Assembly? mutated))
            {
                return mutated;
            }

            // The others of ours must bind to the mutated one, and so cannot be those that the tests use.
            return MutantAssembly.All.Any(assembly => assembly.Name == wanted)
                ? LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, wanted + ".dll"))
                : null;
        }
    }
}
