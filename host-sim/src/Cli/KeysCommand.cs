// esync keys: signing keys for a bench. `new` makes a private key file and its public key file; `show` tells what a file
// holds and how many signatures are left. `status` and `reserve` are in KeyStandingCommands,
// `rotate`, which makes a trust file, is in KeysRotateCommand.
// Invariant: a run that was cut off leaves nothing that the next one cannot go on with; its message says how.
// Tests: tests/host-sim/Cli.
using System.CommandLine;
using System.Globalization;
using EsyncSim.Files;
using EsyncSim.Signing;

namespace EsyncSim.Cli;

/// <summary>The verb `keys`.</summary>
public static class KeysCommand
{
    internal const string PublicKeyExtension = ".pub";

    /// <summary>Makes the command.</summary>
    /// <param name="files">Where key files and the register are; inputs are read from the disk.</param>
    public static Command Create(IFileSystem files) => new ToolCommand("keys", "Make and look at signing keys (HSS/LMS, RFC 8554). For benches: see host-sim/README.md, \"Keys\".")
        {
            New(files),
            Show(files),
            KeysRotateCommand.Create(files),
            KeyStandingCommands.Status(files),
            KeyStandingCommands.Reserve(files),
        }
        .WithExample("esync keys new author.key --role author", "a key with 1,024 signatures, and author.pub for everybody")
        .WithExample("esync keys show author.key", "its role, its public key, and how many signatures are left")
        .WithExample("esync keys rotate --help", "give ECUs that are provisioned other keys")
        .WithExample("esync keys status author.key --seen *.esp", "is the file as new as the signatures that were made with it?");

    private static ToolCommand New(IFileSystem files)
    {
        Argument<string> file = new("FILE") { Description = "Private key file to make; the public key goes beside it, with the ending .pub" };
        Option<string> role = new("--role") { Description = "What its signatures stand for; a key has one role for life", Required = true };
        role.AcceptOnlyFromAmong(SigningRoles.Names);
        Option<string> parameters = new("--parameters")
        {
            HelpName = "SET",
            Description = "[2x]H<5|10|15>/W<1|2|4|8>: two levels or one, height of a tree (2^height signatures), Winternitz parameter (more is shorter and slower)",
            DefaultValueFactory = _ => SigningParameters.Default.Name,
        };
        Option<string?> seed = new("--seed") { HelpName = "TEXT", Description = "Make the key from this text, always the same: for demonstrations only, everybody can make it again" };

        ToolCommand command = new("new", "Make a signing key. The private key file changes with each signature: never copy it, never restore it from a backup.")
        {
            file, role, parameters, seed,
        };
        command
            .WithExample("esync keys new author.key --role author", "H10/W4: 1,024 signatures of 2,512 bytes")
            .WithExample("esync keys new oem.key --role oem --parameters 2xH10/W4", "two levels: 1,048,576 signatures of 5,076 bytes");
        command.SetAction(result => RunNew(
            files,
            result.GetRequiredValue(file),
            result.GetRequiredValue(role),
            result.GetRequiredValue(parameters),
            result.GetValue(seed),
            result.InvocationConfiguration.Output));
        return command;
    }

    private static ToolCommand Show(IFileSystem files)
    {
        Argument<string> file = new("FILE") { Description = "Private or public key file" };
        Option<string?> publicKey = new("--public") { HelpName = "FILE", Description = "Write the public key to this file as well" };
        ToolCommand command = new("show", "Show what a key file holds. Nothing secret is printed and nothing changes.") { file, publicKey };
        command.WithExample("esync keys show author.key --public author.pub", "the public key once more, for an ECU to be provisioned with");
        FieldsFile json = new(command);
        command.SetAction(result => json.Run(result, output => RunShow(files, result.GetRequiredValue(file), result.GetValue(publicKey), output)));
        return command;
    }

    private static int RunNew(IFileSystem files, string path, string roleName, string parametersName, string? seed, TextWriter output)
    {
        SigningRoles.TryParse(roleName, out SigningRole role);
        if (!SigningParameters.TryParse(parametersName, out SigningParameters parameters))
        {
            throw new UserErrorException(ExitCode.BadUsage, $"\"{parametersName}\" is no parameter set; write for example H10/W4, H5/W8 or 2xH10/W4");
        }

        // Looked at first: growing a tree takes a while, and neither file may be overwritten.
        string publicPath = Path.ChangeExtension(path, PublicKeyExtension);
        if (files.Exists(path) && !files.Exists(publicPath))
        {
            throw new UserErrorException(ExitCode.BadUsage, $"{path} is there already, without its public key {publicPath}: a former run was cut off, and the key is whole; it is never overwritten. Go on with: esync keys show {path} --public {publicPath}");
        }

        foreach (string taken in new[] { path, publicPath }.Where(files.Exists))
        {
            throw new UserErrorException(ExitCode.BadUsage, $"{taken} is there already; a key is never overwritten");
        }

        if (publicPath == path)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"the ending {PublicKeyExtension} is for the public key; name the private one for example {Path.ChangeExtension(path, ".key")}");
        }

        SigningKey key = seed is null ? SigningKey.Generate(role, parameters) : SigningKey.FromSeedText(role, parameters, seed);
        new SigningKeyStore(files, Thread.Sleep).Create(path, key);
        AtomicFile.WriteOutput(files, publicPath, key.Anchor.ToFile());
        Describe(key, path, output);
        output.WriteLine($"Private key: {path} (changes with each signature; never copy it)");
        output.WriteLine($"Public key:  {publicPath}");
        return ExitCode.Ok;
    }

    private static int RunShow(IFileSystem files, string path, string? publicPath, TextWriter output)
    {
        TrustAnchor anchor;
        if (Path.GetExtension(path) == PublicKeyExtension)
        {
            anchor = TrustAnchor.Load(path);
            Terminal.WriteFields(output, path, Rows(anchor));
        }
        else
        {
            SigningKey key = new SigningKeyStore(files, Thread.Sleep).Load(path);
            anchor = key.Anchor;
            Describe(key, path, output);
        }

        if (publicPath is not null)
        {
            AtomicFile.WriteOutput(files, publicPath, anchor.ToFile());
            output.WriteLine($"Public key:  {publicPath}");
        }

        return ExitCode.Ok;
    }

    private static void Describe(SigningKey key, string path, TextWriter output) => Terminal.WriteFields(output, path,
    [
        .. Rows(key.Anchor),
        ("parameters", $"{key.Parameters.Name}, signatures of {key.Parameters.SignatureLength} bytes"),
        ("used", key.NextIndex.ToString(CultureInfo.InvariantCulture)),
        ("left", key.Remaining.ToString(CultureInfo.InvariantCulture)),
    ]);

    private static List<(string Name, string Value)> Rows(TrustAnchor anchor) =>
    [
        ("role", anchor.Role.Name()),
        ("key identifier", Convert.ToHexStringLower(anchor.KeyId)),
        ("public key", Convert.ToHexStringLower(anchor.PublicKey)),
    ];
}
