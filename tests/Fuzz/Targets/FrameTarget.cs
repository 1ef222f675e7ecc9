// Raw frames at the whole agent: the first byte is the state that a run begins in, then ten bytes are one frame: what identifier
// and length, how long until the next, and the data.
// Tests: tests/Fuzz/Checks.
namespace EsyncTests.Fuzzing.Targets;

/// <summary>CanIf, CanTp, Dcm, together.</summary>
internal sealed class FrameTarget : AgentTarget
{
    private const int EventLength = 10;

    public override string What => "raw CAN frames at the whole agent, eight states of session, access and update";

    public override IReadOnlyList<string> Parsers => ["EsyncAgent.CanIf", "EsyncAgent.CanTp", "EsyncAgent.CanTpReceiver", "EsyncAgent.CanTpSender", "EsyncAgent.DslReception", "EsyncAgent.DslConversation"];

    public override int LengthMax => 601;

    public override IReadOnlyList<byte[]> Words => [[0x02, 0x3E, 0], [0x02, 0x10, 3], [0x02, 0x10, 2], [0x10, 0x14, 0x31, 1, 2, 4], [0x21], [0x22], [0x30, 0, 0], [0x31, 0, 0], [0x04, 0x31, 1, 0xFF, 0], [0x03, 0x22, 0xFD, 5], [0x02, 0x11, 1]];

    public override IReadOnlyList<byte[]> Seeds()
    {
        List<byte[]> seeds = [];
        for (byte state = 0; state < AgentStates.Count; state++)
        {
            seeds.Add([state, 0x08, 5, 0x02, 0x3E, 0, 0xCC, 0xCC, 0xCC, 0xCC, 0xCC, 0x48, 5, 0x02, 0x3E, 0x80, 0xCC, 0xCC, 0xCC, 0xCC, 0xCC]);
            seeds.Add([state, 0x08, 3, 0x10, 0x14, 0x31, 1, 2, 4, 0, 0, 0x08, 0, 0x21, 0, 0, 0, 0, 0, 0, 0, 0x08, 60, 0x22, 0, 0, 0, 0, 0, 0, 0]);
            seeds.Add([state, 0x08, 3, 0x10, 0x0B, 0x34, 0, 0x44, 0x10, 0, 0, 0x08, 9, 0x21, 0, 0, 0, 8, 0, 0, 0, 0x08, 5, 0x05, 0x36, 1, 1, 2, 3, 0, 0, 0x08, 9, 0x01, 0x37, 0, 0, 0, 0, 0, 0]);
        }

        return seeds;
    }

    protected override int EventLengthMin => EventLength;

    protected override int Play(ReadOnlySpan<byte> rest)
    {
        ReadOnlySpan<byte> item = rest[..EventLength];
        int length = (item[0] & 8) != 0 ? 8 : item[0] & 7;
        uint identifier = (item[0] >> 6) switch { 1 => AgentBench.FunctionalId, 2 => 0x7E8u, _ => AgentBench.PhysicalId };
        Bench.Ring.Arrive(identifier, item[0] >> 6 == 3, item.Slice(2, length));
        for (int i = item[1] & 63; i >= 0 && !Bench.IsResetRequested; i--)
        {
            Bench.Turn();
        }

        Bench.NowMs += (uint)((item[1] >> 6) * 700);
        return EventLength;
    }
}
