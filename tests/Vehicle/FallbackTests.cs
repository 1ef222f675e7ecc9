// A form of the image that the ECU refuses costs its envelope; the whole image follows in the same campaign, and the server
// knows why. With the real agent on the virtual bus.
using EsyncAgent;
using EsyncSim.Client;
using EsyncSim.Packages;
using EsyncSim.Server;
using Xunit;

namespace EsyncTests.Vehicle;

public sealed class FallbackTests : IDisposable
{
    private const int Length = 20_000;
    private const ushort Everything = 0x0707;

    // It says that it takes everything, and has no decoder at all.
    private readonly CampaignRig _rig = new(config => config.Fota.Encodings = FotaConfig.PlainOnly) { ClaimedEncodings = Everything };
    private readonly byte[] _oldImage = EncodedPackages.Image("1.0.0", Length);
    private readonly byte[] _newImage = EncodedPackages.Image("2.0.0", Length);
    private readonly Package _old;
    private readonly Package _new;

    public FallbackTests()
    {
        _old = EncodedPackages.Full(_rig.Definition, 1, _oldImage);
        _new = EncodedPackages.Encoded(_rig.Definition, 2, _newImage, _old);
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void A_refused_delta_costs_its_envelope_and_the_whole_image_follows_in_the_same_campaign()
    {
        TargetResult result = Run(_new);

        Assert.Equal(TargetEnd.Completed, result.End);
        Assert.Equal([new IncrementalFailure("delta", "EncodingUnsupported")], result.IncrementalFailures);
        Assert.Equal([("full", 0, _newImage.Length)], _rig.Transfers);
        Assert.Equal([0x10, 0x10, 0x20], _rig.Downloads());
    }

    [Fact]
    public void The_server_hears_of_it_once_and_before_the_answer()
    {
        Run(_new);

        EsyncMessage told = Assert.Single(_rig.Told, message => message.Type == "esync.incremental-failed");
        Assert.Equal(("/ECU/motor", "2.0.0", "c2"), (told.Body.Package.Type, told.Body.Package.Version, told.Body.Campaign!.Id));
        Assert.Equal(("delta", "EncodingUnsupported"), (told.Body.Ecu!.Encoding, told.Body.Ecu.Reason));
        Assert.Contains("does not take this encoding", told.Body.Package.Message);
        Assert.Null(told.ReplyTo);
        string[] kept = [.. _rig.Told.Where(message => message.Epoch is not null).Select(message => message.Body.Package.Status ?? message.Type)];
        Assert.Equal(["esync.incremental-failed", "INSTALL_READY", "INSTALL_IN_PROGRESS", "INSTALL_COMPLETED"], kept[^4..]);
        EsyncMessage report = _rig.Told.Last(message => message.Type == "esync.update-report");
        Assert.Equal(("full", _newImage.Length, _newImage.Length, _newImage.Length), (report.Body.Ecu!.Encoding, report.Body.Ecu.Bytes, report.Body.Ecu.TransferBytes, report.Body.Ecu.ImageBytes));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3_000)]
    public void A_client_that_crashes_after_the_refusal_neither_repeats_it_nor_tells_it_twice(int afterMs)
    {
        bool isCrashed = false;
        _rig.OnTold = message =>
        {
            if (message.Type == "esync.incremental-failed" && !isCrashed)
            {
                isCrashed = true;
                _rig.Time.After(afterMs * 1_000_000L, () => _rig.Crash(offMs: 2000));
            }
        };

        TargetResult result = Run(_new);

        Assert.True(isCrashed);
        Assert.Equal((TargetEnd.Completed, 1), (result.End, result.IncrementalFailures.Count));
        Assert.Single(_rig.Told, message => message.Type == "esync.incremental-failed");
        Assert.All(_rig.Transfers, transfer => Assert.Equal("full", transfer.Encoding));
        Assert.Equal(1, EnvelopesOf(_new, 0x20));
    }

    [Fact]
    public void A_client_that_crashes_before_the_refusal_tells_it_once()
    {
        bool isCrashed = false;
        _rig.OnStage = stage =>
        {
            if (stage == UpdateStage.Manifest && !isCrashed)
            {
                isCrashed = true;
                _rig.Time.After(100_000_000, () => _rig.Crash(offMs: 2000));
            }
        };

        TargetResult result = Run(_new);

        Assert.True(isCrashed);
        Assert.Equal((TargetEnd.Completed, 1), (result.End, result.IncrementalFailures.Count));
        Assert.Single(_rig.Told, message => message.Type == "esync.incremental-failed");
    }

    [Fact]
    public void Another_campaign_tries_the_small_form_again_unless_the_ECU_has_gone_past_it()
    {
        _rig.Run(async () =>
        {
            await _rig.UpdateAsync(_old, "c1");
            Package first = EncodedPackages.Encoded(_rig.Definition, 2, EncodedPackages.Image("2.0.0", Length, "selftest"), _old);
            Assert.Single((await _rig.UpdateAsync(first, "c2")).IncrementalFailures);

            // The whole image has the higher number: the ECU would call the delta too old.
            Assert.Empty((await _rig.UpdateAsync(first, "c3")).IncrementalFailures);

            Package second = EncodedPackages.Encoded(_rig.Definition, 4, _newImage, _old);
            Assert.Single((await _rig.UpdateAsync(second, "c4")).IncrementalFailures);
        });
    }

    [Fact]
    public void What_is_refused_for_the_image_itself_is_not_sent_in_another_form()
    {
        // Too old in all forms.
        _rig.Run(async () =>
        {
            Package newest = EncodedPackages.Full(_rig.Definition, 9, _oldImage);
            await _rig.UpdateAsync(newest, "c1");
            _rig.Transfers.Clear();
            TargetResult result = await _rig.UpdateAsync(_new, "c2");

            Assert.Equal((TargetEnd.Failed, "SequenceTooLow", 0), (result.End, result.Reason, result.IncrementalFailures.Count));
        });
        Assert.Empty(_rig.Transfers);
    }

    [Fact]
    public void A_trial_that_fails_is_an_outcome_and_nothing_follows_it()
    {
        byte[] bad = EncodedPackages.Image("2.0.0", Length, "selftest");
        _rig.ClaimedEncodings = null;

        TargetResult result = Run(EncodedPackages.Encoded(_rig.Definition, 2, bad, _old));

        Assert.Equal((TargetEnd.RolledBack, "SelfTestFailed", 0), (result.End, result.Reason, result.IncrementalFailures.Count));
        Assert.Single(_rig.Transfers);
    }

    // Installs the old release, forgets what was seen, and runs a campaign for the other one.
    private TargetResult Run(Package package)
    {
        TargetResult? result = null;
        _rig.Run(async () =>
        {
            Action<UpdateStage>? onStage = _rig.OnStage;
            _rig.OnStage = null;
            Assert.Equal(TargetEnd.Completed, (await _rig.UpdateAsync(_old, "c1")).End);
            _rig.OnStage = onStage;
            _rig.Transfers.Clear();
            _rig.Told.Clear();
            _rig.Log.Entries.Clear();
            result = await _rig.UpdateAsync(package, "c2");
        });
        return result!;
    }

    // How often an entry's envelope went to the ECU as far as its first block.
    private int EnvelopesOf(Package package, byte encoding)
    {
        ReadOnlyMemory<byte> beginning = package.Entries.First(entry => entry.Encoding == encoding).Envelope.AsMemory(0, 80);
        return _rig.Log.Entries.Count(entry => entry is { Direction: '→', Message: [0x36, 0x01, ..] } && entry.Message.AsSpan(2).StartsWith(beginning.Span));
    }
}
