// Events for browsers: in order, resumed where that is possible, and never at the cost of who publishes.
using EsyncSim.Web;
using Xunit;

namespace EsyncTests.HostSim.Web;

public class EventFeedTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly EventFeed _feed = new("life");

    [Fact]
    public async Task A_reader_gets_what_is_published_after_it_came_in_order()
    {
        _feed.Publish([1]);
        using FeedReader reader = _feed.Read();
        _feed.Publish([2]);
        _feed.Publish([3]);

        FeedEvent? second = await reader.NextAsync(Patience, TestContext.Current.CancellationToken), third = await reader.NextAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal((2L, (byte)2), (second!.Id, second.Data[0]));
        Assert.Equal((3L, (byte)3), (third!.Id, third.Data[0]));
        Assert.Equal(1, _feed.ReaderCount);
        reader.Dispose();
        Assert.Equal(0, _feed.ReaderCount);
    }

    [Fact]
    public async Task Nothing_within_the_time_is_nothing()
    {
        using FeedReader reader = _feed.Read();

        Assert.Null(await reader.NextAsync(TimeSpan.Zero, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_reader_that_does_not_read_loses_and_is_told_so()
    {
        using FeedReader slow = _feed.Read();
        for (int i = 0; i < EventFeed.QueueMax; i++)
        {
            _feed.Publish([0]);
        }

        Assert.False(slow.HasLost);
        _feed.Publish([0]);
        Assert.True(slow.HasLost);

        slow.BeginAnew();
        Assert.False(slow.HasLost);
        _feed.Publish([7]);
        Assert.Equal([7], (await slow.NextAsync(Patience, TestContext.Current.CancellationToken))!.Data);
    }

    [Fact]
    public void Who_comes_back_goes_on_behind_what_it_has_unless_that_is_gone()
    {
        _feed.Publish([1]);
        _feed.Publish([2]);
        _feed.Publish([3]);

        Assert.Equal([3L], _feed.Behind("life-2")!.Select(item => item.Id));
        Assert.Empty(_feed.Behind("life-3")!);
        Assert.Equal("life-3", _feed.TextOf(_feed.LastId));
        Assert.Null(_feed.Behind("life-4"));
        Assert.Null(_feed.Behind("other-2"));
        Assert.Null(_feed.Behind("nonsense"));
        Assert.Null(_feed.Behind(null));

        _feed.Skip();
        Assert.Null(_feed.Behind("life-3"));
    }

    [Fact]
    public void What_is_kept_is_bounded_by_number_and_by_bytes()
    {
        for (int i = 0; i < EventFeed.KeptMax + 1; i++)
        {
            _feed.Publish([0]);
        }

        Assert.Null(_feed.Behind("life-0"));
        Assert.Equal(EventFeed.KeptMax, _feed.Behind("life-1")!.Count);

        _feed.Publish(new byte[EventFeed.KeptBytesMax]);
        Assert.Single(_feed.Behind(_feed.TextOf(_feed.LastId - 1))!);
        Assert.Null(_feed.Behind(_feed.TextOf(_feed.LastId - 2)));
    }
}
