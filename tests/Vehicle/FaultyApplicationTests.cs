// An application that spins, sleeps or throws, wherever it does so, costs its trial and nothing else: the ECU goes back by
// itself and answers. The applications are compiled here and run as bundles, with their instructions counted.
using EsyncAgent;
using EsyncSim.Applications;
using EsyncSim.Client;
using EsyncSim.Packages;
using EsyncSim.Signing;
using EsyncTests.AgentFirmware.EcuM;
using EsyncTests.IlCounting;
using Xunit;

namespace EsyncTests.Vehicle;

public sealed class FaultyApplicationTests
{
    private const string Spin = "for (; ; ) { }";
    private const string Sleep = "System.Threading.Thread.Sleep(-1);";
    private const string LongNap = "System.Threading.Thread.Sleep(5000);";
    private const string Throw = "throw new System.InvalidOperationException(\"broken\");";

    [Theory]
    [InlineData("Start", Spin, FotaError.SelfTestPending)]
    [InlineData("Start", Sleep, FotaError.SelfTestPending)]
    [InlineData("Start", Throw, FotaError.ApplicationFaulted)]
    [InlineData("SelfTest", Spin, FotaError.SelfTestPending)]
    [InlineData("SelfTest", Sleep, FotaError.SelfTestPending)]
    [InlineData("SelfTest", Throw, FotaError.ApplicationFaulted)]
    [InlineData("Cycle", Spin, FotaError.AliveLost)]
    [InlineData("Cycle", Sleep, FotaError.AliveLost)]
    [InlineData("Cycle", LongNap, FotaError.AliveLost)]
    [InlineData("Cycle", Throw, FotaError.ApplicationFaulted)]
    public void A_faulty_application_goes_back(string where, string what, FotaError reason)
    {
        SigningKey author = Key(SigningRole.Author), oem = Key(SigningRole.Oem);
        VehicleRig rig = new(loader: () => new HostApplicationLoader());
        rig.Run(async () =>
        {
            await rig.BeginAsync(ProvisioningRecord.Build(TestImage.DeviceId, TestImage.DeviceSecret, [author.Anchor, oem.Anchor]));
            UpdateOutcome first = await rig.UpdateAsync(Sign(rig, "1.0.0", 1, Source("Cycle", string.Empty), author, oem));
            Assert.Equal(UpdateEnd.Confirmed, first.End);

            UpdateOutcome outcome = await rig.UpdateAsync(Sign(rig, "2.0.0", 2, Source(where, what), author, oem));

            Assert.Equal((UpdateEnd.RolledBack, reason), (outcome.End, outcome.Reason));
            await rig.Client.SessionAsync(0x03);
            VersionReport report = await rig.Client.ReadVersionReportAsync();
            Assert.Equal(("1.0.0", BankState.Confirmed), (report.ApplicationVersion, report.States[report.RunningBank]));
            Assert.Equal(ApplicationState.Running, rig.Ecu.Application!.State);
        });
    }

    private static SigningKey Key(SigningRole role) => SigningKey.FromSeedText(role, new SigningParameters(1, 5, 4), $"faulty {role}");

    private static string Source(string where, string what)
    {
        string In(string method) => method == where ? what : string.Empty;
        return $$"""
            public sealed class Application : EsyncAgent.App.IApplication
            {
                public bool IsUpdateAllowed { get { return true; } }
                public void Start(EsyncAgent.App.IApplicationServices services) { {{In("Start")}} }
                public bool SelfTest() { {{In("SelfTest")}} return true; }
                public void Cycle(uint nowMs) { {{In("Cycle")}} }
                public int ReadDataByIdentifier(ushort dataIdentifier, byte[] into, int offset) { return -1; }
            }
            """;
    }

    private static TestImage Sign(VehicleRig rig, string version, uint sequence, string source, SigningKey author, SigningKey oem)
    {
        byte[] image = new ApplicationBundle
        {
            Runtime = BundleRuntime.Net10,
            ContractVersion = 1,
            Version = version,
            EntryClass = "Application",
            Assemblies = [AgentCompiler.Compile("Faulty" + sequence, [("Application.cs", source)])],
        }.Build();
        PackageRequest request = new()
        {
            Name = "faulty",
            Hardware = "motor",
            Image = image,
            Sequence = sequence,
            SecurityVersion = 1,
            VendorId = rig.Definition.Config.Fota.VendorId,
            ClassId = rig.Definition.Config.Fota.ClassId,
        };
        PackageEntry entry = PackageBuilder.Build(request, [new MemorySigner(author), new MemorySigner(oem)]).Entries[0];
        return new TestImage(version, entry.Envelope, entry.Payload, SuitEnvelope.Decode(entry.Envelope).ManifestDigest);
    }
}
