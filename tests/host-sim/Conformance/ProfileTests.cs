// Profiles: what is written reads back, a few lines are enough, and a wrong line is named with what to do.
using EsyncSim;
using EsyncSim.Config;
using EsyncSim.Conformance;
using Xunit;

namespace EsyncTests.HostSim.Conformance;

public sealed class ProfileTests
{
    private const string Few = "format: 1\nname: pump of another maker\naddressing: { request: 0x712, response: 0x71A }\n";

    [Theory]
    [InlineData("motor")]
    [InlineData("climate")]
    [InlineData("door")]
    public void A_profile_that_is_written_reads_back_as_the_same(string ecu)
    {
        string text = ProfileWriter.Write(ProfileOfConfig.Of(NfConfig.Load(Repository.PathOf("nf.config")).Ecu(ecu)));

        ConformanceProfile read = ProfileReader.Parse("p.yaml", text);

        Assert.Equal(text, ProfileWriter.Write(read));
        Assert.Equal("p.yaml", read.Source);
    }

    [Fact]
    public void Two_identifiers_are_a_profile_and_the_rest_is_not_known()
    {
        ConformanceProfile profile = ProfileReader.Parse("p.yaml", Few);

        Assert.Equal((0x712u, 0x71Au, null, null), (profile.Addressing.Request, profile.Addressing.Response, profile.Addressing.Functional, profile.Addressing.Padding));
        Assert.Empty(profile.Services);
        Assert.Null(profile.SecurityAccess);
        Assert.Throws<NotApplicableException>(() => profile.Service(0x22));
        Assert.Equal(ProfileWriter.Write(profile), ProfileWriter.Write(ProfileReader.Parse("p.yaml", ProfileWriter.Write(profile))));
    }

    [Fact]
    public void Services_take_names_numbers_lists_and_maps()
    {
        ConformanceProfile profile = ProfileReader.Parse(
            "p.yaml", Few + "services:\n  0x10: { subFunctions: { 1: [default], 0x40: [extended, 0x40] } }\n  0x3E:\n  0x31: { sessions: [programming], access: true, subFunctions: [1, 3] }\n");

        Assert.Equal<byte>([3, 0x40], profile.Service(0x10).SubFunctions[0x40]);
        Assert.Equal<byte>([1, 2, 3], profile.Service(0x3E).Sessions);
        Assert.True(profile.Service(0x31).NeedsAccess && profile.Offers(0x31, 2) && !profile.Offers(0x31, 3));
        Assert.Equal<byte>([1, 3], profile.Service(0x31).SubFunctions.Keys);
    }

    [Fact]
    public void The_example_of_another_makers_ECU_is_a_profile()
    {
        ConformanceProfile profile = ProfileReader.Load(Repository.PathOf("host-sim/profiles/foreign.yaml"));

        Assert.Equal(0x700u, profile.Addressing.Functional);
        Assert.Equal("./seed2key --part 8K0", profile.SecurityAccess!.Program);
        Assert.False(profile.Allowed.Reset || profile.Allowed.Programming);
    }

    [Theory]
    [InlineData("format: 1\nname: x\n", "p.yaml(1,1)", "addressing")]
    [InlineData("format: 1\nname: x\naddressing: { request: 0x812, response: 0x71A }\n", "p.yaml(3,24)", "identifierBits: 29")]
    [InlineData(Few + "timing: { p2: 50 }\n", "p.yaml(4,11)", "p2Ms")]
    [InlineData(Few + "securityAccess: { key: magic }\n", "p.yaml(4,24)", "exec:")]
    [InlineData(Few + "securityAccess: { key: \"exec:\" }\n", "p.yaml(4,24)", "exec:")]
    [InlineData(Few + "services: { 0x22: { sessions: [nowhere] } }\n", "p.yaml(4,32)", "nowhere")]
    [InlineData(Few + "services: { 0x122: }\n", "p.yaml(4,13)", "a byte")]
    [InlineData(Few + "routines: { 0x0203: { harmlessOption: \"0\" } }\n", "p.yaml(4,39)", "hexadecimal")]
    [InlineData(Few + "dids: { 0xF190: { length: 17, lenght: 17 } }\n", "p.yaml(4,31)", "lenght")]
    public void A_wrong_line_is_named_with_what_to_do(string text, string place, string words)
    {
        UserErrorException error = Assert.Throws<UserErrorException>(() => ProfileReader.Parse("p.yaml", text));

        Assert.Equal(ExitCode.BadFile, error.ExitCode);
        Assert.Contains(place, error.Message);
        Assert.Contains(words, error.Message);
    }
}
