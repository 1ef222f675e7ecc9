// esync keys rotate: a trust file, by which ECUs that are provisioned take other keys: rotation and revocation.
// Invariant: nobody signs before everything that an ECU would refuse, or that would lock it out, is refused here.
// Clause: PROTOCOL.md, "Trust manifest".
// Tests: tests/host-sim/Cli/KeysRotateTests.cs.
using System.CommandLine;
using System.Globalization;
using EsyncAgent;
using EsyncSim.Config;
using EsyncSim.Files;
using EsyncSim.Packages;
using EsyncSim.Signing;

namespace EsyncSim.Cli;

/// <summary>The command `keys rotate`.</summary>
internal static class KeysRotateCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="files">Where key files, their register and the trust file are; public keys are read from the disk.</param>
    public static ToolCommand Create(IFileSystem files)
    {
        Options options = new();
        ToolCommand command = new(
            "rotate",
            "Make a trust file: the ECUs that it is for trust the keys in it from then on, and no others. It holds the keys that sign it, less --remove, and --add; "
            + "every other key that these ECUs trust today is revoked. It is signed by a current key of each role, so one stolen key changes nothing. "
            + "Bring it to an ECU with `esync update --package FILE`.")
        {
            options.Keys, options.Add, options.Remove, options.Sequence, options.Ecu, options.Config, options.Vendor, options.Class, options.Device, options.Out,
        };
        command
            .WithExample("esync keys rotate --ecu motor --sequence 1 --key author.key --key oem.key --remove oem.key --add oem-2.pub --out motor-1.trust", "oem-2 takes the place of oem; the author stays")
            .WithExample(
                "esync keys rotate --ecu motor --sequence 2 --key author.key --key oem-2.key --remove author.key --remove oem-2.key --add author-3.pub --add oem-3.pub --out motor-2.trust",
                "both at once")
            .WithExample("esync keys rotate --ecu motor --sequence 3 --key author-3.key --key oem-3.key --add oem-spare.pub --out motor-3.trust", "a second oem key in reserve, for the day when the first is lost");
        KeyStoreOption store = new(command, files);
        command.SetAction(result => Run(result, options, files, store.Open(result)));
        return command;
    }

    private static int Run(ParseResult result, Options options, IFileSystem files, SigningKeyStore store)
    {
        PackageTarget? target = TargetOf(result, options);
        string[] keyPaths = result.GetRequiredValue(options.Keys);
        ISigner[] signers = [.. keyPaths.Select(keyPath => FileSigner.Open(store, keyPath))];
        TrustAnchor[] current = [.. signers.Select(signer => new TrustAnchor(signer.Role, signer.PublicKey))];
        TrustAnchor[] removed = [.. (result.GetValue(options.Remove) ?? []).Select(path => RemovedKey(store, path, current))];
        TrustAnchor[] added = [.. (result.GetValue(options.Add) ?? []).Select(path => LoadKey(store, path))];
        TrustList list = new()
        {
            Sequence = result.GetRequiredValue(options.Sequence),
            VendorId = PackageBuildCommand.IdentifierOf(result.GetValue(options.Vendor), "--vendor", target?.VendorId),
            ClassId = PackageBuildCommand.IdentifierOf(result.GetValue(options.Class), "--class", target?.ClassId),
            DeviceId = result.GetValue(options.Device) is string device ? PackageBuildCommand.Identifier(device, "--device") : null,
            Anchors = [.. current.Where(anchor => !removed.Any(other => IsSame(other, anchor))), .. added],
        };
        int length = SuitEnvelope.LengthOf(list.Encode(), signers, SignedDocument.TrustManifest);
        if (length > target?.EnvelopeLengthMax)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"the trust file would have {length} bytes, {target.Name} takes {target.EnvelopeLengthMax}; use keys with shorter signatures ({FotaError.EnvelopeTooLong})");
        }

        string path = result.GetRequiredValue(options.Out);
        OutputFiles.RequireWritable(path);
        IReadOnlyList<SigningRole> roles = target?.RequiredRoles ?? PackageVerifier.DefaultRoles;
        TrustFile.Require(list, signers, roles);
        PackageBuildCommand.RequireUsable(store, keyPaths, SeenSignatures.In(files, Path.GetDirectoryName(Path.GetFullPath(path))!));
        TrustFile trust = TrustFile.Build(list, signers, roles);
        AtomicFile.WriteOutput(files, path, trust.Document);
        Report(result.InvocationConfiguration.Output, path, trust, keyPaths.Zip(keyPaths.Select(store.Load)), removed);
        return ExitCode.Ok;
    }

    private static PackageTarget? TargetOf(ParseResult result, Options options)
    {
        if (result.GetValue(options.Ecu) is string ecu)
        {
            return PackageTarget.Of(NfConfig.Load(result.GetValue(options.Config) ?? NfConfig.FindDefault()).Ecu(ecu));
        }

        return result.GetValue(options.Config) is null ? null : throw new UserErrorException(ExitCode.BadUsage, "--config needs --ecu: the ECU in it that the trust file is for");
    }

    private static TrustAnchor LoadKey(SigningKeyStore store, string path) => Path.GetExtension(path) == KeysCommand.PublicKeyExtension ? TrustAnchor.Load(path) : store.Load(path).Anchor;

    private static TrustAnchor RemovedKey(SigningKeyStore store, string path, TrustAnchor[] current)
    {
        TrustAnchor key = LoadKey(store, path);
        return current.Any(anchor => IsSame(anchor, key))
            ? key
            : throw new UserErrorException(ExitCode.BadUsage, $"--remove {path}: this key is not among those that sign; a key that is neither signing nor added is revoked anyway");
    }

    private static bool IsSame(TrustAnchor one, TrustAnchor other) => one.KeyId.AsSpan().SequenceEqual(other.KeyId);

    private static void Report(TextWriter output, string path, TrustFile trust, IEnumerable<(string Path, SigningKey Key)> keys, TrustAnchor[] removed)
    {
        static string Describe(TrustAnchor anchor) => $"{anchor.Role.Name()} {Convert.ToHexStringLower(anchor.KeyId)}";
        Terminal.WriteFields(output, path,
        [
            ("sequence", trust.List.Sequence.ToString(CultureInfo.InvariantCulture)),
            ("for", trust.List.DeviceId is null ? $"class {new Guid(trust.List.ClassId, bigEndian: true)}" : $"the device {Convert.ToHexStringLower(trust.List.DeviceId)} alone"),
            .. trust.List.Anchors.Select(anchor => ("trusted", Describe(anchor))),
            .. removed.Select(anchor => ("revoked", Describe(anchor))),
            ("revoked", "every other key that these ECUs trust today"),
            .. keys.Select(pair => ("signed by", $"{pair.Key.Role.Name()}: {pair.Path}, {pair.Key.Remaining} signatures left")),
        ]);
    }

    private sealed class Options
    {
        public readonly Option<string[]> Keys = new("--key") { HelpName = "FILE", Description = "Private key that the ECUs trust today and that signs; one of each role", Required = true };
        public readonly Option<string[]> Add = new("--add") { HelpName = "FILE", Description = "Key that shall be trusted as well, or stay so without signing (public or private key file); once for each" };
        public readonly Option<string[]> Remove = new("--remove") { HelpName = "FILE", Description = "Key among --key that shall not be trusted any more (public or private key file); once for each" };
        public readonly Option<uint> Sequence = new("--sequence") { HelpName = "N", Description = "Counts the trust files of these ECUs from 1: higher than that of any before; packages count apart", Required = true };
        public readonly Option<string?> Ecu = new("--ecu") { HelpName = "NAME", Description = "ECU of nf.config that it is for: vendor, class and roles are its own" };
        public readonly Option<string?> Config = new("--config") { HelpName = "FILE", Description = "The configuration; without it the nearest nf.config, from the current folder upwards" };
        public readonly Option<string?> Vendor = new("--vendor") { HelpName = "UUID", Description = "SUIT vendor identifier, instead of the ECU's" };
        public readonly Option<string?> Class = new("--class") { HelpName = "UUID", Description = "SUIT class identifier, instead of the ECU's" };
        public readonly Option<string?> Device = new("--device") { HelpName = "HEX", Description = "Device identifier (32 hexadecimal digits): for this one ECU only" };
        public readonly Option<string> Out = new("--out") { HelpName = "FILE", Description = "Trust file to write", Required = true };
    }
}
