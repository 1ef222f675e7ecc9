// The loader takes images as a board's does and starts what their header chooses; whatever an application does is a state.
using EsyncAgent;
using EsyncAgent.Emulator;
using Xunit;

namespace EsyncTests.Boards.Virtual;

public sealed class CompiledInLoaderTests
{
    private readonly CompiledInLoader _loader = new();
    private readonly Published _published = new();

    public CompiledInLoaderTests() => _loader.Attach(_published);

    [Fact]
    public void A_good_application_runs_answers_and_lives()
    {
        Assert.Equal(StdReturn.Ok, Load(Image(GoodApplication.EntryClass)));
        Assert.Equal(ApplicationState.Starting, _loader.State);
        byte[] value = new byte[8];
        Assert.Equal(-1, _loader.ReadDataByIdentifier(0x0100, value, 0));
        Run(fromMs: 0, toMs: 55);
        Assert.Equal(ApplicationState.Running, _loader.State);
        Assert.Equal(5u, _loader.AliveCounter); // at 0 ms it started and tested itself, then a turn every 10 ms
        Assert.Equal(5, _loader.ReadDataByIdentifier(0x0100, value, 1));
        Assert.Equal("4.5.6"u8.ToArray(), value[1..6]);
        Assert.Equal(4, _loader.ReadDataByIdentifier(0x0101, value, 0));
        Assert.Equal(5, value[3]);
        Assert.Equal(-1, _loader.ReadDataByIdentifier(0x0102, value, 0));
        Assert.Equal(((ushort)0xF201, 12), _published.Values[^1]);
    }

    [Fact]
    public void A_good_applications_air_temperature_rises_by_a_degree_a_second()
    {
        Load(Image(GoodApplication.EntryClass));
        Run(0, 3500);
        Assert.Equal([12, 13, 14, 15], _published.Values.Select(v => v.Raw).Distinct());
    }

    [Fact]
    public void A_failing_self_test_is_a_state_and_nothing_runs()
    {
        Load(Image(SelfTestFailsApplication.EntryClass));
        Run(0, 100);
        Assert.Equal(ApplicationState.SelfTestFailed, _loader.State);
        Assert.Equal(0u, _loader.AliveCounter);
    }

    [Fact]
    public void A_stalled_application_gives_no_more_signs_of_life()
    {
        Load(Image(StalledApplication.EntryClass));
        Run(0, 150);
        uint alive = _loader.AliveCounter;
        Assert.True(alive > 10);
        Run(151, 1000);
        Assert.Equal(19u, _loader.AliveCounter);
        Assert.Equal(ApplicationState.Running, _loader.State);
    }

    [Fact]
    public void Turns_go_on_over_the_wrap_of_the_clock()
    {
        Load(Image(GoodApplication.EntryClass));
        uint startMs = uint.MaxValue - 24;
        for (uint i = 0; i <= 100; i++)
        {
            _loader.MainFunction(startMs + i);
        }

        Assert.Equal(10u, _loader.AliveCounter);
    }

    [Theory]
    [InlineData(0)] // magic
    [InlineData(4)] // format
    [InlineData(5)] // runtime
    [InlineData(6)] // contract version
    [InlineData(11)] // length
    [InlineData(45)] // entry class
    public void A_header_that_does_not_fit_is_not_started(int offset)
    {
        byte[] image = Image(GoodApplication.EntryClass);
        image[offset] ^= 0x10;
        Assert.Equal(StdReturn.NotOk, Load(image));
        Assert.Equal(ApplicationState.Faulted, _loader.State);
        Run(0, 100);
        Assert.Equal(0u, _loader.AliveCounter);
    }

    [Fact]
    public void An_image_that_is_not_whole_is_not_started_and_none_takes_more_than_was_announced()
    {
        byte[] image = Image(GoodApplication.EntryClass);
        Assert.Equal(StdReturn.Ok, _loader.Begin((uint)image.Length));
        Assert.Equal(StdReturn.Ok, _loader.Append(image, 0, image.Length - 1));
        Assert.Equal(StdReturn.NotOk, _loader.Append(image, 0, 2));
        Assert.Equal(StdReturn.NotOk, _loader.Start());
        Assert.Equal(StdReturn.NotOk, _loader.Begin(EmulatorImage.HeaderLength));
    }

    [Fact]
    public void Reported_events_are_taken_in_order_and_the_newest_is_lost_when_too_many_wait()
    {
        for (byte i = 0; i < 10; i++)
        {
            _loader.ReportEvent((byte)(16 + i), isFailed: i % 2 == 1);
        }

        Assert.Equal([.. Enumerable.Range(0, 8).Select(i => ((16 + i) * 2) + (i % 2)), -1], Enumerable.Range(0, 9).Select(_ => _loader.TakeEvent()));
    }

    private static byte[] Image(string entryClass) => PackagePrinter.Bytes(new EmulatorImage("4.5.6", entryClass, 600, 5));

    // In pieces that split the header.
    private StdReturn Load(byte[] image)
    {
        Assert.Equal(StdReturn.Ok, _loader.Begin((uint)image.Length));
        for (int position = 0; position < image.Length; position += 50)
        {
            Assert.Equal(StdReturn.Ok, _loader.Append(image, position, Math.Min(50, image.Length - position)));
        }

        return _loader.Start();
    }

    private void Run(uint fromMs, uint toMs)
    {
        for (uint nowMs = fromMs; nowMs <= toMs; nowMs++)
        {
            _loader.MainFunction(nowMs);
        }
    }

    private sealed class Published : IApplicationData
    {
        public List<(ushort DataIdentifier, int Raw)> Values { get; } = [];

        public void Publish(ushort dataIdentifier, int rawValue) => Values.Add((dataIdentifier, rawValue));

        public int Output(ushort dataIdentifier, int wantedValue) => wantedValue;
    }
}
