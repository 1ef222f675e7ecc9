// Keys by a program of the ECU's owner: it is given the seed in hexadecimal and prints the key; what it does otherwise leaves the
// case open, with its words.
using EsyncSim.Conformance;
using Xunit;

namespace EsyncTests.HostSim.Conformance;

public sealed class ConformanceAccessTests
{
    [Fact]
    public void A_program_is_given_its_own_words_and_the_seed_and_prints_the_key()
    {
        ConformanceAccess access = Access("echo 01 02");

        Assert.True(access.CanUnlock && access.IsPossible && !access.CanAuthenticate);
        Assert.Equal<byte>([0x01, 0x02, 0xAB, 0xCD], access.Key([0xAB, 0xCD]));
    }

    [Theory]
    [InlineData("echo not a key", "not a key AB")]
    [InlineData("false", "ended with 1")]
    [InlineData("no-such-program-anywhere", "cannot be started")]
    public void A_program_that_makes_no_key_leaves_the_case_open(string program, string words)
    {
        InconclusiveException open = Assert.Throws<InconclusiveException>(() => Access(program).Key([0xAB]));

        Assert.Contains(words, open.Message);
        Assert.Contains($"`{program}`", open.Message);
    }

    [Fact]
    public void Without_a_word_about_keys_access_is_not_applicable()
    {
        ConformanceProfile profile = Profile with { SecurityAccess = new SecurityAccessProfile() };

        Assert.False(new ConformanceAccess(profile, null).IsPossible);
        Assert.Throws<NotApplicableException>(() => new ConformanceAccess(profile, null).Key([1]));
    }

    private static ConformanceProfile Profile => new() { Name = "x", Source = "x", Addressing = new AddressingProfile { Request = 0x712, Response = 0x71A } };

    private static ConformanceAccess Access(string program) =>
        new(Profile with { SecurityAccess = new SecurityAccessProfile { Key = AccessKeyKind.Program, Program = program } }, null);
}
