// Which encodings images may have on their way to an ECU, and the memory that taking them costs it.
// Invariants: an image that is not encoded is always taken; the decoders fit into what the board has for them beside the
// longest image. The mask of encodings is that of DID FD05 (PROTOCOL.md, "Data identifiers").
// Tests: tests/host-sim/Config/TransferRuleTests.cs.
using EsyncAgent;

namespace EsyncSim.Config;

/// <summary>What `transfer` says of one ECU.</summary>
/// <param name="Encodings">Bit n: compression n unencrypted; bit 8 + n: compression n encrypted; bit 0 is always set.</param>
/// <param name="WindowBitsMax">Largest heatshrink window, as a power of two in bytes.</param>
/// <param name="RecipientCountMax">Most recipients of an encrypted envelope; 0 without encryption.</param>
internal sealed record TransferRules(ushort Encodings, byte WindowBitsMax, byte RecipientCountMax)
{
    // Objects and small arrays, as counted on the host (tests/agent-firmware/Fota/DecoderMemoryTests): whatever is taken; for
    // patches what is known of the base's slot and their history, in each checkpoint that is under way as well; for encryption keys, counter blocks, key stream.
    private const uint StateLength = 1024;
    private const uint PatchLength = 2816;
    private const uint CipherLength = 1280;

    /// <summary>True when some compression is taken, and a window is kept for it.</summary>
    public bool HasWindow => HasBase || TransferEncoding.HasCompression(Encodings, TransferEncoding.Heatshrink);

    /// <summary>True when patches are taken, and a part of the running image is kept for them.</summary>
    public bool HasBase => TransferEncoding.HasCompression(Encodings, TransferEncoding.Delta);

    /// <summary>True when encrypted images are taken.</summary>
    public bool IsEncrypted => TransferEncoding.HasEncryption(Encodings);

    /// <summary>Bytes of RAM that the decoders keep from start on, besides what an agent without them has.</summary>
    public uint MemoryLength =>
        Encodings == FotaConfig.PlainOnly
            ? 0
            : (2 * SlotSizes.ChunkLength) + StateLength + (HasWindow ? 1u << WindowBitsMax : 0) + (HasBase ? SlotSizes.ChunkLength + PatchLength : 0) + (IsEncrypted ? CipherLength : 0);

    /// <summary>The sum of <see cref="MemoryLength"/>, for a message.</summary>
    public string MemorySum =>
        $"two pieces of {SlotSizes.ChunkLength}, {StateLength} of state{(HasWindow ? $", a window of {1u << WindowBitsMax}" : "")}{(HasBase ? $", {SlotSizes.ChunkLength} of the base and {PatchLength} of state for patches" : "")}{(IsEncrypted ? $", {CipherLength} for the cipher" : "")}";
}

/// <summary>Reader of `transfer`.</summary>
internal static class TransferReader
{
    private const uint WindowBitsMin = 4;
    private const uint WindowBitsMax = 12;
    private const string NoEncryption = "none";
    private const string AesCtr = "aes-256-ctr";

    // By name, with their number in dataFormatIdentifier.
    private static readonly (string Name, int Number)[] Compressions = [("heatshrink", TransferEncoding.Heatshrink), ("delta", TransferEncoding.Delta)];

    /// <summary>Reads the section and holds it against the board.</summary>
    public static TransferRules Read(ConfigSection transfer, BoardDefinition board, ConfigProblems problems)
    {
        int before = problems.Count;
        int encodings = FotaConfig.PlainOnly | Compression(transfer, problems);
        byte windowBitsMax = (byte)transfer.Number("windowBitsMax", WindowBitsMin, WindowBitsMax, "the agent takes heatshrink windows of 2^4 to 2^12 bytes");
        bool isEncrypted = IsEncrypted(transfer, problems);
        byte recipients = Recipients(transfer, isEncrypted, problems);
        transfer.RefuseUnknown();
        var rules = new TransferRules((ushort)(isEncrypted ? encodings | (encodings << 8) : encodings), windowBitsMax, recipients);
        if (problems.Count == before)
        {
            CheckMemory(transfer, rules, board, problems);
        }

        return rules;
    }

    private static int Compression(ConfigSection transfer, ConfigProblems problems)
    {
        int mask = 0;
        foreach (ConfigNode item in transfer.List("compression", "[heatshrink, delta], one of them, or []"))
        {
            int number = Array.Find(Compressions, c => c.Name == item.Text).Number;
            if (number == 0)
            {
                string what = item.Kind == ConfigNodeKind.Scalar ? $"`{item.Text}`" : item.KindName;
                problems.Add(item, ConfigRule.UnknownName, $"`{transfer.Path}.compression` names {what}, which no agent decodes", "Write heatshrink, delta, both or neither");
            }
            else if ((mask >> number & 1) != 0)
            {
                problems.Add(item, ConfigRule.DuplicateKey, $"Compression `{item.Text}` stands here a second time", "Remove one of the two");
            }

            mask |= 1 << number;
        }

        return mask;
    }

    private static bool IsEncrypted(ConfigSection transfer, ConfigProblems problems)
    {
        ConfigNode? node = transfer.Scalar("encryption");
        if (node is not null && node.Text is not (NoEncryption or AesCtr))
        {
            problems.Add(node, ConfigRule.UnknownName, $"`{transfer.Path}.encryption` is `{node.Text}`, which no agent decrypts", $"Write {NoEncryption} or {AesCtr}");
        }

        return node is { Text: AesCtr };
    }

    // Under `defaults` the number may stand ready for the ECUs that are encrypted for.
    private static byte Recipients(ConfigSection transfer, bool isEncrypted, ConfigProblems problems)
    {
        const string Key = "recipientsMax";
        if (transfer.Find(Key) is null && !isEncrypted)
        {
            return 0;
        }

        uint recipients = transfer.Number(Key, 1, SlotSizes.RecipientsMax, "one encrypted envelope serves 1 to 32 ECUs, and each has its wrapped key in it");
        if (!isEncrypted && transfer.IsOwn(Key))
        {
            problems.Add(transfer.Place(Key), ConfigRule.UnknownKey, $"`{transfer.Path}.{Key}` is for encrypted images, but `encryption` is {NoEncryption}", $"Remove it, or write encryption: {AesCtr}");
        }

        return (byte)(isEncrypted ? recipients : 0);
    }

    private static void CheckMemory(ConfigSection transfer, TransferRules rules, BoardDefinition board, ConfigProblems problems)
    {
        if (rules.MemoryLength <= board.DecoderLengthMax)
        {
            return;
        }

        byte windowBits = rules.WindowBitsMax;
        while (rules.HasWindow && windowBits >= WindowBitsMin && (rules with { WindowBitsMax = windowBits }).MemoryLength > board.DecoderLengthMax)
        {
            windowBits--;
        }

        bool isWindowTooLarge = rules.HasWindow && windowBits >= WindowBitsMin;
        problems.Add(
            transfer.Place(isWindowTooLarge ? "windowBitsMax" : rules.HasWindow ? "compression" : "encryption"),
            ConfigRule.LooserThanBoard,
            $"The decoders of `{transfer.Path}` keep {rules.MemoryLength} bytes ({rules.MemorySum}), but board `{board.Name}` has {ConfigValues.SizeText(board.DecoderLengthMax)} for them beside an image",
            isWindowTooLarge ? $"Write windowBitsMax: {windowBits} or less" : "Take fewer encodings");
    }
}
