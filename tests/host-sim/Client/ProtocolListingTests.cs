// The listings at the end of PROTOCOL.md are what is really on the bus: an update and a change of keys are run, written down
// in the same form, and compared with the page line by line.
using System.Buffers.Binary;
using System.Security.Cryptography;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Packages;
using EsyncTests.AgentFirmware.EcuM;
using EsyncTests.Vehicle;
using Xunit;

namespace EsyncTests.HostSim.Client;

public sealed class ProtocolListingTests : IBusObserver
{
    private const int BytesShownMax = 16;
    private const string Heading = "## An update, message by message";

    private static readonly (string Beginning, string Comment)[] Comments =
    [
        ("→ 10 03", "extended session"),
        ("← 50 03", "P2 50 ms, P2* 5000 ms"),
        ("→ 22 FD 00", "protocol and agent"),
        ("→ 22 FD 05", "what the ECU can take"),
        ("→ 31 01 02 04", "version report over a nonce"),
        ("← 71 01 02 04", "its bytes 1 to 16 are the device identifier"),
        ("→ 31 01 02 03", "check programming preconditions"),
        ("← 71 01 02 03 01", "consent"),
        ("⇒ 85 82", "DTC setting off, no answer wanted"),
        ("⇒ 28 81 01", "normal messages: receive, do not send"),
        ("→ 10 02", "programming session"),
        ("→ 29 05", "request challenge"),
        ("← 69 05", "its bytes 21 to 36 are challengeServer"),
        ("→ 29 06", "proof and challengeClient"),
        ("← 69 06", "access"),
        ("→ 2E F1 5A", "fingerprint"),
        ("→ 22 FD 09", "which keys are trusted"),
        ("→ 34 00 44 10", "the envelope, to the staging slot"),
        ("→ 36 01 DA 45", "DA 45 53 54 4D is the tag of a trust manifest"),
        ("→ 31 01 02 14", "install trust manifest"),
        ("← 71 01 02 14", "result 0000: the new keys count"),
        ("→ 36 01 D8 6B", "D8 6B is tag 107, a SUIT envelope"),
        ("← 77", "everything programmed, read back, recorded"),
        ("→ 31 01 02 10", "authenticate manifest"),
        ("← 71 01 02 10", "result 0000: bound to the secondary bank"),
        ("→ 22 FD 02", "where to begin"),
        ("← 62 FD 02 00 00 00 00", "at byte 0"),
        ("→ 31 01 FF 00", "erase memory; left out when FD02 counts chunks"),
        ("→ 34 00 44 20", "the image, from byte 0 on"),
        ("→ 36 01 45 53", "the bundle begins with \"ESAB\""),
        ("→ 31 01 FF 01", "check programming dependencies"),
        ("← 71 01 FF 01", "VERIFIED"),
        ("→ 31 01 02 11", "activate"),
        ("← 71 01 02 11", "TRIAL"),
        ("→ 11 01", "reset, into the trial"),
        ("→ 3E 00", "is the ECU there"),
        ("→ 31 01 02 12", "confirm"),
        ("← 71 01 02 12", "CONFIRMED"),
        ("⇒ 28 80 01", "normal messages as before"),
        ("⇒ 85 81", "DTC setting on"),
        ("→ 10 01", "default session"),
    ];

    private readonly VehicleRig _rig = new();
    private readonly MessageLog _log;
    private readonly List<string> _frames = [];

    public ProtocolListingTests()
    {
        _log = new MessageLog(_rig.Definition.Config.CanIf);
        _rig.Bus.Observe(_log);
        _rig.Bus.Observe(this);
    }

    [Fact]
    public void The_listing_of_PROTOCOL_md_is_what_is_on_the_bus()
    {
        _rig.Run(async () =>
        {
            await _rig.BeginAsync();
            await _rig.UpdateAsync(_rig.Image("1.0.0", 1, 30_000));
            _log.Entries.Clear();
            _frames.Clear();
            Assert.Equal(UpdateEnd.Confirmed, (await _rig.UpdateAsync(_rig.Image("2.0.0", 2, 30_000))).End);
        });
        string[] blocks = Blocks();
        Compare(Render(), blocks[0]);
        int start = _frames.FindIndex(frame => frame.EndsWith("03 22 FD 05 CC CC CC CC", StringComparison.Ordinal));
        Compare(_frames.Skip(start).Take(5), blocks[1]);
        Compare(Proof(), blocks[2]);
    }

    [Fact]
    public void And_so_is_that_of_a_change_of_keys()
    {
        TrustList list = TestTrust.List(1, TestTrust.NewAuthor, TestTrust.NewOem) with { VendorId = _rig.Definition.Config.Fota.VendorId, ClassId = _rig.Definition.Config.Fota.ClassId };
        byte[] document = TestTrust.Document(list, TestTrust.Author, TestTrust.Oem);
        _rig.Run(async () =>
        {
            await _rig.BeginAsync(TestTrust.Provisioning);
            _log.Entries.Clear();
            TrustSession session = new(_rig.Client, TrustFile.Decode(document, "listing").ToUpdate(), new UpdatePolicy());
            Assert.Equal(UpdateEnd.Confirmed, (await session.RunAsync()).End);
        });
        Compare(Render(), Blocks()[3]);
    }

    void IBusObserver.OnRecord(in BusRecord record)
    {
        byte[] data = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(data, record.Frame.Data);
        _frames.Add($"{record.Frame.Identifier:X3}  {MessageLog.Hex(data)}");
    }

    private static void Compare(IEnumerable<string> expected, string block)
    {
        string text = string.Join('\n', expected);
        Assert.True(text == block, $"PROTOCOL.md shows something else than the bus. The block must read:\n{text}");
    }

    /// <summary>The fenced blocks of the page's last sections.</summary>
    private static string[] Blocks()
    {
        string page = File.ReadAllText(Repository.PathOf("agent-firmware/PROTOCOL.md"));
        string section = page[page.IndexOf(Heading, StringComparison.Ordinal)..];
        return [.. section.Split("```").Where((_, index) => index % 2 == 1).Select(block => block.Trim('\n'))];
    }

    /// <summary>
    /// The messages as the page shows them: long ones cut, blocks between the second and the last left out, response
    /// pending and unanswered polling once, tester present (whose place depends on the time) not at all.
    /// </summary>
    private List<string> Render()
    {
        List<string> lines = [];
        List<(char Direction, byte[] Message)> entries = [.. _log.Entries.Where(entry => entry is not { Direction: '⇒', Message: [0x3E, ..] })];
        for (int i = 0; i < entries.Count; i++)
        {
            (char direction, byte[] message) = entries[i];
            bool isBlock = (message[0] & 0xBF) == 0x36 && message.Length >= 2;
            if (isBlock && message[1] > 2 && i + 2 < entries.Count && (entries[i + 2].Message[0] & 0xBF) == 0x36)
            {
                if (lines[^1] != "  …")
                {
                    lines.Add("  …");
                }

                continue;
            }

            string line = Line(direction, message);
            if (lines.Count == 0 || lines[^1] != line)
            {
                lines.Add(line);
            }
        }

        return lines;
    }

    /// <summary>The proof of the first access, computed from the page's rules alone, which is what was sent.</summary>
    private List<string> Proof()
    {
        byte[] challenge = _log.Entries.First(entry => entry is { Direction: '←', Message: [0x69, 0x05, ..] }).Message[21..37];
        byte[] sent = _log.Entries.First(entry => entry is { Direction: '→', Message: [0x29, 0x06, ..] }).Message;
        byte[] own = sent[54..70];
        byte[] key = HMACSHA256.HashData(TestImage.DeviceSecret, (byte[])[.. "esync/v1/key-29"u8, .. TestImage.DeviceId]);
        byte[] proof = HMACSHA256.HashData(key, (byte[])[.. "esync/v1/proof-29"u8, .. TestImage.DeviceId, 0x01, .. challenge, .. own]);
        Assert.Equal(proof, sent[20..52]);
        return
        [
            $"device identifier  {Convert.ToHexString(TestImage.DeviceId)}",
            $"device secret      {Convert.ToHexString(TestImage.DeviceSecret)}",
            $"key-29             {Convert.ToHexString(key)}",
            $"challengeServer    {Convert.ToHexString(challenge)}",
            $"challengeClient    {Convert.ToHexString(own)}",
            $"proof              {Convert.ToHexString(proof)}",
        ];
    }

    private static string Line(char direction, byte[] message)
    {
        // Of a block after the first one only its counter: signatures differ from run to run.
        int shown = Math.Min(message.Length, message[0] == 0x36 && message[1] > 1 ? 2 : BytesShownMax);
        string line = $"{direction} {MessageLog.Hex(message.AsSpan(0, shown))}" + (message.Length > shown ? $" … ({message.Length} bytes)" : "");
        string comment = direction == '←' && message is [0x7F, _, 0x78] ? "response pending"
            : Comments.FirstOrDefault(pair => line.StartsWith(pair.Beginning, StringComparison.Ordinal)).Comment ?? "";
        return comment.Length == 0 ? line : $"{line.PadRight(66)}  {comment}";
    }
}
