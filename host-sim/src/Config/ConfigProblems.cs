// Collects what is wrong, so that one run names everything and not only the first problem.
// Invariant: the same problem at the same place stands once, though several ECUs may meet it in `defaults`.
// Tests: tests/host-sim/Config.
namespace EsyncSim.Config;

/// <summary>The problems of one file and of what it names, in the order of their lines.</summary>
internal sealed class ConfigProblems
{
    private readonly HashSet<ConfigProblem> _problems = [];

    /// <summary>Reports so far, repeated ones included: rules that combine values run only when reading them added none.</summary>
    public int Count { get; private set; }

    public IReadOnlyList<ConfigProblem> InOrder =>
        [.. _problems.OrderBy(p => p.File, StringComparer.Ordinal).ThenBy(p => p.Line).ThenBy(p => p.Column).ThenBy(p => p.Rule)];

    public void Add(ConfigNode where, string rule, string reason, string remedy)
    {
        Count++;
        _problems.Add(new ConfigProblem(where.File, where.Line, where.Column, rule, reason, remedy));
    }
}
