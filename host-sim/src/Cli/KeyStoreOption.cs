// The option that says where the register of used signatures is, and the store of keys that follows from it.
// Tests: tests/host-sim/Cli.
using System.CommandLine;
using EsyncSim.Files;
using EsyncSim.Signing;

namespace EsyncSim.Cli;

/// <summary>--register of a command that uses signing keys.</summary>
internal sealed class KeyStoreOption
{
    private readonly IFileSystem _files;
    private readonly Option<string?> _register = new("--register")
    {
        HelpName = "DIR",
        Description = "Register of used signatures, which finds old copies of a key; without it the user's own, below $XDG_STATE_HOME or ~/.local/state",
    };

    /// <summary>Adds the option to a command.</summary>
    public KeyStoreOption(Command command, IFileSystem files)
    {
        _files = files;
        command.Add(_register);
    }

    /// <summary>The store that the user chose.</summary>
    public SigningKeyStore Open(ParseResult parsed)
    {
        string? directory = parsed.GetValue(_register) is { } named ? Path.GetFullPath(named) : KeyRegister.DefaultDirectory;
        return new SigningKeyStore(_files, Thread.Sleep, new KeyRegister(_files, directory), notice => parsed.InvocationConfiguration.Error.WriteLine($"note: {notice}"));
    }
}
