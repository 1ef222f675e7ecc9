// A command whose help ends with examples: a line to paste and what it does.
// Invariant: an example is a whole command line that works as it stands.
// Tests: tests/host-sim/Cli.
using System.CommandLine;

namespace EsyncSim.Cli;

/// <summary>A command with examples; plain <see cref="Command"/> serves where none are needed.</summary>
public sealed class ToolCommand(string name, string description) : Command(name, description)
{
    private readonly List<(string CommandLine, string Meaning)> _examples = [];

    /// <summary>Examples in the order in which help shows them.</summary>
    public IReadOnlyList<(string CommandLine, string Meaning)> Examples => _examples;

    /// <summary>Adds an example; <paramref name="commandLine"/> can be pasted as it stands.</summary>
    public ToolCommand WithExample(string commandLine, string meaning)
    {
        _examples.Add((commandLine, meaning));
        return this;
    }
}
