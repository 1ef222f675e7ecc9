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
    public static Command Create(IFileSystem files) => new ToolCommand("package", "Build, look into and verify update packages (SUIT envelope and image in one file), and compare images.")
        {
            PackageBuildCommand.Create(files),
            Inspect(),
            Verify(),
            PackageDiffCommand.Create(),
        }
        .WithExample("esync package build --help", "all that a package says")
        .WithExample("esync package inspect motor-2.esp", "every field of its manifest")
        .WithExample("esync package verify motor-2.esp --anchor author.pub --anchor oem.pub", "digest, signatures, roles, every chunk");

    private static ToolCommand Inspect()
    {
        Argument<string> file = new("FILE") { Description = "Package or trust file" };
        ToolCommand command = new("inspect", "Show every field of a package or a trust file. Nothing is verified: use `verify` for that.") { file };
        command.WithExample("esync package inspect motor-2.esp", "manifest, signers, sizes, tables");
        FieldsFile json = new(command);
        command.SetAction(result => json.Run(result, output => RunInspect(result.GetRequiredValue(file), output)));
        return command;
    }

    private static ToolCommand Verify()
    {
        Argument<string> file = new("FILE") { Description = "Package or trust file" };
        Option<string[]> anchors = new("--anchor") { HelpName = "FILE", Description = "Public key file that counts; once for each key", Required = true };
        Option<string[]> roles = new("--role") { Description = "Role that needs a valid signature; once for each. Without it: author and oem" };
        roles.AcceptOnlyFromAmong(SigningRoles.Names);
        Option<string[]> bases = new("--base") { HelpName = "OLD", Description = "Older package that a patch was made from; once for each. The image of a patch can be checked with it only" };
        Option<string[]> devices = new("--device") { HelpName = "FILE", Description = "File of a device that it is encrypted for; the image of an encrypted entry can be checked with one only" };
        ToolCommand command = new(
            "verify",
            "Verify each entry of a package as an ECU does, and every byte of its image, which is made from an encoded entry first; of a trust file the signatures, by the keys that it is to replace. "
            + "What cannot be checked for want of a base or a device's file is said, and the rest is checked. Ends with 4 when a signature or a role is not right, with 3 when the package is damaged.")
        {
            file, anchors, roles, bases, devices,
        };
        command
            .WithExample("esync package verify motor-2.esp --anchor author.pub --anchor oem.pub", "both roles, digest, tables, image")
            .WithExample("esync package verify motor-2.esp --anchor author.pub --role author", "the maker's signature alone")
            .WithExample("esync package verify motor-3.esp --anchor author.pub --anchor oem.pub --base motor-1.esp --base motor-2.esp", "also that its patches make the image");
        FieldsFile json = new(command);
        command.SetAction(result => json.Run(result, output =>
        {
            DeviceFile[] opened = [.. (result.GetValue(devices) ?? []).Select(DeviceFile.Load)];
            return RunVerify(
                result.GetRequiredValue(file),
                result.GetRequiredValue(anchors),
                result.GetValue(roles) ?? [],
                new VerificationMeans { Bases = [.. (result.GetValue(bases) ?? []).Select(path => DeltaBase.Load(path, opened))], Devices = opened },
                output);
        }));
        return command;
    }

    private static int RunInspect(string path, TextWriter output)
    {
        if (TrustFile.IsTrustFile(path))
        {
            Terminal.WriteFields(output, path, PackageInspector.Inspect(TrustFile.Load(path)).Select(line => (line.Field, line.Value)));
            return ExitCode.Ok;
        }

        foreach (InspectionSection section in PackageInspector.Inspect(Package.Load(path)))
        {
            Terminal.WriteFields(output, section.Title, section.Lines.Select(line => (line.Field, line.Value)));
        }

        return ExitCode.Ok;
    }

    private static int RunVerify(string path, string[] anchorPaths, string[] roleNames, VerificationMeans means, TextWriter output)
    {
        TrustAnchor[] anchors = [.. anchorPaths.Select(TrustAnchor.Load)];
        IReadOnlyList<SigningRole> roles = roleNames.Length == 0
            ? PackageVerifier.DefaultRoles
            : [.. roleNames.Select(name => SigningRoles.TryParse(name, out SigningRole role) ? role : default)];
        if (TrustFile.IsTrustFile(path))
        {
            Tell(output, path, path, PackageVerifier.Verify(TrustFile.Load(path), anchors, roles));
        }
        else
        {
            VerifyEntries(path, Package.Load(path), entry => PackageVerifier.Verify(entry, anchors, roles, means), output);
            return ExitCode.Ok;
        }

        output.WriteLine($"{path}: good");
        return ExitCode.Ok;
    }

    private static void VerifyEntries(string path, Package package, Func<PackageEntry, VerificationResult> verify, TextWriter output)
    {
        int unknown = 0;
        foreach (PackageEntry entry in package.Entries)
        {
            VerificationResult result = verify(entry);
            Tell(output, path, $"{path}, encoding {entry.Encoding:X2} ({PayloadEncoding.Name(entry.Encoding)})", result);
            unknown += result.IsImageChecked ? 0 : 1;
        }

        if (PackageVerifier.FindContradiction(package) is string contradiction)
        {
            throw new UserErrorException(ExitCode.BadFile, $"{path}: {contradiction}");
        }

        output.WriteLine(unknown == 0 ? $"{path}: good" : $"{path}: good as far as it was checked; what {unknown} of {package.Entries.Count} entries make was not (see \"image\" above)");
    }

    private static void Tell(TextWriter output, string path, string title, VerificationResult result)
    {
        Terminal.WriteFields(output, title, result.Steps.Select(step => (step.Name, step.Detail)));
        if (!result.IsPassed)
        {
            throw new UserErrorException(CodeOf(result.Error), $"{path}: {result.Message} ({result.Error})");
        }
    }

    private static int CodeOf(FotaError error) => error is FotaError.DigestMismatch or FotaError.SignatureInvalid or FotaError.RoleMissing
        ? ExitCode.KeyProblem
        : ExitCode.BadFile;
}
