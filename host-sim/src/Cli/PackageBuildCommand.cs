// esync package build: from compiled assemblies, or a ready bundle, to a signed package.
// Everything is checked before the first key signs: a signature index that is spent on a refused build is lost. What a board
// could not start is refused here too (NanoBundleCheck), and so is a key file that knows less than the packages beside the
// new one (SeenSignatures).
// Tests: tests/host-sim/Cli.
using System.CommandLine;
using System.Globalization;
using EsyncSim.Applications;
using EsyncSim.Config;
using EsyncSim.Files;
using EsyncSim.Packages;
using EsyncSim.Signing;

namespace EsyncSim.Cli;

/// <summary>The subcommand `package build`.</summary>
internal static class PackageBuildCommand
{
    private const int AssemblyLengthMax = 16 * 1024 * 1024;

    /// <summary>Makes the command.</summary>
    /// <param name="files">Where key files, their register and the package are; inputs are read from the disk.</param>
    public static Command Create(IFileSystem files)
    {
        Options options = new();
        options.Runtime.AcceptOnlyFromAmong(BundleRuntimes.Names);
        options.Slot.AcceptOnlyFromAmong("both", "a", "b");
        ToolCommand command = new(
            "build",
            "Build and sign a package. It always holds the full image; --compress, --delta-from and --for-fleet add forms of it that take less of the bus, each an entry with an envelope of its own. "
            + "Each key gives one signature for good for each entry, written to its file before the package is made. --sequence N is the number of the encoded entries; the full image beside them has N + 1, "
            + "so that an ECU takes it when an encoded one has failed, and alone it has N. What is not smaller than what serves the same ECUs anyway is left out and named.")
        {
            options.Assemblies, options.EntryClass, options.ApplicationVersion, options.Runtime, options.Contract, options.Image,
            options.Name, options.Hardware, options.Ecu, options.Config, options.Vendor, options.Class, options.Device, options.Sequence, options.SecurityVersion,
            options.Slot, options.Keys, options.Out,
        };
        options.Encodings.AddTo(command);
        command.WithExample(
            "esync package build --assembly Motor.dll --entry-class Motor.Application --application-version 2.0.0 --name motor --ecu motor " +
            "--sequence 2 --security-version 1 --key author.key --key oem.key --out motor-2.esp",
            "version 2.0.0 for every ECU of the class that `motor` has in nf.config, signed in both roles");
        command.WithExample(
            "esync package build --assembly bin/Release/Maps.pe --assembly bin/Release/Fan.pe --entry-class Fan.Application --application-version 2.0.0 " +
            "--name climate --ecu climate --sequence 2 --security-version 1 --key author.key --key oem.key --out climate-2.esp",
            "the same for a real board: the .pe files of nanoFramework, a referenced one before the one that refers to it");
        command.WithExample(
            "esync package build --image motor-3.bin --name motor --ecu motor --sequence 7 --security-version 1 --key author.key --key oem.key --delta-from motor-1.esp --delta-from motor-2.esp --out motor-3.esp",
            "besides the full image (sequence 8) a patch for ECUs that run motor-1 and one for those that run motor-2 (sequence 7); the next package begins with 9");
        command.WithExample(
            "esync package build --image motor-3.bin --name motor --ecu motor --sequence 7 --security-version 1 --key author.key --key oem.key --for-fleet released --out motor-3.esp",
            "the full image, the compressed one, and patches from every package in the folder `released`");
        KeyStoreOption store = new(command, files);
        command.SetAction(result => Run(result, options, files, store.Open(result)));
        return command;
    }

    private static int Run(ParseResult result, Options options, IFileSystem files, SigningKeyStore store)
    {
        string name = result.GetRequiredValue(options.Name);
        PackageTarget? target = TargetOf(result, options);
        byte[] image = ImageOf(result, options, target);
        List<string> notes = [.. CheckForBoard(image, result, options, target)];
        PackageRequest request = new()
        {
            Name = name,
            Hardware = result.GetValue(options.Hardware) ?? target?.Name ?? name,
            Image = image,
            Sequence = result.GetRequiredValue(options.Sequence),
            SecurityVersion = result.GetRequiredValue(options.SecurityVersion),
            VendorId = IdentifierOf(result.GetValue(options.Vendor), "--vendor", target?.VendorId),
            ClassId = IdentifierOf(result.GetValue(options.Class), "--class", target?.ClassId),
            DeviceId = result.GetValue(options.Device) is string device ? Identifier(device, "--device") : null,
            SlotMask = result.GetValue(options.Slot) switch { "a" => 1, "b" => 2, _ => SuitManifest.BothSlots },
        };
        string path = result.GetRequiredValue(options.Out);
        OutputFiles.RequireWritable(path);
        string[] keyPaths = result.GetRequiredValue(options.Keys);
        ISigner[] signers = [.. keyPaths.Select(keyPath => FileSigner.Open(store, keyPath))];
        SuitEnvelope.RequireSigners(signers);
        target?.Require(request, signers);
        EncodingRequest encodings = options.Encodings.Read(result, request, target, notes);
        RequireUsable(store, keyPaths, SeenSignatures.In(files, Path.GetDirectoryName(Path.GetFullPath(path))!));
        TextWriter output = result.InvocationConfiguration.Output;
        PackagePlan plan = PackagePlan.Make(request, encodings, output.WriteLine);
        RequireSignable(plan, target, signers);
        RequireUsable(store, keyPaths, [], plan.Entries.Count);
        Package package = plan.Sign(signers);
        AtomicFile.WriteOutput(files, path, package.Encode());
        PackageBuildReport.Write(output, path, plan, package, [.. keyPaths.Select(keyPath => (keyPath, store.Load(keyPath)))]);
        foreach (string note in notes)
        {
            output.WriteLine($"note: {note}");
        }

        return ExitCode.Ok;
    }

    /// <summary>Refuses keys whose files are old, by the register or by what lies beside the new file, and those that have too few signatures left.</summary>
    internal static void RequireUsable(SigningKeyStore store, string[] keyPaths, IEnumerable<(string Path, byte[] File)> packages, int signatures = 1)
    {
        (string Path, byte[] File)[] beside = [.. packages];
        foreach (string keyPath in keyPaths)
        {
            SeenSignatures.Learn(store, keyPath, beside);
            store.RequireUsable(keyPath, signatures);
        }
    }

    private static void RequireSignable(PackagePlan plan, PackageTarget? target, ISigner[] signers)
    {
        foreach (PlannedEntry entry in plan.Entries)
        {
            target?.Require(entry.Manifest, signers);
        }
    }

    private static PackageTarget? TargetOf(ParseResult result, Options options)
    {
        if (result.GetValue(options.Ecu) is string ecu)
        {
            return PackageTarget.Of(NfConfig.Load(result.GetValue(options.Config) ?? NfConfig.FindDefault()).Ecu(ecu));
        }

        return result.GetValue(options.Config) is null ? null : throw new UserErrorException(ExitCode.BadUsage, "--config needs --ecu: the ECU in it that the package is for");
    }

    private static byte[] ImageOf(ParseResult result, Options options, PackageTarget? target)
    {
        string[] assemblies = result.GetValue(options.Assemblies) ?? [];
        if (result.GetValue(options.Image) is string image)
        {
            return assemblies.Length == 0
                ? AtomicFile.ReadInput(image, "application bundle", Package.LengthMax)
                : throw new UserErrorException(ExitCode.BadUsage, "--image is a ready bundle; --assembly does not go with it");
        }

        string? entryClass = result.GetValue(options.EntryClass), version = result.GetValue(options.ApplicationVersion);
        if (assemblies.Length == 0 || entryClass is null || version is null)
        {
            throw new UserErrorException(ExitCode.BadUsage, "a bundle needs --assembly, --entry-class and --application-version (or a ready one with --image)");
        }

        ApplicationBundle bundle = new()
        {
            Runtime = RuntimeOf(result, options, target),
            ContractVersion = result.GetValue(options.Contract),
            Version = version,
            EntryClass = entryClass,
            Assemblies = [.. assemblies.Select(path => AtomicFile.ReadInput(path, "assembly", AssemblyLengthMax))],
        };
        return bundle.Build();
    }

    private static BundleRuntime RuntimeOf(ParseResult result, Options options, PackageTarget? target) => result.GetValue(options.Runtime) is string runtime
        ? (BundleRuntime)(Array.IndexOf(BundleRuntimes.Names, runtime) + 1)
        : target?.Runtime ?? BundleRuntime.Net10;

    // The runtime first: what is wrong with a file for a runtime that the ECU does not have is of no interest.
    private static IReadOnlyList<string> CheckForBoard(byte[] image, ParseResult result, Options options, PackageTarget? target)
    {
        if (ApplicationBundle.TryParse(image, out ApplicationBundle? bundle) is string reason)
        {
            throw new UserErrorException(ExitCode.BadFile, $"the image is no application bundle: {reason}");
        }

        target?.RequireRuntime(bundle!.Runtime);
        string[] names = result.GetValue(options.Assemblies) is { Length: > 0 } paths
            ? paths
            : [.. bundle!.Assemblies.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"{result.GetValue(options.Image)}, assembly {i}"))];
        int misplaced = bundle!.Runtime == BundleRuntime.Net10 ? bundle.Assemblies.ToList().FindIndex(assembly => NanoAssembly.IsMarked(assembly)) : -1;
        if (misplaced >= 0)
        {
            string remedy = target is null ? "say --runtime nanoframework, or give the .dll for a virtual ECU" : $"{target.Name} is a virtual ECU, give the .dll";
            throw new UserErrorException(ExitCode.BadFile, $"{names[misplaced]}: it is a nanoFramework assembly, for a board; {remedy}");
        }

        return bundle.Runtime == BundleRuntime.NanoFramework ? NanoBundleCheck.Require(bundle, names, target) : [];
    }

    internal static byte[] IdentifierOf(string? text, string option, byte[]? ofTarget) => text is null
        ? ofTarget ?? throw new UserErrorException(ExitCode.BadUsage, $"{option} is missing: give it, or --ecu to take it from nf.config")
        : Identifier(text, option);

    internal static byte[] Identifier(string text, string option) => Guid.TryParse(text, out Guid identifier)
        ? identifier.ToByteArray(bigEndian: true)
        : throw new UserErrorException(ExitCode.BadUsage, $"{option} \"{text}\" is no identifier of 16 bytes (32 hexadecimal digits, with or without hyphens)");

    private sealed class Options
    {
        public readonly Option<string[]> Assemblies = new("--assembly") { HelpName = "FILE", Description = "Compiled assembly (.dll for a virtual ECU, .pe for a board); once for each, in the order in which they are loaded, the entry class in the last" };
        public readonly Option<string?> EntryClass = new("--entry-class") { HelpName = "CLASS", Description = "Full name of the class that implements IApplication" };
        public readonly Option<string?> ApplicationVersion = new("--application-version") { HelpName = "TEXT", Description = "Version of the application, 1 to 24 characters" };
        public readonly Option<string?> Runtime = new("--runtime") { Description = "What the assemblies are compiled for; without it what the ECU's board runs, or net10.0" };
        public readonly Option<ushort> Contract = new("--contract") { HelpName = "N", Description = "Version of EsyncAgent.App that they are compiled against", DefaultValueFactory = _ => HostApplicationLoader.ResidentContractVersion };
        public readonly Option<string?> Image = new("--image") { HelpName = "FILE", Description = "A ready application bundle, instead of assemblies" };
        public readonly Option<string> Name = new("--name") { HelpName = "TEXT", Description = "Name of the package", Required = true };
        public readonly Option<string?> Hardware = new("--hardware") { HelpName = "TEXT", Description = "What it is for, in words; the class identifier decides" };
        public readonly Option<string?> Ecu = new("--ecu") { HelpName = "NAME", Description = "ECU of nf.config that the package is for: vendor, class and runtime are its own, and what does not fit it is refused" };
        public readonly Option<string?> Config = new("--config") { HelpName = "FILE", Description = "The configuration; without it the nearest nf.config, from the current folder upwards" };
        public readonly Option<string?> Vendor = new("--vendor") { HelpName = "UUID", Description = "SUIT vendor identifier, instead of the ECU's" };
        public readonly Option<string?> Class = new("--class") { HelpName = "UUID", Description = "SUIT class identifier, instead of the ECU's" };
        public readonly Option<string?> Device = new("--device") { HelpName = "HEX", Description = "Device identifier (32 hexadecimal digits): for this one ECU only" };
        public readonly Option<uint> Sequence = new("--sequence") { HelpName = "N", Description = "SUIT sequence number: higher than any of any package before. The full image beside encoded entries has N + 1", Required = true };
        public readonly Option<uint> SecurityVersion = new("--security-version") { HelpName = "N", Description = "securityVersion: raise it when older versions must never come back", Required = true };
        public readonly Option<string> Slot = new("--slot") { Description = "Bank that the image may lie in", DefaultValueFactory = _ => "both" };
        public readonly Option<string[]> Keys = new("--key") { HelpName = "FILE", Description = "Private key file that signs; once for each role", Required = true };
        public readonly EncodingOptions Encodings = new();
        public readonly Option<string> Out = new("--out") { HelpName = "FILE", Description = "Package file to write", Required = true };
    }
}
