// Which form of an image the server chooses by what an ECU said, and the reason that it gives, on real packages.
using System.Buffers.Binary;
using EsyncAgent;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Packages;
using EsyncSim.Server;
using EsyncTests.Vehicle;
using Xunit;

namespace EsyncTests.HostSim.Server;

public sealed class FormChoiceTests
{
    private const int Length = 6_000;
    private const ushort Everything = 0x0707;
    private static readonly EcuDefinition Ecu = NfConfig.Load(Repository.PathOf("nf.config")).Ecu("motor");
    private static readonly Package Old = EncodedPackages.Full(Ecu, 1, EncodedPackages.Image("1.0.0", Length));
    private static readonly Package New = EncodedPackages.Encoded(Ecu, 2, EncodedPackages.Image("2.0.0", Length), Old);
    private static readonly PackageForms Forms = PackageForms.Of(New.Encode());
    private static readonly byte[] OldDigest = EncodedPackages.DigestOf(Old.Entries[0]);

    [Fact]
    public void A_patch_of_what_the_ECU_runs_is_chosen_and_the_whole_image_stands_behind_it()
    {
        FormChoice choice = Choose(Report(OldDigest), Limits(Everything));

        PackageForm delta = Form("delta"), full = Form("full");
        Assert.Equal("delta", choice.Encoding);
        Assert.Equal([new OfferedFile(delta.Sha256, delta.File.Length, "delta"), new OfferedFile(full.Sha256, full.File.Length, "full")], choice.Files);
        Assert.Equal(
            $"{delta.TransferLength:N0} of {full.ImageLength:N0} bytes: a patch of what the ECU runs; full not: {full.TransferLength:N0} bytes; heatshrink not: {Form("heatshrink").TransferLength:N0} bytes",
            choice.Why);
    }

    [Fact]
    public void Another_release_gets_the_compressed_image_and_the_reason_against_the_patch()
    {
        FormChoice choice = Choose(Report(new byte[32]), Limits(Everything));

        Assert.Equal(("heatshrink", 2), (choice.Encoding, choice.Files.Count));
        Assert.Contains("bytes: compressed", choice.Why, StringComparison.Ordinal);
        Assert.Contains($"delta not: {FotaErrorText.Of(FotaError.WrongBase)}", choice.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void An_ECU_without_decoders_gets_the_whole_image_and_each_other_form_its_reason()
    {
        FormChoice choice = Choose(Report(OldDigest), Limits(FotaConfig.PlainOnly));

        Assert.Equal([new OfferedFile(Form("full").Sha256, Form("full").File.Length, "full")], choice.Files);
        string[] parts = choice.Why.Split("; ");
        Assert.EndsWith("bytes: the whole image", parts[0], StringComparison.Ordinal);
        Assert.Equal($"heatshrink not: {FotaErrorText.Of(FotaError.EncodingUnsupported)}", parts[1]);
        Assert.Equal($"delta not: {FotaErrorText.Of(FotaError.EncodingUnsupported)}", parts[2]);
    }

    [Theory]
    [InlineData(BankState.Receiving)]
    [InlineData(BankState.Verified)]
    [InlineData(BankState.Trial)]
    public void What_the_ECU_has_begun_with_is_gone_on_with(BankState state)
    {
        VersionReport report = Report(OldDigest);
        FormChoice choice = Choose(
            report with { States = [BankState.Confirmed, state], ManifestDigests = [OldDigest, Form("heatshrink").Image!.ManifestDigest], SequenceNumberMax = Form("heatshrink").Image!.Sequence },
            Limits(Everything));

        Assert.Equal("heatshrink", choice.Encoding);
        Assert.Contains("compressed, which the ECU has begun with", choice.Why, StringComparison.Ordinal);
        Assert.Contains($"delta not: {FotaErrorText.Of(FotaError.SequenceTooLow)}", choice.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_report_or_limits_it_is_the_whole_image_and_that_is_said()
    {
        Assert.Contains("gave no version report", Choose(null, Limits(Everything)).Why, StringComparison.Ordinal);
        FormChoice choice = Choose(Report(OldDigest), null);
        Assert.Equal("full", choice.Encoding);
        Assert.Single(choice.Files);
        Assert.Contains("did not say what the ECU takes", choice.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_ECU_will_refuse_in_every_form_is_offered_whole_and_said_to_be_so()
    {
        FormChoice choice = Choose(Report(OldDigest) with { SequenceNumberMax = 99 }, Limits(Everything));

        Assert.Equal("full", choice.Encoding);
        Assert.Contains($"the whole image, though {FotaErrorText.Of(FotaError.SequenceTooLow)}", choice.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void What_has_no_forms_has_no_choice() => Assert.Null(FormChoice.Of(PackageForms.Of([1, 2, 3]), Report(OldDigest), Limits(Everything)));

    [Fact]
    public void Reports_and_limits_are_read_from_the_text_that_a_vehicle_sends_or_not_at_all()
    {
        byte[] record = new byte[UpdateLimits.RecordLength];
        BinaryPrimitives.WriteUInt32BigEndian(record.AsSpan(4), 9_000);
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(12), Everything);
        record[15] = 8;

        Assert.Equal((9_000u, Everything, (byte)8), (UpdateLimits.TryRead(Convert.ToHexStringLower(record)) is { } limits ? (limits.EnvelopeLengthMax, limits.Encodings, limits.WindowBitsMax) : default));
        foreach (string? bad in new[] { null, string.Empty, "00", new string('x', 32), new string('0', 34) })
        {
            Assert.Null(UpdateLimits.TryRead(bad));
        }

        byte[] report = new byte[VersionReport.Length];
        report[0] = 2;
        report[VersionReport.NonceOffset] = 7;
        Assert.Equal(7, VersionReport.TryRead(Convert.ToHexStringLower(report))!.Nonce[0]);
        report[0] = 9;
        Assert.Null(VersionReport.TryRead(Convert.ToHexStringLower(report)));
        Assert.Null(VersionReport.TryRead(new string('z', 2 * VersionReport.Length)));
        Assert.Null(VersionReport.TryRead(null));
    }

    private static FormChoice Choose(VersionReport? report, UpdateLimits? limits) => FormChoice.Of(Forms, report, limits)!;

    private static PackageForm Form(string encoding) => Forms.All.Single(form => form.Encoding == encoding);

    private static UpdateLimits Limits(ushort encodings) => new(1, 4095, 20_000, 0x40000, encodings, RecipientCountMax: 2, EncodedPackages.WindowBitsMax);

    // Bank A runs an image, confirmed; bank B is empty.
    private static VersionReport Report(byte[] running) => new()
    {
        Bytes = [],
        DeviceId = new byte[16],
        AgentVersion = new Version(0, 1, 0),
        ActiveBank = 0,
        RunningBank = 0,
        States = [BankState.Confirmed, BankState.Empty],
        AttemptsLeft = 0,
        SecurityVersionFloor = 1,
        SequenceNumberMax = 1,
        ManifestDigests = [running, new byte[32]],
        ApplicationVersion = "1.0.0",
        LastError = FotaError.None,
        TrustSequence = 0,
        SecurityEvents = [],
        IsAuthentic = false,
    };
}
