// esync keys status and esync keys reserve: how far a key is, as its file says and as is known otherwise, and how an old copy
// is made usable again.
// Tests: tests/host-sim/Cli.
using System.CommandLine;
using System.Globalization;
using EsyncSim.Files;
using EsyncSim.Packages;
using EsyncSim.Signing;

namespace EsyncSim.Cli;

/// <summary>Subcommands of `keys` about the state of a key.</summary>
internal static class KeyStandingCommands
{
    /// <summary>Makes `keys status`.</summary>
    public static Command Status(IFileSystem files)
    {
        Argument<string> file = new("FILE") { Description = "Private key file" };
        Option<string[]> seen = new("--seen") { HelpName = "PACKAGE", Description = "Packages and trust files that it may have signed; what they show is noted in the register", AllowMultipleArgumentsPerToken = true };
        ToolCommand command = new("status", "Tell whether a key may sign: what its file says against the register of used signatures and packages. Ends with 4 when it may not.") { file, seen };
        KeyStoreOption store = new(command, files);
        command
            .WithExample("esync keys status author.key", "number of the next signature, and what the register knows")
            .WithExample("esync keys status author.key --seen *.esp", "after a backup was restored: are there signatures that the file does not know?");
        FieldsFile json = new(command);
        command.SetAction(parsed => json.Run(parsed, output => RunStatus(store.Open(parsed), parsed.GetRequiredValue(file), parsed.GetValue(seen) ?? [], output)));
        return command;
    }

    /// <summary>Makes `keys reserve`.</summary>
    public static Command Reserve(IFileSystem files)
    {
        Argument<string> file = new("FILE") { Description = "Private key file" };
        Option<long> next = new("--next") { HelpName = "N", Description = "Number of the signature that is made next, counted from 0; all below are given up for good", Required = true };
        ToolCommand command = new(
            "reserve",
            "Give up signatures of a key: for a key file from a backup, when every signature that was made since is known. When one may be unknown, make a new key instead.")
        {
            file, next,
        };
        KeyStoreOption store = new(command, files);
        command.WithExample("esync keys reserve author.key --next 40", "40 were made at the most, here or elsewhere; author.key goes on with number 40");
        command.SetAction(parsed =>
        {
            SigningKey key = store.Open(parsed).Reserve(parsed.GetRequiredValue(file), parsed.GetRequiredValue(next));
            parsed.InvocationConfiguration.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{parsed.GetRequiredValue(file)}: the next signature is number {key.NextIndex}, {key.Remaining} are left"));
            return ExitCode.Ok;
        });
        return command;
    }

    private static int RunStatus(SigningKeyStore store, string path, string[] packagePaths, TextWriter output)
    {
        List<(string Path, byte[] File)> packages = [];
        foreach (string packagePath in packagePaths)
        {
            byte[] file = AtomicFile.ReadInput(packagePath, "package", Package.LengthMax);
            SeenSignatures.Envelopes(file, packagePath);
            packages.Add((packagePath, file));
        }

        IReadOnlyList<(string Path, long Index)> seen = SeenSignatures.Learn(store, path, packages);
        SigningKey key = store.Load(path);
        KeyKnowledge? known = store.KnowledgeOf(key);
        string register = key.IsDemonstration ? "not used: a key made from a text is for demonstrations"
            : known is null ? "knows nothing of this key"
            : string.Create(CultureInfo.InvariantCulture, $"all below {known.NextIndex} are used, says {known.Source}");
        Terminal.WriteFields(output, path,
        [
            ("role", key.Role.Name()),
            ("key identifier", Convert.ToHexStringLower(key.KeyId)),
            ("next signature", string.Create(CultureInfo.InvariantCulture, $"number {key.NextIndex}, {key.Remaining} are left")),
            ("register", register),
            .. packagePaths.Select(package => (package, Words(seen.Where(signature => signature.Path == package)))),
        ]);
        store.RequireUsable(path);
        output.WriteLine($"{path}: may sign");
        return ExitCode.Ok;
    }

    private static string Words(IEnumerable<(string Path, long Index)> signatures)
    {
        string numbers = string.Join(", ", signatures.Select(signature => signature.Index.ToString(CultureInfo.InvariantCulture)));
        return numbers.Length == 0 ? "carries no signature of this key" : $"carries its signature number {numbers}";
    }
}
