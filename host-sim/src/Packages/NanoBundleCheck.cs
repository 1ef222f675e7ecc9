// Whether a board can start a nanoFramework bundle, told before anybody signs: each assembly by its .pe file, its references
// by what is loaded before it, the entry class in the last one. References match as the runtime matches them: by name, and by
// major and minor version. On the board are mscorlib, the contract EsyncAgent.App and the packages of its program
// (board.yaml); a package's versions are not in board.yaml, so its reference is checked by name alone.
// Not told by the files: how long a static constructor takes, and whether the entry class implements the contract.
// Clause: PROTOCOL.md, "Application bundle"; agent-firmware/contract.
// Tests: tests/host-sim/Packages.
using EsyncAgent.Drivers;

namespace EsyncSim.Packages;

/// <summary>Checks the assemblies of a bundle for a board.</summary>
public sealed class NanoBundleCheck
{
    /// <summary>Version of mscorlib on the boards, major and minor.</summary>
    public static readonly Version CoreLibrary = new(1, 17);

    private const string CoreLibraryName = "mscorlib";
    private const string ContractName = "EsyncAgent.App";
    private const string PackagePrefix = "nanoFramework.";
    private static readonly string[] AgentNames = ["EsyncAgent", "EsyncAgent.Drivers"];

    private readonly ApplicationBundle _bundle;
    private readonly IReadOnlyList<string> _names;
    private readonly PackageTarget? _target;
    private readonly List<NanoAssembly> _assemblies = [];
    private readonly List<string> _notes = [];

    private NanoBundleCheck(ApplicationBundle bundle, IReadOnlyList<string> names, PackageTarget? target)
    {
        _bundle = bundle;
        _names = names;
        _target = target;
    }

    /// <summary>Checks a bundle.</summary>
    /// <param name="bundle">A bundle for nanoFramework.</param>
    /// <param name="names">Names of its assemblies for messages, in order.</param>
    /// <param name="target">The ECU that it is for; null when none is named.</param>
    /// <returns>What the author should know though nothing is wrong.</returns>
    /// <exception cref="UserErrorException">A board could not start it.</exception>
    public static IReadOnlyList<string> Require(ApplicationBundle bundle, IReadOnlyList<string> names, PackageTarget? target)
    {
        NanoBundleCheck check = new(bundle, names, target);
        check.CheckFiles();
        check.CheckReferences();
        check.CheckEntryClass();
        check.NoteStaticConstructors();
        return check._notes;
    }

    private void CheckFiles()
    {
        for (int i = 0; i < _names.Count; i++)
        {
            if (NanoAssembly.TryParse(_bundle.Assemblies[i], out NanoAssembly? assembly) is string trouble)
            {
                throw Refused(i, trouble);
            }

            string name = assembly!.Name;
            int twin = _assemblies.FindIndex(other => other.Name == name);
            if (IsOnTheBoard(name))
            {
                throw Refused(i, $"{name} is on the board already; leave it out, for loaded twice its types are others than the board's");
            }

            if (twin >= 0)
            {
                throw Refused(i, $"{name} is in {_names[twin]} too; give each assembly once");
            }

            if (assembly.HasNativeMethods)
            {
                throw Refused(i, $"{name} has native methods, which only firmware brings; leave it out and add its package to the program of the board");
            }

            _assemblies.Add(assembly);
        }
    }

    private void CheckReferences()
    {
        if (_bundle.ContractVersion != ApplicationRunner.ResidentContractVersion)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"the boards have contract version {ApplicationRunner.ResidentContractVersion}, not {_bundle.ContractVersion} (--contract)");
        }

        for (int i = 0; i < _assemblies.Count; i++)
        {
            foreach (NanoReference reference in _assemblies[i].References)
            {
                CheckReference(i, reference);
            }
        }

        if (!_assemblies.Any(assembly => assembly.References.Any(reference => reference.Name == ContractName)))
        {
            throw Refused(_assemblies.Count - 1, $"no assembly of the bundle refers to the contract {ContractName}, so none holds an application");
        }
    }

    private void CheckReference(int i, NanoReference reference)
    {
        string name = reference.Name;
        if (name == CoreLibraryName)
        {
            RequireVersion(i, reference, CoreLibrary, "the boards have", $"build it against nanoFramework.CoreLibrary {CoreLibrary}.x");
        }
        else if (name == ContractName)
        {
            RequireVersion(i, reference, new Version(_bundle.ContractVersion, 0), $"contract version {_bundle.ContractVersion} is", "build it against the contract of this version of the agent, or mend --contract");
        }
        else if (AgentNames.Contains(name))
        {
            throw Refused(i, $"it refers to {name}, which is the agent's own and changes; an application uses the contract {ContractName} only");
        }
        else
        {
            CheckLibrary(i, reference);
        }
    }

    private void CheckLibrary(int i, NanoReference reference)
    {
        int place = _assemblies.FindIndex(assembly => assembly.Name == reference.Name);
        if (place > i)
        {
            throw Refused(i, $"it refers to {reference.Name}, which comes after it; give --assembly {_names[place]} first");
        }

        if (place >= 0 && place < i)
        {
            RequireVersion(i, reference, _assemblies[place].Version, $"{_names[place]} has", "build both together");
        }
        else if (_target is null)
        {
            _notes.Add($"{_names[i]} refers to {reference.Name} {reference.Version}, which must be in the program of the board; --ecu has that checked");
        }
        else if (!IsOnTheBoard(reference.Name))
        {
            throw Refused(i, $"it refers to {reference.Name}, which is neither in the bundle nor in the program of {_target.Name}'s board; give its .pe file with --assembly before this one, or, if it has native methods, do without it");
        }
    }

    private void RequireVersion(int i, NanoReference reference, Version present, string where, string remedy)
    {
        if (reference.Version.Major != present.Major || reference.Version.Minor != present.Minor)
        {
            throw Refused(i, $"it refers to {reference.Name} {reference.Version.ToString(2)}, {where} {present.ToString(2)}; {remedy}");
        }
    }

    private void CheckEntryClass()
    {
        int last = _assemblies.Count - 1;
        string wanted = _bundle.EntryClass;
        if (_assemblies[last].Types.FirstOrDefault(type => type.FullName == wanted) is NanoType entry)
        {
            if (!entry.IsConcreteClass || !entry.HasPublicConstructor)
            {
                throw Refused(last, $"no object can be made of {wanted}; an entry class is a class, not abstract, with a public constructor without parameters");
            }
        }
        else if (_assemblies[last].Types.Any(type => MayBe(type.FullName, wanted)))
        {
            _notes.Add($"whether {_names[last]} has the class {wanted} is not told by the file: a part of the name is in the runtime's own table");
        }
        else
        {
            int place = _assemblies.FindIndex(assembly => assembly.Types.Any(type => type.FullName == wanted));
            throw Refused(last, place >= 0
                ? $"{wanted} is in {_names[place]}, and the entry class lies in the last assembly; put that one last"
                : $"there is no class {wanted} in it (--entry-class, with its namespace); the entry class lies in the last assembly");
        }
    }

    private void NoteStaticConstructors()
    {
        for (int i = 0; i < _assemblies.Count; i++)
        {
            string[] types = [.. _assemblies[i].Types.Where(type => type.HasStaticConstructor).Select(type => type.FullName)];
            if (types.Length > 0)
            {
                _notes.Add($"{_names[i]} has static constructors ({string.Join(", ", types)}; initial values of static fields make one too): they run while it is loaded, when nothing else runs, and some firmware gives them 40 ms");
            }
        }
    }

    // A package's assembly has the package's name, with or without the maker's in front.
    private bool IsOnTheBoard(string name) =>
        name is CoreLibraryName or ContractName || AgentNames.Contains(name)
        || (_target is not null && (_target.BoardPackages.Contains(name) || _target.BoardPackages.Contains(PackagePrefix + name)));

    private static bool MayBe(string fullName, string wanted)
    {
        int first = fullName.IndexOf(NanoAssembly.Unreadable, StringComparison.Ordinal), last = fullName.LastIndexOf(NanoAssembly.Unreadable, StringComparison.Ordinal);
        return first >= 0 && wanted.StartsWith(fullName[..first], StringComparison.Ordinal) && wanted.EndsWith(fullName[(last + 1)..], StringComparison.Ordinal);
    }

    private UserErrorException Refused(int i, string trouble) => new(ExitCode.BadFile, $"{_names[i]}: {trouble}");
}
