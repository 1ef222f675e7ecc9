// Which topics a filter means, and who hears them.
using EsyncSim.Server;
using Xunit;

namespace EsyncTests.HostSim.Server;

public sealed class HandlerTableTests
{
    [Theory]
    [InlineData("a/b", "a/b", true)]
    [InlineData("a/b", "a/b/c", false)]
    [InlineData("a/+", "a/b", true)]
    [InlineData("a/#", "a/b/c", true)]
    [InlineData("$share/servers/a/+/announce", "a/V1/announce", true)]
    [InlineData("$share/servers/a/b", "a/b", true)]
    [InlineData("$share/servers/a/b", "servers/a/b", false)]
    [InlineData("$share/servers/#", "a", true)]
    public void A_filter_means_topics_whoever_shares_it(string filter, string topic, bool isMeant)
    {
        HandlerTable table = new();
        table.Add(filter, (_, _) => { });

        Assert.Equal((isMeant, isMeant ? 1 : 0), (TopicFilter.Matches(filter, topic), table.Of(topic).Count));
    }

    [Fact]
    public void All_who_mean_a_topic_hear_it_and_a_filter_is_subscribed_once()
    {
        HandlerTable table = new();
        List<string> heard = [];
        table.Add("a/b", (_, _) => heard.Add("first"));
        table.Add("a/b", (_, _) => heard.Add("second"));
        table.Add("a/c", (_, _) => heard.Add("other"));
        table.Add("#", (_, _) => heard.Add("all"));
        foreach (MessageHandler handler in table.Of("a/b"))
        {
            handler("a/b", default);
        }

        Assert.Equal(["first", "second", "all"], heard);
        Assert.Equal(["a/b", "a/c", "#"], table.Filters);
        table.Clear();
        Assert.Empty(table.Of("a/b"));
    }
}
