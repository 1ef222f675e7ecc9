// Whole updates of a virtual ECU by small forms of an image: what is sent, what runs afterwards, what follows when it does not
// work, and what is sent again after a power cut. Bytes are counted on the bus.
using EsyncAgent;
using EsyncSim.Client;
using EsyncSim.Flash;
using EsyncSim.Packages;
using EsyncSim.Server;
using EsyncSim.Vehicle;
using Xunit;

namespace EsyncTests.Vehicle;

public sealed class EncodedUpdateTests(ITestOutputHelper output) : IDisposable
{
    private const int Length = 60_000;
    private const int PieceLength = 4096;
    private readonly CampaignRig _rig = new();
    private readonly byte[] _oldImage = EncodedPackages.Image("1.0.0", Length);
    private readonly byte[] _newImage = EncodedPackages.Image("2.0.0", Length);

    private Package Old => EncodedPackages.Full(_rig.Definition, 1, _oldImage);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void A_delta_is_all_that_is_sent_and_the_next_one_builds_on_what_it_made()
    {
        Package old = Old, middle = EncodedPackages.Encoded(_rig.Definition, 2, _newImage, old);
        byte[] newest = EncodedPackages.Image("3.0.0", Length);
        Run(old, async () =>
        {
            Assert.Equal(TargetEnd.Completed, (await _rig.UpdateAsync(middle, "c2")).End);
            await AssertRunsAsync("2.0.0", Payload(middle, 0x20));

            // The running image came as a delta and has that one's digest.
            Package last = EncodedPackages.Encoded(_rig.Definition, 4, newest, middle);
            Assert.Equal(TargetEnd.Completed, (await _rig.UpdateAsync(last, "c3")).End);
            await AssertRunsAsync("3.0.0", Payload(last, 0x20));
        });
        Assert.Equal(["delta", "delta"], _rig.Transfers.Select(transfer => transfer.Encoding));
        output.WriteLine($"delta of {Payload(middle, 0x20)} bytes for an image of {_newImage.Length}");
    }

    [Fact]
    public void Where_no_delta_fits_the_compressed_image_is_sent()
    {
        Package package = EncodedPackages.Encoded(_rig.Definition, 2, _newImage);
        Run(Old, async () =>
        {
            Assert.Equal(TargetEnd.Completed, (await _rig.UpdateAsync(package, "c2")).End);
            await AssertRunsAsync("2.0.0", Payload(package, 0x10));
        });
        Assert.Equal([("heatshrink", 0, Payload(package, 0x10))], _rig.Transfers);
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0x10)]
    [InlineData(0x20)]
    public void What_is_encrypted_for_the_ECU_is_installed_and_for_another_one_not_even_sent(int encoding)
    {
        Package old = Old, plain = EncodedPackages.Encoded(_rig.Definition, 2, _newImage, old);
        PackageEntry entry = plain.Entries.First(entry => entry.Encoding == encoding);
        byte[] stranger = new byte[16];
        Package Of(params byte[][] devices) => plain with { Entries = [plain.Full!, EncodedPackages.Encrypted(_rig.Definition, 2, _newImage, entry, devices)] };
        Run(old, async () =>
        {
            Assert.Equal(TargetEnd.Completed, (await _rig.UpdateAsync(Of(stranger, TestImage.DeviceId), "c2")).End);
            await AssertRunsAsync("2.0.0", entry.Payload.Length);
        });
        Assert.Equal([(EncodingText.Of((byte)(encoding | 1)), 0, entry.Payload.Length)], _rig.Transfers);
        Assert.DoesNotContain(_rig.Told, message => message.Type == "esync.incremental-failed");

        VersionReport report = null!;
        UpdateLimits limits = null!;
        _rig.Time.Run(async () => (report, limits) = (await _rig.ReportAsync(), await _rig.Client.ReadLimitsAsync()));
        Assert.Equal(FotaError.NoContentKey, UpdateImages.Obstacle(PackageImages.Of(Of(stranger)).All[1], report, limits));
    }

    [Fact]
    public void A_key_that_is_wrapped_for_another_secret_is_followed_by_the_whole_image()
    {
        Package good = EncodedPackages.Encoded(_rig.Definition, 2, _newImage);
        PackageEntry entry = EncodedPackages.Encrypted(_rig.Definition, 2, _newImage, good.Entries.Single(entry => entry.Encoding == 0x10), TestImage.DeviceId);
        EncryptionInfo info = InfoOf(entry);
        WrappedKey bad = info.Recipients[0] with { Key = [.. info.Recipients[0].Key.Select(b => (byte)~b)] };
        Fails(good, EncodedPackages.Entry(_rig.Definition, 2, _newImage, 0x11, entry.Payload, encryption: info with { Recipients = [bad] }), "heatshrink+aes", FotaError.NoContentKey);
    }

    [Fact]
    public void A_delta_for_another_base_costs_its_envelope_and_the_whole_image_follows()
    {
        Package old = Old, package = EncodedPackages.Encoded(_rig.Definition, 2, _newImage, EncodedPackages.Full(_rig.Definition, 9, EncodedPackages.Image("0.9.0", Length)));
        List<(string, FotaError)> refused = [];
        Run(old, async () =>
        {
            // The client is not told the base, as if the ECU had another one than its report said.
            UpdateImages images = new([.. PackageImages.Of(package).All.Where(image => image.Encoding != 0x10).Select(image => image with { BaseDigest = null })]);
            PackageUpdate update = new(new VehicleEcu("motor", _rig.Client, new UpdatePolicy()), images, _rig, (image, refusal) =>
            {
                refused.Add((EncodingText.Of(image.Encoding), refusal.Reason));
                return Task.FromResult<UpdateImages?>(images.WholeOnly());
            });
            UpdateOutcome outcome = await update.RunAsync(new UpdatePolicy());
            Assert.True(outcome.End == UpdateEnd.Confirmed, outcome.Text);
            Assert.Equal([0x10, 0x10, 0x20], _rig.Downloads());
            Assert.Equal(1, _rig.Erases());
            await AssertRunsAsync("2.0.0", _newImage.Length);
        });
        Assert.Equal([("delta", FotaError.WrongBase)], refused);
        Assert.Equal([("full", 0, _newImage.Length)], _rig.Transfers);
    }

    [Fact]
    public void A_stream_that_cannot_be_decoded_is_followed_by_the_whole_image()
    {
        // Signed, and cut off: the decoder finds its end too early.
        Package good = EncodedPackages.Encoded(_rig.Definition, 2, _newImage);
        byte[] cut = good.Entries.Single(entry => entry.Encoding == 0x10).Payload[..^100];
        Fails(good, EncodedPackages.Entry(_rig.Definition, 2, _newImage, 0x10, cut), "heatshrink", FotaError.StreamMalformed);
    }

    [Fact]
    public void A_delta_that_gives_another_image_is_followed_by_the_whole_one()
    {
        Package old = Old;
        Package other = EncodedPackages.Encoded(_rig.Definition, 2, EncodedPackages.Image("2.0.1", Length), old);
        byte[] patch = other.Entries.First(entry => entry.Encoding == 0x20).Payload;
        Package good = EncodedPackages.Encoded(_rig.Definition, 2, _newImage);
        Fails(good, EncodedPackages.Entry(_rig.Definition, 2, _newImage, 0x20, patch, EncodedPackages.DigestOf(old.Entries[0])), "delta", FotaError.ChunkMismatch);
    }

    [Fact]
    public void A_piece_that_is_not_the_signed_one_is_sent_again_before_it_counts()
    {
        Package good = EncodedPackages.Encoded(_rig.Definition, 2, _newImage);
        PackageEntry entry = good.Entries.Single(entry => entry.Encoding == 0x10);
        byte[] payload = [.. entry.Payload];
        payload[(2 * PieceLength) + 5] ^= 1;
        Fails(good, entry with { Payload = payload }, "heatshrink", FotaError.PieceMismatch);

        // The second time from the bad piece on, or from a checkpoint before it.
        Assert.Equal(["heatshrink", "heatshrink", "full"], _rig.Transfers.Select(transfer => transfer.Encoding));
        Assert.InRange(_rig.Transfers[1].Offset, PieceLength, 2 * PieceLength);
    }

    [Theory]
    [InlineData(0x10, 20)]
    [InlineData(0x10, 60)]
    [InlineData(0x10, 95)]
    [InlineData(0x20, 60)]
    [InlineData(0x20, 95)]
    [InlineData(0x11, 60)]
    [InlineData(0x21, 95)]
    [InlineData(0x01, 50)]
    public void After_a_power_cut_only_the_missing_pieces_are_sent(int encoding, int percent)
    {
        Package old = Old;

        // A patch of several pieces: between images that share a part only.
        byte[] image = [.. _newImage];
        new Random(3).NextBytes(image.AsSpan(Length / 2, Length / 3));
        Package all = EncodedPackages.Encoded(_rig.Definition, 2, image, old);
        PackageEntry entry = all.Entries.First(entry => entry.Encoding == (encoding & 0xF0));
        Package package = all with { Entries = [all.Full!, (encoding & 1) == 0 ? entry : EncodedPackages.Encrypted(_rig.Definition, 2, image, entry, TestImage.DeviceId)] };
        int length = Payload(package, (byte)encoding), cutAt = 0;
        Run(old, async () =>
        {
            _rig.OnTransferred = position =>
            {
                if (position >= length * percent / 100)
                {
                    _rig.OnTransferred = null;
                    cutAt = position;
                    _rig.Ecu.PowerCut(CutModel.ProgramUnstable);
                    _rig.Time.After(2_000_000_000, _rig.Ecu.PowerOn);
                }
            };
            TargetResult result = await _rig.UpdateAsync(package, "c2");
            Assert.True(result.End == TargetEnd.Completed, result.Message);
            Assert.Empty(result.IncrementalFailures);
        });
        int offset = _rig.Transfers[^1].Offset;
        output.WriteLine($"{EncodingText.Of((byte)encoding)} of {length} bytes, cut after {cutAt}: goes on at {offset}; {_rig.BankBytes()} bytes on the bus");
        Assert.Equal(2, _rig.Transfers.Count);
        Assert.Equal(0, offset % PieceLength);

        // What was under way, what was in memory, and the piece that holds the checkpoint.
        Assert.InRange(offset, Math.Max(0, cutAt - (4 * PieceLength)), cutAt);
        Assert.InRange(_rig.BankBytes(), cutAt + length - offset, cutAt + length - offset + PieceLength);
        Assert.Single(_rig.Downloads(), area => area == 0x10);
        Assert.Equal(1, _rig.Erases());
    }

    private static EncryptionInfo InfoOf(PackageEntry entry) =>
        ManifestDecoder.Decode(SuitEnvelope.Decode(entry.Envelope).ManifestBytes).EncryptionInfo!;

    private static int Payload(Package package, byte encoding) => package.Entries.First(entry => entry.Encoding == encoding).Payload.Length;

    // A package whose only small form is a bad one.
    private void Fails(Package good, PackageEntry bad, string encoding, FotaError reason)
    {
        Run(Old, async () =>
        {
            TargetResult result = await _rig.UpdateAsync(good with { Entries = [good.Full!, bad] }, "c2");
            Assert.True(result.End == TargetEnd.Completed, result.Message);
            Assert.Equal([new IncrementalFailure(encoding, reason.ToString())], result.IncrementalFailures);
            await AssertRunsAsync("2.0.0", null);
        });
        Assert.Equal(("full", 0, _newImage.Length), _rig.Transfers[^1]);
    }

    // Installs the old release, forgets what was seen, and goes on.
    private void Run(Package old, Func<Task> story) => _rig.Run(async () =>
    {
        Assert.Equal(TargetEnd.Completed, (await _rig.UpdateAsync(old, "c1")).End);
        _rig.Transfers.Clear();
        _rig.Log.Entries.Clear();
        await story();
    });

    // What runs, and how much of images was on the bus since this was asked last.
    private async Task AssertRunsAsync(string version, int? bytes)
    {
        VersionReport report = await _rig.ReportAsync();
        Assert.Equal((version, BankState.Confirmed), (report.ApplicationVersion, report.States[report.RunningBank]));
        Assert.Equal(bytes ?? _rig.BankBytes(), _rig.BankBytes());
        if (bytes is not null)
        {
            _rig.Log.Entries.Clear();
        }
    }
}
