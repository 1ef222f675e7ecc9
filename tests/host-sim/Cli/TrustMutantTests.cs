// That each rule of routine 0214 is what keeps a forged trust file out: with the rule mutated away the same file comes in.
using EsyncAgent;
using EsyncSim;
using EsyncSim.Config;
using EsyncSim.Packages;
using EsyncTests.AgentFirmware.EcuM;
using EsyncTests.Mutants;
using Xunit;
using static EsyncTests.AgentFirmware.EcuM.TestTrust;

namespace EsyncTests.HostSim.Cli;

public sealed class TrustMutantTests(TrustMutantProgram shared) : IClassFixture<TrustMutantProgram>, IDisposable
{
    private const string Fota = "agent-firmware/src/Fota/";

    private static readonly Mutant HalfSigned = new("one signature is enough", Fota + "EnvelopeVerifier.cs", "if (isMissing && _areRolesRequired)", "if (isMissing && !_areRolesRequired)");
    private static readonly Mutant Older = new("older ones come back", Fota + "RoutineInstallTrust.cs", "if (manifest.SequenceNumber <= _keys.TrustSequence)", "if (manifest.SequenceNumber == 0)");
    private static readonly Mutant LockOut = new("a role may stay without key", Fota + "TrustVerifier.cs", "return FotaError.AnchorRoleMissing;", "return FotaError.None;");
    private static readonly Mutant OtherClass = new("any class", Fota + "DocumentVerifier.cs", "return FotaError.WrongClass;", "return FotaError.None;");
    private static readonly Mutant OtherDevice = new("any device", Fota + "DocumentVerifier.cs", "return isForAnother ? FotaError.WrongDevice : FotaError.None;", "return FotaError.None;");
    private static readonly Mutant OneLabel = new("signatures without label", Fota + "EnvelopeVerifier.cs", "BuildSigStructure(_kind == SignedDocument.TrustManifest ? TrustLabel :", "BuildSigStructure(_kind == SignedDocument.TrustManifest ? string.Empty :");

    /// <summary>All of them: they share a program, which takes longest to compile.</summary>
    public static IReadOnlyList<Mutant> All { get; } = [HalfSigned, Older, LockOut, OtherClass, OtherDevice, OneLabel];

    private static readonly string Config = Repository.PathOf("nf.config");
    private static readonly Lazy<Task<(byte[] Memory, byte[] Device)>> Provisioned = new(ProvisionAsync);

    private readonly Folder _folder = new();
    private readonly FotaConfig _motor = NfConfig.Load(Config).Ecu("motor").Config.Fota;

    private TrustList Good => List(2, NewAuthor, NewOem) with { VendorId = _motor.VendorId, ClassId = _motor.ClassId };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task Signed_by_one_of_two() => IsKeptOutBy(HalfSigned, FotaError.RoleMissing, TestTrust.Document(Good, Author));

    [Fact]
    public Task Signed_by_the_keys_to_come() => IsKeptOutBy(HalfSigned, FotaError.RoleMissing, TestTrust.Document(Good, NewAuthor, NewOem));

    [Fact]
    public Task Older_than_the_one_in_force() => IsKeptOutBy(
        Older, FotaError.SequenceTooLow, TestTrust.Document(Good with { Sequence = 1 }, Author, Oem), TestTrust.Document(Good with { Anchors = [Author.Anchor, Oem.Anchor] }, Author, Oem));

    [Fact]
    public Task Without_a_key_of_a_role() => IsKeptOutBy(LockOut, FotaError.AnchorRoleMissing, TestTrust.Document(Good with { Anchors = [NewAuthor.Anchor] }, Author, Oem));

    [Fact]
    public Task For_other_ECUs() => IsKeptOutBy(OtherClass, FotaError.WrongClass, TestTrust.Document(Good with { ClassId = new byte[16] }, Author, Oem));

    [Fact]
    public Task For_another_device() => IsKeptOutBy(OtherDevice, FotaError.WrongDevice, TestTrust.Document(Good with { DeviceId = new byte[16] }, Author, Oem));

    [Fact]
    public Task Signed_as_an_images_manifest() => IsKeptOutBy(
        OneLabel, FotaError.SignatureInvalid, (SuitEnvelope.Sign(Good.Encode(), [Author.Signer, Oem.Signer]) with { Kind = SignedDocument.TrustManifest }).Encode());

    private async Task IsKeptOutBy(Mutant rule, FotaError reason, byte[] document, params byte[][] before)
    {
        (int code, string error) = await InstallAsync(EsyncCommandLineTests.RunAsync, document, before);
        Assert.NotEqual(ExitCode.Ok, code);
        Assert.Contains($"({reason})", error);

        MutatedProgram program = shared.Choose(rule);
        (code, error) = await InstallAsync(async arguments => Told(await program.RunAsync(arguments)), document, before);
        Assert.True(code == ExitCode.Ok, $"with {rule} the file is still kept out: {error}");
    }

    private static (int Code, string Output, string Error) Told(MutantRun run) => (run.ExitCode, run.Output, run.Error);

    // The ECU as it left its provisioning, the trust files that it takes first, then the one that is tried.
    private async Task<(int Code, string Error)> InstallAsync(Func<string[], Task<(int Code, string Output, string Error)>> run, byte[] document, params byte[][] before)
    {
        string flash = _folder["motor.flash"];
        (byte[] memory, byte[] device) = await Provisioned.Value;
        File.WriteAllBytes(flash, memory);
        File.WriteAllBytes(flash + ".device", device);
        (int Code, string Output, string Error) told = (ExitCode.Ok, string.Empty, string.Empty);
        foreach (byte[] file in before.Append(document))
        {
            Assert.True(told.Code == ExitCode.Ok, told.Error);
            File.WriteAllBytes(_folder["tried.trust"], file);
            told = await run(["update", "--config", Config, "--ecu", "motor", "--package", _folder["tried.trust"], "--flash", flash]);
        }

        return (told.Code, told.Error);
    }

    private static async Task<(byte[] Memory, byte[] Device)> ProvisionAsync()
    {
        using Folder folder = new();
        File.WriteAllBytes(folder["author.pub"], Author.Anchor.ToFile());
        File.WriteAllBytes(folder["oem.pub"], Oem.Anchor.ToFile());
        (int code, _, string error) = await EsyncCommandLineTests.RunAsync(
            "provision", "--config", Config, "--ecu", "motor", "--flash", folder["a.flash"], "--anchor", folder["author.pub"], "--anchor", folder["oem.pub"]);
        Assert.True(code == ExitCode.Ok, error);
        return (File.ReadAllBytes(folder["a.flash"]), File.ReadAllBytes(folder["a.flash.device"]));
    }
}

/// <summary>The program with the rules behind a switch.</summary>
public sealed class TrustMutantProgram : IDisposable
{
    private readonly MutatedProgram _program = MutatedProgram.Switched("trust mutants", TrustMutantTests.All);

    /// <summary>The program without one of the rules.</summary>
    public MutatedProgram Choose(Mutant mutant)
    {
        _program.Select([mutant]);
        return _program;
    }

    /// <inheritdoc/>
    public void Dispose() => _program.Dispose();
}
