// How a recorded answer and the one of now compare.
using EsyncSim.Replay;
using Xunit;

namespace EsyncTests.HostSim.Replay;

public sealed class ReplayComparisonTests
{
    [Theory]
    [InlineData("22F190", "62F19041", "62F19041", ReplayVerdict.Same)]
    [InlineData("22F190", "62F19041", "62F19042", ReplayVerdict.Different)]
    [InlineData("22F190", "62F19041", "7F2231", ReplayVerdict.Different)]
    [InlineData("3E80", "", "", ReplayVerdict.Same)]
    [InlineData("22F190", "62F19041", "", ReplayVerdict.Missing)]
    [InlineData("22F190", "", "62F19041", ReplayVerdict.Added)]
    [InlineData("2701", "670111223344", "670155667788", ReplayVerdict.Challenge)]
    [InlineData("2905", "69051122", "69053344", ReplayVerdict.Challenge)]
    [InlineData("2701", "670111223344", "6701556677", ReplayVerdict.Different)]
    [InlineData("2702", "6702", "7F2735", ReplayVerdict.Different)]
    [InlineData("3101FF00", "7101FF00", "7F3133", ReplayVerdict.Different)]
    public void One_answer_alone(string request, string recorded, string came, ReplayVerdict verdict) =>
        Assert.Equal(verdict, Assert.Single(ReplayComparison.Of([Asked(request, recorded)], [Asked(request, came)])).Verdict);

    [Fact]
    public void What_is_refused_after_another_challenge_is_told_as_its_consequence()
    {
        Exchange[] then = [Asked("2701", "67011122"), Asked("2702AA", "6702"), Asked("3101FF00", "7101FF000000"), Asked("22F190", "62F19041")];
        Exchange[] now = [Asked("2701", "67013344"), Asked("2702AA", "7F2735"), Asked("3101FF00", "7F3133"), Asked("22F190", "7F2210")];

        Assert.Equal([ReplayVerdict.Challenge, ReplayVerdict.Access, ReplayVerdict.Access, ReplayVerdict.Different], ReplayComparison.Of(then, now).Select(answer => answer.Verdict));
    }

    [Fact]
    public void A_question_that_did_not_come_through_is_not_compared()
    {
        IReadOnlyList<ReplayAnswer> answers = ReplayComparison.Of([Asked("22F190", "62F19041"), Asked("1003", "5003")], [Asked("22F191", "62F19141")]);

        Assert.Equal([ReplayVerdict.NotAsked, ReplayVerdict.NotAsked], answers.Select(answer => answer.Verdict));
    }

    [Theory]
    [InlineData(ReplayVerdict.Same, true)]
    [InlineData(ReplayVerdict.Challenge, true)]
    [InlineData(ReplayVerdict.Access, false)]
    [InlineData(ReplayVerdict.Different, false)]
    [InlineData(ReplayVerdict.Missing, false)]
    public void Only_the_same_and_challenges_pass(ReplayVerdict verdict, bool isPassed)
    {
        ReplayAnswer answer = new(0, [0x10], [0x50], null, verdict);

        Assert.Equal(isPassed, new ReplayReport("a.log", "x", new ReplayCount(0, 0, 0), string.Empty, [answer]).IsPassed);
        Assert.False(new ReplayReport("a.log", "x", new ReplayCount(0, 0, 0), string.Empty, []).IsPassed);
        Assert.False(new ReplayReport("a.log", "x", new ReplayCount(0, 0, 0), string.Empty, [answer with { Recorded = null }]).IsPassed);
    }

    private static Exchange Asked(string request, string response)
    {
        Exchange exchange = new(Convert.FromHexString(request), false, 0);
        if (response.Length > 0)
        {
            exchange.Add(Convert.FromHexString(response));
        }

        return exchange;
    }
}
