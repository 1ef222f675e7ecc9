// esync package: build a signed package, look into one, verify one.
// Each subcommand has a file of its own when it is long: PackageBuildCommand builds.
// Tests: tests/host-sim/Cli.
using System.CommandLine;
using EsyncAgent;
using EsyncSim.Files;
using EsyncSim.Packages;
using EsyncSim.Signing;

namespace EsyncSim.Cli;

/// <summary>The verb `package`.</summary>
public static class PackageCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="files">Where key files, their register and built packages are; inputs are read from the disk.</param>
    public static Command Create(IFileSystem files) => new ToolCommand("package", "Build, look into and verify update packages (SUIT envelope and image in one file).")
        {
            PackageBuildCommand.Create(files),
            Inspect(),
            Verify(),
        }
        .WithExample("esync package build --help", "all that a package says")
        .WithExample("esync package inspect motor-2.esp", "every field of its manifest")
        .WithExample("esync package verify motor-2.esp --anchor author.pub --anchor oem.pub", "digest, signatures, roles, every chunk");

    private static ToolCommand Inspect()
    {
        Argument<string> file = new("FILE") { Description = "Package file" };
        ToolCommand command = new("inspect", "Show every field of a package. Nothing is verified: use `verify` for that.") { file };
        command.WithExample("esync package inspect motor-2.esp", "manifest, signers, sizes, tables");
        command.SetAction(result => RunInspect(result.GetRequiredValue(file), result.InvocationConfiguration.Output));
        return command;
    }

    private static ToolCommand Verify()
    {
        Argument<string> file = new("FILE") { Description = "Package file" };
        Option<string[]> anchors = new("--anchor") { HelpName = "FILE", Description = "Public key file that counts; once for each key", Required = true };
        Option<string[]> roles = new("--role") { Description = "Role that needs a valid signature; once for each. Without it: author and oem" };
        roles.AcceptOnlyFromAmong(SigningRoles.Names);
        ToolCommand command = new("verify", "Verify a package as an ECU does, and every byte of its image. Ends with 4 when a signature or a role is not right, with 3 when the package is damaged.")
        {
            file, anchors, roles,
        };
        command
            .WithExample("esync package verify motor-2.esp --anchor author.pub --anchor oem.pub", "both roles, digest, tables, image")
            .WithExample("esync package verify motor-2.esp --anchor author.pub --role author", "the maker's signature alone");
        command.SetAction(result => RunVerify(
            result.GetRequiredValue(file),
            result.GetRequiredValue(anchors),
            result.GetValue(roles) ?? [],
            result.InvocationConfiguration.Output));
        return command;
    }

    private static int RunInspect(string path, TextWriter output)
    {
        foreach (InspectionSection section in PackageInspector.Inspect(Package.Load(path)))
        {
            Terminal.WriteFields(output, section.Title, section.Lines.Select(line => (line.Field, line.Value)));
        }

        return ExitCode.Ok;
    }

    private static int RunVerify(string path, string[] anchorPaths, string[] roleNames, TextWriter output)
    {
        Package package = Package.Load(path);
        TrustAnchor[] anchors = [.. anchorPaths.Select(TrustAnchor.Load)];
        SigningRole[] roles = [.. roleNames.Select(name => SigningRoles.TryParse(name, out SigningRole role) ? role : default)];
        foreach (PackageEntry entry in package.Entries)
        {
            VerificationResult result = PackageVerifier.Verify(entry, anchors, roles.Length > 0 ? roles : PackageVerifier.DefaultRoles);
            Terminal.WriteFields(output, $"{path}, encoding {entry.Encoding:X2}", result.Steps.Select(step => (step.Name, step.Detail)));
            if (!result.IsPassed)
            {
                throw new UserErrorException(CodeOf(result.Error), $"{path}: {result.Message} ({result.Error})");
            }
        }

        output.WriteLine($"{path}: good");
        return ExitCode.Ok;
    }

    private static int CodeOf(FotaError error) => error is FotaError.DigestMismatch or FotaError.SignatureInvalid or FotaError.RoleMissing
        ? ExitCode.KeyProblem
        : ExitCode.BadFile;
}
