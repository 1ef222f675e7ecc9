// Which form of an image an ECU gets: by what it reports, and by nothing else.
using EsyncAgent;
using EsyncSim.Client;
using Xunit;

namespace EsyncTests.HostSim.Client;

public sealed class UpdateImagesTests
{
    private const ushort Everything = 0x0707;
    private static readonly byte[] DeviceId = Digest(0xD0);
    private static readonly UpdateImage Full = Form(0x00, 60_000, sequence: 8);
    private static readonly UpdateImage Compressed = Form(0x10, 30_000);
    private static readonly UpdateImage DeltaFromOne = Form(0x20, 5_000) with { ManifestDigest = Digest(0x21), BaseDigest = Digest(1) };
    private static readonly UpdateImage DeltaFromTwo = Form(0x20, 4_000) with { ManifestDigest = Digest(0x22), BaseDigest = Digest(2) };
    private static readonly UpdateImage ForDevice = Form(0x11, 29_000) with { Recipients = [Digest(7)[..16], DeviceId[..16]] };
    private static readonly UpdateImages Images = new([Full, Compressed, DeltaFromOne, DeltaFromTwo, ForDevice]);

    [Fact]
    public void The_smallest_transfer_comes_first_and_the_whole_image_last()
    {
        Assert.Equal([DeltaFromOne, ForDevice, Compressed, Full], Choice(Report()));
    }

    [Fact]
    public void A_delta_is_for_the_confirmed_image_that_runs()
    {
        Assert.Equal(DeltaFromTwo, Choice(Report(running: 2))[0]);
        Assert.Equal(ForDevice, Choice(Report(running: 3))[0]);

        // On trial, or with nothing running: what it would build on may go.
        VersionReport onTrial = Report() with { RunningBank = 1, States = [BankState.Confirmed, BankState.Trial], ManifestDigests = [Digest(1), Digest(2)] };
        Assert.Equal(ForDevice, Choice(onTrial)[0]);
        Assert.Equal(ForDevice, Choice(Report() with { RunningBank = 0xFF })[0]);
    }

    [Theory]
    [InlineData(0x0001, "full")]
    [InlineData(0x0003, "heatshrink full")]
    [InlineData(0x0005, "delta full")]
    [InlineData(0x0201, "heatshrink+aes full")]
    [InlineData(0x0000, "full")]
    public void What_the_ECU_has_no_decoder_for_is_left_out(int encodings, string names)
    {
        Assert.Equal(names, string.Join(' ', Choice(Report(), (ushort)encodings).Select(image => EncodingText.Of(image.Encoding))));
    }

    [Fact]
    public void A_window_or_a_list_of_recipients_that_is_longer_than_the_ECU_takes_is_left_out()
    {
        UpdateImage wide = Compressed with { WindowBits = 9 }, crowded = ForDevice with { Recipients = [DeviceId[..16], Digest(7)[..16], Digest(8)[..16]] };
        Assert.Equal([Full], new UpdateImages([wide, crowded, Full]).For(Report(), Limits(Everything)));
        Assert.Equal(FotaError.EncodingUnsupported, UpdateImages.Obstacle(wide, Report(), Limits(Everything)));
        Assert.Equal(FotaError.None, UpdateImages.Obstacle(Compressed with { WindowBits = 8 }, Report(), Limits(Everything)));
    }

    [Fact]
    public void An_encrypted_form_is_for_its_recipients()
    {
        Assert.DoesNotContain(ForDevice, Choice(Report() with { DeviceId = Digest(9)[..16] }));
        UpdateImage unknown = ForDevice with { Recipients = null };
        Assert.Contains(unknown, new UpdateImages([Full, unknown]).For(Report() with { DeviceId = Digest(9)[..16] }, Limits(Everything)));
    }

    [Fact]
    public void An_envelope_that_does_not_fit_is_left_out()
    {
        UpdateImage longer = Compressed with { Envelope = new byte[5_001] };
        Assert.Equal([Full], new UpdateImages([longer, Full]).For(Report(), Limits(Everything)));
        Assert.Equal(FotaError.EnvelopeTooLong, UpdateImages.Obstacle(longer, Report(), Limits(Everything)));
    }

    [Theory]
    [InlineData(BankState.Receiving)]
    [InlineData(BankState.Verified)]
    public void A_form_that_was_begun_goes_on(BankState state)
    {
        foreach (UpdateImage begun in Images.All.Where(image => image != DeltaFromTwo))
        {
            Assert.Equal(begun, Choice(Secondary(Report(), state, begun.ManifestDigest, begun.Sequence))[0]);
        }
    }

    [Theory]
    [InlineData(BankState.Rejected)]
    [InlineData(BankState.Previous)]
    [InlineData(BankState.Empty)]
    public void A_form_that_is_not_on_its_way_any_more_has_no_precedence(BankState state)
    {
        Assert.Equal(DeltaFromOne, Choice(Secondary(Report(), state, Compressed.ManifestDigest, sequence: 6))[0]);
    }

    [Fact]
    public void A_delta_that_has_arrived_needs_its_base_no_more_and_one_on_its_way_does()
    {
        VersionReport report = Report(running: 3);
        Assert.Equal(DeltaFromOne, Choice(Secondary(report, BankState.Verified, DeltaFromOne.ManifestDigest))[0]);
        Assert.Equal(ForDevice, Choice(Secondary(report, BankState.Receiving, DeltaFromOne.ManifestDigest, sequence: 6))[0]);
    }

    [Fact]
    public void Once_the_whole_image_was_begun_the_others_are_too_old()
    {
        VersionReport report = Secondary(Report(), BankState.Rejected, Full.ManifestDigest, Full.Sequence);
        Assert.Equal([Full], Choice(report));
        Assert.Equal(FotaError.SequenceTooLow, UpdateImages.Obstacle(DeltaFromOne, report, Limits(Everything)));

        // Of two forms with one number the ECU takes the one that it knows.
        Assert.Equal([Compressed, Full], Choice(Secondary(Report(), BankState.Rejected, Compressed.ManifestDigest, Compressed.Sequence)));
    }

    [Fact]
    public void The_whole_image_is_offered_alone_when_it_must_be_and_the_others_are_still_known()
    {
        UpdateImages whole = Images.WholeOnly();
        VersionReport report = Secondary(Report(), BankState.Receiving, Compressed.ManifestDigest);

        Assert.Equal([Full], whole.For(report, Limits(Everything)));
        Assert.True(whole.AreIn(report, 1, BankState.Receiving));
    }

    [Fact]
    public void Without_a_plain_one_the_encrypted_whole_image_is_the_last_choice()
    {
        UpdateImage encrypted = Form(0x01, 60_000) with { Recipients = [DeviceId[..16]] };
        UpdateImages images = new([encrypted, ForDevice]);

        Assert.Equal(encrypted, images.Whole);
        Assert.Equal([ForDevice, encrypted], images.For(Report(), Limits(Everything)));
        Assert.Empty(images.For(Report() with { DeviceId = Digest(9)[..16] }, Limits(Everything)));
    }

    [Fact]
    public void An_ECU_holds_the_version_in_whatever_form_it_came()
    {
        foreach (UpdateImage image in Images.All)
        {
            VersionReport report = Secondary(Report(), BankState.Trial, image.ManifestDigest);
            Assert.True(Images.AreIn(report, 1, BankState.Trial));
            Assert.False(Images.AreIn(report, 1, BankState.Verified));
            Assert.False(Images.AreIn(report, 0, BankState.Confirmed));
            Assert.False(Images.AreIn(report, 0xFF, BankState.Trial));
        }
    }

    [Fact]
    public void Encodings_have_names()
    {
        byte[] encodings = [0x00, 0x10, 0x20, 0x01, 0x11, 0x21, 0x30, 0x02];
        Assert.Equal(["full", "heatshrink", "delta", "full+aes", "heatshrink+aes", "delta+aes", "30", "02"], encodings.Select(EncodingText.Of));
    }

    private static IReadOnlyList<UpdateImage> Choice(VersionReport report, ushort encodings = Everything) => Images.For(report, Limits(encodings));

    private static UpdateLimits Limits(ushort encodings) => new(1, 4095, 5_000, 0x40000, encodings, RecipientCountMax: 2, WindowBitsMax: 8);

    private static UpdateImage Form(byte encoding, int length, uint sequence = 7) =>
        new(new byte[4_000], Digest((byte)(0x80 + encoding)), encoding, new byte[length], "2.0.0") { Sequence = sequence, ImageLength = 60_000 };

    private static byte[] Digest(byte value) => [.. Enumerable.Repeat(value, 32)];

    // Bank A runs an image, confirmed; bank B is empty.
    private static VersionReport Report(byte running = 1) => new()
    {
        Bytes = [],
        DeviceId = DeviceId[..16],
        AgentVersion = new Version(0, 1, 0),
        ActiveBank = 0,
        RunningBank = 0,
        States = [BankState.Confirmed, BankState.Empty],
        AttemptsLeft = 0,
        SecurityVersionFloor = 1,
        SequenceNumberMax = 6,
        ManifestDigests = [Digest(running), new byte[32]],
        ApplicationVersion = "1.0.0",
        LastError = FotaError.None,
        TrustSequence = 0,
        SecurityEvents = [],
        IsAuthentic = true,
    };

    private static VersionReport Secondary(VersionReport report, BankState state, byte[] digest, uint sequence = 7) => report with
    {
        States = [report.States[0], state],
        ManifestDigests = [report.ManifestDigests[0], digest],
        SequenceNumberMax = sequence,
    };
}
