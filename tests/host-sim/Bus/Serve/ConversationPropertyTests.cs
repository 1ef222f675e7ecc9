// Whatever a client says, in whatever pieces it comes: the same answers, never a fault, and no more of them than it has said.
using System.Text;
using EsyncSim.Bus;
using EsyncSim.Bus.Real;
using EsyncSim.Bus.Serve;
using EsyncSim.Config;
using EsyncTests.HostSim.Bus.Real;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EsyncTests.HostSim.Bus.Serve;

public sealed class ConversationPropertyTests
{
    private static readonly EsyncAgent.EcuConfig Motor = NfConfig.Load(Repository.PathOf("nf.config")).Ecu("motor").Config;

    private static readonly string[] Words =
    [
        "< open can0 >", "< rawmode >", "< bcmmode >", "< echo >", "< send 7E0 2 3e 0 >", "< send ", "7E0 ", " >", "<", ">", "< frame ", "< add 1 0 123 1 1 >",
        "O\r", "C\r", "L\r", "S6\r", "S5\r", "t7E023E00\r", "T18DA10F10\r", "r7E00\r", "V\r", "F\r", "Z0\r", "\r", "\n", "t7E0", "\a",
        "3E00\n", "22f190", "FF", "0", " ", "-1 ", "99999999999", "é", "\0",
    ];

    private static readonly Gen<string> AnyText = Gen.OneOf(Gen.Elements(Words), Gen.Choose(0, 255).Select(code => ((char)code).ToString())).ArrayOf().Select(string.Concat);

    private static readonly Gen<BusFrame> AnyFrame =
        from isExtended in Gen.Elements(false, true)
        from identifier in Gen.Choose(0, isExtended ? 0x1FFFFFFF : 0x7FF)
        from data in Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf()
        select new BusFrame((uint)identifier, isExtended, data.AsSpan(0, Math.Min(data.Length, 8)));

    [Fact]
    public void Answers_do_not_depend_on_the_pieces_in_which_a_text_comes()
    {
        Properties.Hold(from text in AnyText from piece in Gen.Choose(1, 9) select (text, piece), input =>
        {
            foreach (Func<IClientSide, Conversation> make in Conversations())
            {
                TestSide whole = Run(make, input.text, int.MaxValue);
                TestSide pieces = Run(make, input.text, input.piece);
                Assert.Equal(whole.Said, pieces.Said);
                Assert.Equal(whole.Sent, pieces.Sent);
                Assert.Equal(whole.Notes, pieces.Notes);
                Assert.Equal(whole.Closed, pieces.Closed);
                Assert.True(whole.Said.Count + whole.Sent.Count <= 2 + (2 * input.text.Length));
            }
        });
    }

    [Fact]
    public void Every_line_of_slcan_has_one_answer()
    {
        Properties.Hold(AnyText, text =>
        {
            string answers = string.Concat(Run(side => new SlcanConversation(side, 500_000), text, int.MaxValue).Said);
            Assert.Equal(text.Count(one => one == '\r'), answers.Count(one => one is '\r' or '\a'));
        });
    }

    [Fact]
    public void Any_frame_comes_through_slcan_and_socketcand_as_it_was()
    {
        ConversationLink slcanLink = new(side => new SlcanConversation(side, 500_000));
        ConversationLink socketcandLink = new(side => new SocketcandConversation(side, "can0", () => 0));
        using SlcanChannel slcan = new(slcanLink, "slcan:x", "x", null, slcanLink);
        using SocketcandChannel socketcand = new(socketcandLink, "socketcand://h:1/can0", "can0", socketcandLink);
        Properties.Hold(AnyFrame, frame =>
        {
            foreach ((TextChannel channel, ConversationLink link) in new (TextChannel, ConversationLink)[] { (slcan, slcanLink), (socketcand, socketcandLink) })
            {
                link.Sent.Clear();
                Assert.True(channel.TryWrite(frame));
                Assert.Equal([frame.ToString()], link.Sent);
                Assert.True(channel.TryRead(out BusFrame echo) && echo == frame);
                Assert.False(channel.TryRead(out _)); // takes the acknowledgement
                link.Hear(frame);
                Assert.True(channel.TryRead(out BusFrame heard) && heard == frame);
            }
        });
    }

    private static IEnumerable<Func<IClientSide, Conversation>> Conversations()
    {
        yield return side => new SocketcandConversation(side, "can0", () => 0);
        yield return side => new SlcanConversation(side, 500_000);
        yield return side => new LinesConversation(side, new BusBench().Bus, Motor);
    }

    private static TestSide Run(Func<IClientSide, Conversation> make, string text, int pieceMax)
    {
        TestSide side = new();
        Conversation conversation = make(side);
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        for (int i = 0; i < bytes.Length; i += Math.Min(pieceMax, bytes.Length))
        {
            conversation.Take(bytes.AsSpan(i, Math.Min(pieceMax, bytes.Length - i)));
        }

        return side;
    }
}
