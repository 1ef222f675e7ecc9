// The line of requests before a bus: in order, each once, and nothing between a trial and its confirmation that would last.
using EsyncSim.Bus;
using EsyncSim.Server;
using EsyncSim.Vehicle;
using Xunit;

namespace EsyncTests.HostSim.Vehicle;

public sealed class RequestLineTests
{
    private readonly VirtualTime _time = new();
    private readonly RequestLine _line;

    public RequestLineTests() => _line = new RequestLine(_time);

    [Fact]
    public void Requests_come_out_as_they_came_in_and_each_once()
    {
        Add("query-package motor 1", "prepare-update battery 2", "query-package motor 1", "ready-update lamp 3");

        Assert.Equal(["1", "2", "3", null], Take(4));
    }

    [Fact]
    public void A_confirmation_goes_before_all_else()
    {
        Add("prepare-update battery 1", "query-package lamp 2", "confirm-update motor 3");

        Assert.Equal(["3", "1", "2"], Take(3));
    }

    [Fact]
    public void While_one_is_on_trial_no_transfer_to_another_begins()
    {
        Add("prepare-update battery 1", "query-package lamp 2", "prepare-update motor 3");
        _line.Answered("/ECU/motor", isOnTrial: true);

        Assert.Equal(["2", "3", null], Take(3));
        _line.Answered("/ECU/motor", isOnTrial: false);
        Assert.Equal(["1", null], Take(2));
    }

    [Fact]
    public void A_trial_that_nobody_ends_holds_up_for_a_bounded_time()
    {
        Add("prepare-update battery 1");
        _line.Answered("/ECU/motor", isOnTrial: true);
        _time.RunFor(VirtualTime.NsPerSecond);

        Assert.Null(_line.TryTake(out long waitNs));
        Assert.Equal(RequestLine.HoldNsMax - VirtualTime.NsPerSecond, waitNs);
        _time.RunFor(waitNs);
        Assert.Equal(["1"], Take(1));
    }

    [Fact]
    public void What_waits_is_bounded()
    {
        Add([.. Enumerable.Range(0, 1000).Select(i => $"query-package motor {i}")]);

        Assert.Equal("63", Take(64)[^1]);
        Assert.Equal([null], Take(1));
    }

    private void Add(params string[] requests)
    {
        foreach (string[] words in requests.Select(request => request.Split(' ')))
        {
            _line.Add(new EsyncMessage
            {
                Type = $"esync.{words[0]}",
                ReplyId = words[2],
                Body = new EsyncBody { Package = new EsyncPackage { Type = $"/ECU/{words[1]}", Name = words[1] } },
            });
        }
    }

    private string?[] Take(int count) => [.. Enumerable.Range(0, count).Select(_ => _line.TryTake(out long _)?.ReplyId)];
}
