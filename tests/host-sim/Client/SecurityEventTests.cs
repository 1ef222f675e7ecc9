// Security events as the client reads them: from FD0A, from the version report, and as a line for people.
using EsyncAgent;
using EsyncSim.Client;
using EsyncTests.Vehicle;
using Xunit;

namespace EsyncTests.HostSim.Client;

public sealed class SecurityEventTests
{
    [Fact]
    public void A_record_of_FD0A_becomes_a_log()
    {
        byte[] record = Convert.FromHexString("00000009" + "00000008" + "0003" + "00001388" + "02"
            + "00000009" + "01" + "00" + "0031" + "0005" + "0003" + "000005DC"
            + "00000004" + "0A" + "00" + "002D" + "0001" + "0001" + "00000000");
        SecurityEventLog log = SecurityEventLog.Parse(record);
        Assert.Equal((9u, 8u, 3, 5000u), (log.NewestNumber, log.StoredNumber, log.Start, log.TimeMs));
        Assert.Equal(new SecurityEvent(9, IdsMEvent.AccessRefused, FotaError.AccessRefused, 5, 3, 1500), log.Events[0]);
        Assert.Equal(
            ["9: access refused, AccessRefused, 5 times (start 3, 1.5 s)", "4: bank rejected at boot, ImageDamaged (start 1, 0.0 s)"],
            log.Events.Select(e => e.ToString()));
        Assert.Throws<UnexpectedResponseException>(() => SecurityEventLog.Parse(record[..^1]));
        Assert.Throws<UnexpectedResponseException>(() => SecurityEventLog.Parse(record[..10]));
    }

    [Fact]
    public void Each_event_has_words_and_an_unknown_one_its_number()
    {
        IEnumerable<string> lines = Enumerable.Range(1, IdsMEvent.Count).Select(e => new SecurityEvent(1, (byte)e, FotaError.None, 1, 1, 0).ToString());
        Assert.All(lines.SkipLast(1), line => Assert.DoesNotContain("event ", line));
        Assert.Equal($"1: event {IdsMEvent.Count} (start 1, 0.0 s)", lines.Last());
    }

    [Fact]
    public void An_ECU_tells_what_it_has_refused_also_after_a_reset()
    {
        VehicleRig rig = new();
        rig.Run(async () =>
        {
            await rig.BeginAsync();
            await rig.Client.SessionAsync(0x03);
            EcuClient stranger = new(rig.Tester, new DeviceCredentials(new byte[16], new byte[32]), count => new byte[count]);
            await Assert.ThrowsAsync<NegativeResponseException>(stranger.AuthenticateAsync);
            await Assert.ThrowsAsync<NegativeResponseException>(() => rig.Client.RoutineAsync(0x0220, "provision", TestImage.Provisioning));
            await rig.Client.ResetAsync();
            await rig.Client.SessionAsync(0x03);
            VersionReport report = await rig.Client.ReadVersionReportAsync();
            SecurityEventLog log = await rig.Client.ReadSecurityEventsAsync();
            Assert.Equal(report.SecurityEvents, log.Events);
            Assert.Equal((FotaError.AccessRefused, 0u), (report.SecurityEvent, report.TrustSequence));

            // The second came while the first one's delay ran, and the reset took it along.
            Assert.Equal((1u, 1u), (log.NewestNumber, log.StoredNumber));
            Assert.Equal([IdsMEvent.AccessRefused], log.Events.Select(e => e.Event));
        });
    }
}
