// Service 27 on the wire: seed, key, single use. Delays: AccessDelayTests.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

public sealed class Sid27SecurityAccessTests
{
    private const string Zeros = "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00";

    private static byte[] Seed(DcmBench bench)
    {
        string response = bench.Ask("27 01");
        Assert.StartsWith("67 01 ", response);
        Assert.Equal(18, DcmBench.Unhex(response).Length);
        return DcmBench.Unhex(response)[2..];
    }

    private static string Key(byte[] seed)
    {
        byte[] proof = DcmBench.Mac(DcmBench.KeyOf("esync/v1/key-27"), [.. "esync/v1/proof-27"u8, .. DcmBench.DeviceId, 1, .. seed]);
        return "27 02 " + DcmBench.Hex(proof.Take(16));
    }

    private static DcmBench InExtended()
    {
        DcmBench bench = new();
        bench.Enter(DcmSession.Extended);
        return bench;
    }

    [Fact]
    public void The_right_key_opens_access_and_the_next_seed_is_zero()
    {
        DcmBench bench = InExtended();
        bench.Expect(Key(Seed(bench)), "67 02");
        bench.Expect("27 01", "67 01 " + Zeros);
        bench.Expect("31 01 02 12", "71 01 02 12 00 00");
    }

    [Fact]
    public void A_wrong_key_is_35_and_is_noted()
    {
        DcmBench bench = InExtended();
        Seed(bench);
        bench.Expect("27 02 " + Zeros, "7F 27 35");
        bench.Expect("31 01 02 12", "7F 31 33");
        Assert.Equal([FotaError.AccessRefused], bench.Target.Refusals);
        Assert.Equal(DemStatus.TestFailed, bench.Dem.StatusOf(DemEvent.AccessFailed) & DemStatus.TestFailed);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    public void One_wrong_bit_anywhere_is_enough(int at)
    {
        DcmBench bench = InExtended();
        byte[] key = DcmBench.Unhex(Key(Seed(bench)));
        key[2 + at] ^= 0x80;
        bench.Expect(DcmBench.Hex(key), "7F 27 35");
    }

    [Fact]
    public void A_key_serves_once()
    {
        DcmBench bench = InExtended();
        string key = Key(Seed(bench));
        bench.Expect(key, "67 02");
        bench.Expect("10 03", "50 03 00 32 01 F4");
        bench.Expect(key, "7F 27 24");
        Seed(bench);
        bench.Expect(key, "7F 27 35");
    }

    [Fact]
    public void A_new_seed_voids_the_one_before()
    {
        DcmBench bench = InExtended();
        string key = Key(Seed(bench));
        Seed(bench);
        bench.Expect(key, "7F 27 35");
    }

    [Fact]
    public void A_seed_dies_with_its_session()
    {
        DcmBench bench = InExtended();
        string key = Key(Seed(bench));
        bench.Expect("10 03", "50 03 00 32 01 F4");
        bench.Expect(key, "7F 27 24");
    }

    [Fact]
    public void A_seed_of_the_functional_address_is_none_for_the_physical_one()
    {
        DcmBench bench = InExtended();
        string response = bench.AskAll("27 01");
        Assert.StartsWith("67 01 ", response);
        bench.Expect(Key(DcmBench.Unhex(response)[2..]), "7F 27 24");
    }

    [Fact]
    public void A_challenge_of_29_is_no_seed()
    {
        DcmBench bench = InExtended();
        byte[] challenge = bench.Challenge29();
        bench.Expect(Key(challenge), "7F 27 24");
    }

    [Theory]
    [InlineData("27", "7F 27 13")]
    [InlineData("27 03", "7F 27 12")]
    [InlineData("27 00", "7F 27 12")]
    [InlineData("27 01 00", "7F 27 13")]
    [InlineData("27 02", "7F 27 24")]
    [InlineData("27 02 00", "7F 27 24")]
    public void Checks_come_in_order(string request, string response) => InExtended().Expect(request, response);

    [Theory]
    [InlineData("27 02")]
    [InlineData("27 02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00")]
    [InlineData("27 02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00")]
    public void A_key_of_the_wrong_length_is_13_and_costs_no_attempt(string request)
    {
        DcmBench bench = InExtended();
        string key = Key(Seed(bench));
        bench.Expect(request, "7F 27 13");
        bench.Expect(key, "67 02");
    }

    [Fact]
    public void Before_provisioning_there_is_no_seed()
    {
        DcmBench bench = new(isProvisioned: false);
        bench.Enter(DcmSession.Extended);
        bench.Expect("27 01", "7F 27 22");
    }

    [Fact]
    public void A_dead_source_of_entropy_gives_no_seed()
    {
        DcmBench bench = InExtended();
        bench.Mcu.IsEntropyDead = true;
        bench.Expect("27 01", "7F 27 22");
        bench.Expect("27 02 " + Zeros, "7F 27 24");
    }

    [Fact]
    public void When_default_Then_7F() => new DcmBench().Expect("27 01", "7F 27 7F");
}
