// Which answer belongs to which question.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Replay;
using Xunit;

namespace EsyncTests.HostSim.Replay;

public sealed class ConversationTests
{
    private readonly Conversation _talk = new(new CanIfConfig { PhysicalRxId = 0x7E0, FunctionalRxId = 0x7DF, TxId = 0x7E8 });

    [Fact]
    public void Pendings_and_the_final_answer_belong_to_their_question()
    {
        Take(0x7E0, "0231FF");
        Take(0x7E8, "037F3178");
        Take(0x7DF, "023E80");
        Take(0x7E8, "027101");

        Assert.Equal(2, _talk.Exchanges.Count);
        Assert.Equal(["7F3178", "7101"], _talk.Exchanges[0].Responses.Select(Convert.ToHexString));
        Assert.Equal("7101", Convert.ToHexString(_talk.Exchanges[0].Final!));
        Assert.True(_talk.Exchanges[1].IsFunctional);
        Assert.Null(_talk.Exchanges[1].Final);
    }

    [Fact]
    public void Long_messages_are_put_together_and_other_identifiers_are_not_heard()
    {
        Take(0x7E0, "100A2EF15A010203");
        Take(0x7E8, "300000");
        Take(0x7E1, "023E00");
        Take(0x7E0, "2104050607");

        Assert.Equal("2EF15A01020304050607", Convert.ToHexString(Assert.Single(_talk.Exchanges).Request));
    }

    [Fact]
    public void What_nobody_asked_for_is_counted()
    {
        Take(0x7E8, "026201");

        Assert.Equal(1, _talk.UnaskedCount);
    }

    // Padded as it is on the bus: a single frame must be longer than its message.
    private void Take(uint identifier, string data) => _talk.Take(new BusFrame(identifier, false, Convert.FromHexString(data.PadRight(16, 'C'))), 0);
}
