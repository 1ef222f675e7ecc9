// Service 29 on the wire: challenge, proof, single use, and that no proof serves elsewhere. Delays: AccessDelayTests.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

public sealed class Sid29AuthenticationTests
{
    private const string Algorithm = DcmBench.Algorithm;
    private const string AskChallenge = $"29 05 00 {Algorithm}";
    private const string FreeRoutine = "31 01 02 12";

    private static DcmBench InExtended(bool isProvisioned = true)
    {
        DcmBench bench = new(isProvisioned: isProvisioned);
        bench.Enter(DcmSession.Extended);
        return bench;
    }

    private static void ExpectClosed(DcmBench bench) => bench.Expect(FreeRoutine, "7F 31 33");

    [Fact]
    public void The_right_proof_opens_access()
    {
        DcmBench bench = InExtended();
        ExpectClosed(bench);
        byte[] challenge = bench.Challenge29();
        bench.Expect(DcmBench.Proof29(challenge), $"69 06 12 {Algorithm} 00 00");
        bench.Expect(FreeRoutine, "71 01 02 12 00 00");
    }

    [Fact]
    public void De_authentication_closes_access()
    {
        DcmBench bench = InExtended();
        bench.OpenAccess();
        bench.Expect("29 00", "69 00 10");
        ExpectClosed(bench);
    }

    [Fact]
    public void The_configuration_is_challenge_and_response_with_a_symmetric_key() => InExtended().Expect("29 08", "69 08 04");

    [Fact]
    public void A_proof_serves_once()
    {
        DcmBench bench = InExtended();
        string proof = DcmBench.Proof29(bench.Challenge29());
        bench.Expect(proof, $"69 06 12 {Algorithm} 00 00");
        bench.Expect("29 00", "69 00 10");
        bench.Expect(proof, "7F 29 24");
        bench.Challenge29();
        bench.Expect(proof, "7F 29 58");
        ExpectClosed(bench);
    }

    [Fact]
    public void A_wrong_proof_uses_the_challenge_up()
    {
        DcmBench bench = InExtended();
        byte[] challenge = bench.Challenge29();
        byte[] other = [.. challenge];
        other[15] ^= 1;
        bench.Expect(DcmBench.Proof29(other), "7F 29 58");
        bench.Expect(DcmBench.Proof29(challenge), "7F 29 24");
        ExpectClosed(bench);
        Assert.Equal([FotaError.AccessRefused], bench.Target.Refusals);
    }

    [Theory]
    [InlineData("10 03")]
    [InlineData("10 02")]
    [InlineData("29 00")]
    public void A_challenge_dies_with_session_and_de_authentication(string request)
    {
        DcmBench bench = InExtended();
        string proof = DcmBench.Proof29(bench.Challenge29());
        bench.Ask(request);
        bench.Expect(proof, "7F 29 24");
    }

    [Fact]
    public void A_challenge_dies_with_the_session_that_S3_ends_and_with_a_reset()
    {
        DcmBench bench = InExtended();
        string proof = DcmBench.Proof29(bench.Challenge29());
        bench.Run(bench.Config.S3ServerMs + 10u);
        bench.Enter(DcmSession.Extended);
        bench.Expect(proof, "7F 29 24");
        proof = DcmBench.Proof29(bench.Challenge29());
        DcmBench again = bench.AfterReset();
        again.Enter(DcmSession.Extended);
        again.Expect(proof, "7F 29 24");
        again.Challenge29();
        again.Expect(proof, "7F 29 58");
    }

    [Fact]
    public void A_proof_never_serves_another_ECU_of_the_same_secret()
    {
        DcmBench bench = InExtended();
        byte[] client = [.. Enumerable.Range(0xC0, 16).Select(i => (byte)i)];
        byte[] other = [.. DcmBench.DeviceId];
        other[0] ^= 1;
        byte[] key = DcmBench.Mac(DcmBench.Secret, [.. "esync/v1/key-29"u8, .. other]);
        byte[] proof = DcmBench.Mac(key, [.. "esync/v1/proof-29"u8, .. other, 1, .. bench.Challenge29(), .. client]);
        bench.Expect($"29 06 {Algorithm} 00 20 {DcmBench.Hex(proof)} 00 10 {DcmBench.Hex(client)} 00 00", "7F 29 58");
    }

    [Fact]
    public void A_refused_proof_is_a_security_event()
    {
        DcmBench bench = InExtended();
        byte[] challenge = bench.Challenge29();
        challenge[0] ^= 1;
        bench.Expect(DcmBench.Proof29(challenge), "7F 29 58");
        byte[] entry = new byte[EsyncAgent.IdsM.EntryLength];
        Assert.Equal(1, bench.IdsM.ReadNewest(1, entry, 0));
        Assert.Equal((IdsMEvent.AccessRefused, FotaError.AccessRefused), (entry[4], (FotaError)BigEndian.ReadU16(entry, 6)));
    }

    [Fact]
    public void A_new_challenge_voids_the_one_before()
    {
        DcmBench bench = InExtended();
        string proof = DcmBench.Proof29(bench.Challenge29());
        bench.Challenge29();
        bench.Expect(proof, "7F 29 58");
    }

    [Fact]
    public void A_seed_of_27_voids_the_challenge_too()
    {
        DcmBench bench = InExtended();
        string proof = DcmBench.Proof29(bench.Challenge29());
        Assert.StartsWith("67 01", bench.Ask("27 01"));
        bench.Expect(proof, "7F 29 24");
    }

    [Fact]
    public void A_proof_with_another_purpose_key_or_role_is_refused()
    {
        byte[] client = [.. Enumerable.Range(0xC0, 16).Select(i => (byte)i)];
        foreach ((string key, string label, byte role) in new[]
        {
            ("esync/v1/key-27", "esync/v1/proof-29", (byte)1),
            ("esync/v1/key-29", "esync/v1/proof-27", (byte)1),
            ("esync/v1/key-29", "esync/v1/proof-29", (byte)0),
        })
        {
            DcmBench bench = InExtended();
            byte[] input = [.. System.Text.Encoding.ASCII.GetBytes(label), .. DcmBench.DeviceId, role, .. bench.Challenge29(), .. client];
            byte[] proof = DcmBench.Mac(DcmBench.KeyOf(key), input);
            bench.Expect($"29 06 {Algorithm} 00 20 {DcmBench.Hex(proof)} 00 10 {DcmBench.Hex(client)} 00 00", "7F 29 58");
        }
    }

    [Fact]
    public void Challenges_differ()
    {
        DcmBench bench = InExtended();
        Assert.NotEqual(bench.Challenge29(), bench.Challenge29());
    }

    [Theory]
    [InlineData("29", "7F 29 13")]
    [InlineData("29 01", "7F 29 12")]
    [InlineData("29 07", "7F 29 12")]
    [InlineData("29 00 00", "7F 29 13")]
    [InlineData("29 08 00", "7F 29 13")]
    [InlineData("29 05", "7F 29 13")]
    [InlineData("29 05 00 06 08 2A 86 48 86 F7 0D 02 09 00 00 00 00 00", "7F 29 13")]
    [InlineData("29 05 01 06 08 2A 86 48 86 F7 0D 02 09 00 00 00 00 00 00", "7F 29 31")]
    [InlineData("29 05 00 06 08 2A 86 48 86 F7 0D 02 0A 00 00 00 00 00 00", "7F 29 31")]
    [InlineData("29 06", "7F 29 24")]
    public void Checks_come_in_order(string request, string response) => InExtended().Expect(request, response);

    [Theory]
    [InlineData(1, "7F 29 31")]
    [InlineData(17, "7F 29 31")]
    [InlineData(19, "7F 29 31")]
    [InlineData(53, "7F 29 31")]
    [InlineData(71, "7F 29 31")]
    public void A_proof_in_another_format_is_31_and_costs_no_attempt(int at, string response)
    {
        DcmBench bench = InExtended();
        string good = DcmBench.Proof29(bench.Challenge29());
        byte[] bad = DcmBench.Unhex(good);
        bad[at == 1 ? 2 : at] ^= 1;
        bench.Expect(DcmBench.Hex(bad), response);
        bench.Expect(DcmBench.Hex(DcmBench.Unhex(good).SkipLast(1)), "7F 29 13");
        bench.Expect(good + " 00", "7F 29 13");
        bench.Expect(good, $"69 06 12 {Algorithm} 00 00");
    }

    [Fact]
    public void Before_provisioning_there_is_no_challenge() => InExtended(isProvisioned: false).Expect(AskChallenge, "7F 29 22");

    [Fact]
    public void When_default_Then_7F() => new DcmBench().Expect(AskChallenge, "7F 29 7F");
}
