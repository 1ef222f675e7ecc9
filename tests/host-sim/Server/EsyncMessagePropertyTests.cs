// Messages in general: whatever a message says, in whatever characters, it says after the way through the broker; a message that
// lacks its end, or has nothing where a list has an entry, is none.
using System.Text;
using EsyncSim.Server;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EsyncTests.HostSim.Server;

public sealed class EsyncMessagePropertyTests
{
    // Letters of all planes, quotes, control characters; no halves of a pair, which are no text.
    private static readonly Gen<string> AnyText = Gen.OneOf(Gen.Choose(0, 0x7F), Gen.Choose(0x80, 0xD7FF), Gen.Choose(0xE000, 0xFFFF), Gen.Choose(0x10000, 0x10FFFF))
        .Select(char.ConvertFromUtf32).ArrayOf().Select(string.Concat);

    private static readonly Gen<EsyncMessage> AnyMessage =
        from texts in AnyText.ArrayOf(8)
        from number in Gen.Choose(int.MinValue, int.MaxValue)
        from kind in Gen.Choose(0, 7)
        select new EsyncMessage
        {
            Type = texts[0],
            ReplyId = kind % 2 == 0 ? null : texts[1],
            Body = new EsyncBody
            {
                Package = new EsyncPackage
                {
                    Type = texts[2],
                    Name = texts[3],
                    Message = texts[4],
                    RollbackVersions = kind < 4 ? null : [texts[5], texts[6]],
                    VersionList = kind % 4 == 0 ? null : new Dictionary<string, EsyncVersion> { [texts[7]] = new() { IsDownloaded = kind > 2, Downloadables = [new() { Url = texts[1], Length = number, Sha256 = texts[2] }] } },
                },
                Sequence = number,
                Ecu = kind < 6 ? null : new EsyncEcu { IsAuthentic = true, State = texts[5], Encoding = texts[6], Bytes = number },
            },
        };

    [Fact]
    public void A_message_is_read_as_it_was_written()
    {
        Properties.Hold(AnyMessage, message =>
        {
            byte[] encoded = EsyncJson.Encode(message);
            EsyncMessage? read = EsyncJson.TryDecode(encoded);
            Assert.NotNull(read);
            Assert.Equal(encoded, EsyncJson.Encode(read));
            Assert.Equivalent(message, read, strict: true);
        });
    }

    [Theory]
    [InlineData("\"rollback-versions\":[null]")]
    [InlineData("\"rollback-versions\":[\"1.0.0\",null]")]
    [InlineData("\"version-list\":{\"1.0.0\":null}")]
    [InlineData("\"version-list\":{\"1.0.0\":{\"downloaded\":true,\"downloadables\":[null]}}")]
    public void A_message_with_nothing_inside_a_list_is_none(string list)
    {
        byte[] Message(string content) => Encoding.UTF8.GetBytes($"{{\"type\":\"esync.query-package\",\"body\":{{\"package\":{{\"type\":\"t\",\"name\":\"n\",{content}}}}}}}");

        Assert.Null(EsyncJson.TryDecode(Message(list)));
        Assert.NotNull(EsyncJson.TryDecode(Message(list.Replace("[null]", "[]").Replace(",null]", "]").Replace(":null", ":{}"))));
    }

    [Fact]
    public void A_campaign_without_a_name_is_none()
    {
        EsyncMessage? Read(string campaign) =>
            EsyncJson.TryDecode(Encoding.UTF8.GetBytes($"{{\"type\":\"esync.query-package\",\"body\":{{\"package\":{{\"type\":\"t\",\"name\":\"n\"}},\"campaign\":{campaign}}}}}"));

        Assert.Null(Read("{}"));
        Assert.Null(Read("{\"id\":null}"));
        Assert.Equal("c1", Read("{\"id\":\"c1\"}")?.Body.Campaign?.Id);
    }

    [Theory]
    [InlineData("\"reason\":\"WrongBase\"")]
    [InlineData("\"encoding\":\"delta\"")]
    public void A_refused_form_without_its_encoding_or_reason_is_none(string half)
    {
        EsyncMessage? Read(string type, string ecu) =>
            EsyncJson.TryDecode(Encoding.UTF8.GetBytes($"{{\"type\":\"{type}\",\"body\":{{\"package\":{{\"type\":\"t\",\"name\":\"n\"}}{ecu}}}}}"));

        Assert.Null(Read("esync.incremental-failed", string.Empty));
        Assert.Null(Read("esync.incremental-failed", $",\"ecu\":{{{half}}}"));
        Assert.NotNull(Read("esync.update-status", $",\"ecu\":{{{half}}}"));
        EsyncMessage? whole = Read("esync.incremental-failed", ",\"ecu\":{\"encoding\":\"delta\",\"reason\":\"WrongBase\"}");
        Assert.Equal(("delta", "WrongBase"), (whole!.Body.Ecu!.Encoding, whole.Body.Ecu.Reason));
    }

    [Fact]
    public void A_message_that_lacks_its_end_is_none()
    {
        Properties.Hold(AnyMessage, message => Assert.Null(EsyncJson.TryDecode(EsyncJson.Encode(message).AsMemory()[..^1])));
    }
}
