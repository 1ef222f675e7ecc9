// The client's requests to the byte, as PROTOCOL.md has them, against a scripted ECU.
using System.Security.Cryptography;
using System.Text;
using EsyncAgent;
using EsyncSim.Client;
using EsyncTests.HostSim.Bus;
using Xunit;

namespace EsyncTests.HostSim.Client;

public sealed class EcuClientTests
{
    private static readonly byte[] DeviceId = [.. Enumerable.Range(0xD0, 16).Select(i => (byte)i)];
    private static readonly byte[] Secret = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
    private static readonly byte[] Entropy = [.. Enumerable.Range(0x60, 16).Select(i => (byte)i)];
    private readonly BusBench _bench = new();
    private readonly FakeEcu _ecu;
    private readonly EcuClient _client;

    public EcuClientTests()
    {
        _ecu = new FakeEcu(_bench.Bus);
        UdsTester tester = new(new IsoTpLink(_bench.Bus, FakeEcu.Identifiers), new TesterTiming());
        _client = new EcuClient(tester, new DeviceCredentials(DeviceId, Secret), count => Entropy[..count]);
    }

    [Fact]
    public void Access_is_opened_by_challenge_and_proof()
    {
        const string algorithm = "06082A864886F70D0209000000000000";
        string challenge = string.Concat(Enumerable.Repeat("C5", 16));
        _ecu.Answers([(0, $"690500{algorithm}0010{challenge}0000")], [(0, $"690612{algorithm}0000")]);
        _bench.Time.Run(_client.AuthenticateAsync);

        byte[] key = HMACSHA256.HashData(Secret, (byte[])[.. "esync/v1/key-29"u8, .. DeviceId]);
        byte[] proof = HMACSHA256.HashData(key, (byte[])[.. "esync/v1/proof-29"u8, .. DeviceId, 0x01, .. Convert.FromHexString(challenge), .. Entropy]);
        Assert.Equal(
            [$"290500{algorithm}", $"2906{algorithm}0020{Convert.ToHexString(proof)}0010{Convert.ToHexString(Entropy)}0000"],
            _ecu.Asked.Select(asked => asked.Request));
    }

    [Fact]
    public void A_wrong_proof_is_a_refusal_and_the_proof_is_not_sent_again()
    {
        _ecu.Answers([(0, "690500" + new string('0', 36) + new string('5', 32) + "0000")], [(0, "7F2958")]);
        NegativeResponseException refusal = Assert.Throws<NegativeResponseException>(() => _bench.Time.Run(_client.AuthenticateAsync));
        Assert.Equal("service 29 was refused with 58 (ownershipVerificationFailed)", refusal.Message);
        Assert.Equal(2, _ecu.Asked.Count);
    }

    [Fact]
    public void A_download_is_announced_with_address_and_size()
    {
        _ecu.Answers([(0, "74200FFF")]);
        Assert.Equal(0x0FFF, _bench.Time.Run(() => _client.RequestDownloadAsync(0x10, 0x20001000, 0x0000ABCD)));
        Assert.Equal("341044200010000000ABCD", Assert.Single(_ecu.Asked).Request);
    }

    [Fact]
    public void A_transfer_is_cut_into_blocks_whose_counter_goes_from_FF_to_00()
    {
        byte[] data = new byte[(8 * 258) + 3];
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = (byte)(i / 8);
        }

        List<int> progress = [];
        _ecu.Script = request => [(0, request.StartsWith("36", StringComparison.Ordinal) ? $"76{request[2..4]}" : "77")];
        _bench.Time.Run(() => _client.TransferAsync(data, 10, progress.Add));
        List<string> asked = [.. _ecu.Asked.Select(a => a.Request)];
        Assert.Equal("36010000000000000000", asked[0]);
        Assert.Equal("36FFFEFEFEFEFEFEFEFE", asked[254]);
        Assert.Equal("3600FFFFFFFFFFFFFFFF", asked[255]);
        Assert.Equal("36010000000000000000", asked[256]);
        Assert.Equal("3603020202", asked[258]);
        Assert.Equal("37", asked[259]);
        Assert.Equal(260, asked.Count);
        Assert.Equal([8, 16], progress.Take(2));
        Assert.Equal(data.Length, progress[^1]);
    }

    [Fact]
    public void A_request_that_gets_no_response_is_repeated_as_it_was_and_the_next_ones_are_shorter()
    {
        byte[] data = [.. Enumerable.Range(0, 12_000).Select(i => (byte)(i / 7))];
        BlockLengthChooser lengths = new();
        List<BlockLengthChange> changes = [];
        lengths.Changed = changes.Add;
        int asked = 0;
        _ecu.Script = request => ++asked is 2 or 3 ? [] : [(0, request.StartsWith("36", StringComparison.Ordinal) ? $"76{request[2..4]}" : "77")];
        _bench.Time.Run(() => _client.TransferAsync(data, 4095, null, lengths));

        string[] requests = [.. _ecu.Asked.Select(a => a.Request)];
        Assert.Equal(requests[1], requests[2]);
        Assert.Equal(requests[1], requests[3]);
        Assert.Equal([4095, 4095, 4095, 4095], requests.Take(4).Select(request => request.Length / 2));
        Assert.InRange(requests[4].Length / 2, 3, 2050);
        string[] accepted = [.. requests.Where(request => request.StartsWith("36", StringComparison.Ordinal)).Distinct()];
        Assert.Equal(Convert.ToHexString(data), string.Concat(accepted.Select(request => request[4..])));
        Assert.Equal((2, 4), (changes[0].Lost, changes[0].Sent));
    }

    [Fact]
    public void Others_have_the_connection_between_two_blocks_but_not_before_the_end()
    {
        _ecu.Answers([(0, "7601")], [(0, "62F18601")], [(0, "7602")], [(0, "77")]);
        _client.BetweenBlocks = () => _client.ReadAsync(0xF186);
        _bench.Time.Run(() => _client.TransferAsync(new byte[12], 10));

        Assert.Equal(["36010000000000000000", "22F186", "360200000000", "37"], _ecu.Asked.Select(asked => asked.Request));
    }

    [Fact]
    public void A_routine_with_a_reason_says_what_and_where()
    {
        _ecu.Script = request => [(0, request == "22FD03" ? "62FD030009000000070000" : "710102100009")];
        UpdateRefusedException refusal = Assert.Throws<UpdateRefusedException>(
            () => _bench.Time.Run(() => _client.RoutineAsync(0x0210, "authenticate manifest")));
        Assert.Equal((FotaError.SequenceTooLow, 7u), (refusal.Reason, refusal.Detail));
        Assert.Equal("authenticate manifest: the ECU has accepted a newer manifest already (SequenceTooLow) (at 7)", refusal.Message);
    }

    [Fact]
    public void The_inventory_holds_what_the_ECU_has()
    {
        _ecu.Script = request => [(0, request switch
        {
            "22F180" => "62F18001" + Hex("agent 1.2"),
            "22F190" => "62F190" + Hex("ESYNC0DEM0VEH1C01"),
            "22F187" => "62F187" + Hex("PART") + "0000",
            _ => "7F2231",
        })];
        EcuInventory inventory = _bench.Time.Run(_client.ReadInventoryAsync);
        Assert.Equal(3, inventory.Records.Count);
        Assert.Equal(("agent 1.2", "ESYNC0DEM0VEH1C01", "PART", ""), (inventory.Text(0xF180), inventory.Text(0xF190), inventory.Text(0xF187), inventory.Text(0xF18C)));
        Assert.Equal(EcuInventory.Identifiers.Length, _ecu.Asked.Count);
    }

    [Fact]
    public void An_inventory_that_is_refused_for_another_reason_fails()
    {
        _ecu.Script = _ => [(0, "7F2222")];
        Assert.Throws<NegativeResponseException>(() => _bench.Time.Run(_client.ReadInventoryAsync));
    }

    [Theory]
    [InlineData(0x00, true)]
    [InlineData(0x10, false)]
    [InlineData(0x20, true)]
    [InlineData(0x01, false)]
    [InlineData(0x11, true)]
    [InlineData(0x80, false)]
    [InlineData(0x02, false)]
    public void The_limits_say_which_encodings_the_ECU_takes(byte encoding, bool isTaken)
    {
        _ecu.Script = request => [(0, request == "22FD00" ? "62FD00 01 000102 01 0001" : "62FD05 1000 0FFF 00003E00 00040000 0205 07 0A")];
        UpdateLimits limits = _bench.Time.Run(_client.ReadLimitsAsync);
        Assert.Equal(new UpdateLimits(1, 0x0FFF, 0x3E00, 0x40000, 0x0205, 7, 10), limits);
        Assert.Equal(isTaken, limits.Takes(encoding));
    }

    [Theory]
    [InlineData("1000 0FFF 00003E00 00040000 0205 07")]
    [InlineData("1000 0FFF 00003E00 00040000 0205 07 0A 00")]
    public void Limits_of_another_length_are_no_answer(string limits)
    {
        _ecu.Script = request => [(0, request == "22FD00" ? "62FD00 01 000102 01 0001" : "62FD05" + limits)];
        Assert.Throws<UnexpectedResponseException>(() => _bench.Time.Run(_client.ReadLimitsAsync));
    }

    [Fact]
    public void A_report_counts_only_with_its_nonce_and_its_MAC()
    {
        byte[] report = Report(Entropy);
        Assert.Equal("1.2.3", Read(report).ApplicationVersion);
        for (int i = 1; i < VersionReport.Length; i += 10)
        {
            byte[] changed = (byte[])report.Clone();
            changed[i] ^= 1;
            Assert.Throws<UnexpectedResponseException>(() => Read(changed));
        }

        Assert.Throws<UnexpectedResponseException>(() => Read(Report(new byte[16])));
        Assert.Throws<UnexpectedResponseException>(() => Read(report[..^1]));
    }

    [Fact]
    public void After_a_reset_the_client_waits_until_the_ECU_answers_and_never_resets_twice()
    {
        int silent = 5;
        _ecu.Script = request => request == "1101" || silent-- > 0 ? [] : [(0, "7E00")];
        _bench.Time.Run(() => _client.ResetAsync());
        Assert.Single(_ecu.Asked, asked => asked.Request == "1101");
        Assert.Equal("3E00", _ecu.Asked[^1].Request);
    }

    [Fact]
    public void An_ECU_that_does_not_come_back_is_given_up()
    {
        _ecu.Script = _ => [];
        NoResponseException silence = Assert.Throws<NoResponseException>(() => _bench.Time.Run(() => _client.ResetAsync(2000)));
        Assert.Equal("no answer to service 3E (waiting for the ECU to come back)", silence.Message);
    }

    private static byte[] Report(byte[] nonce)
    {
        byte[] report = new byte[VersionReport.Length];
        report[0] = 2;
        DeviceId.CopyTo(report, 1);
        Encoding.ASCII.GetBytes("1.2.3").CopyTo(report, 97);
        nonce.CopyTo(report, VersionReport.NonceOffset);
        byte[] key = HMACSHA256.HashData(Secret, (byte[])[.. "esync/v1/key-report"u8, .. DeviceId]);
        byte[] text = [.. "esync/v1/version-report"u8, .. DeviceId, 0x00, .. report[..VersionReport.MacOffset]];
        HMACSHA256.HashData(key, text).CopyTo(report, VersionReport.MacOffset);
        return report;
    }

    private VersionReport Read(byte[] report)
    {
        _ecu.Answers([(0, "71010204" + Convert.ToHexString(report))]);
        return _bench.Time.Run(_client.ReadVersionReportAsync);
    }

    private static string Hex(string text) => Convert.ToHexString(Encoding.ASCII.GetBytes(text));
}
