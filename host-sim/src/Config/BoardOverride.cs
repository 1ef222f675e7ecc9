// Puts ECUs of a configuration on another board before it is read: the board's name, the flow control that it can stand,
// banks no longer than what it can load, and answers no sooner than its cryptography lets it. Every rule is then checked as if the file said so.
// It only tightens what the ECU had; what does not fit the board in another way stays a problem of the usual form.
// Tests: tests/host-sim/Config/BoardOverrideTests.cs.
using System.Globalization;

namespace EsyncSim.Config;

/// <summary>Another board for some ECUs.</summary>
/// <param name="Board">Name of the board.</param>
/// <param name="Ecus">ECUs that are put on it.</param>
public sealed record BoardOverride(string Board, IReadOnlyList<string> Ecus)
{
    /// <summary>Changes the tree of a file; <paramref name="board"/> is what the name stands for.</summary>
    internal void Apply(ConfigNode root, BoardDefinition board)
    {
        foreach (ConfigEntry ecu in root.Entry("ecus")?.Value.Entries ?? [])
        {
            if (Ecus.Contains(ecu.Key.Text) && ecu.Value.Kind == ConfigNodeKind.Map)
            {
                Apply(ecu.Value, root.Entry("defaults")?.Value, board);
            }
        }
    }

    private void Apply(ConfigNode ecu, ConfigNode? defaults, BoardDefinition board)
    {
        Put(ecu, Board, "board");
        Tighten(ecu, defaults, blockSize => IsTighter(blockSize, board.BlockSizeMax), board.BlockSizeMax, "isoTp", "blockSize");
        if (SeparationTime.Microseconds(board.SeparationTimeMin) > SeparationTime.Microseconds((byte)(NumberAt(ecu, defaults, "isoTp", "separationTimeMin") ?? 0)))
        {
            Put(ecu, Number(board.SeparationTimeMin), "isoTp", "separationTimeMin");
        }

        Tighten(ecu, defaults, length => length <= board.ImageLengthMax, board.ImageLengthMax, "application", "imageLengthMax");
        Tighten(ecu, defaults, length => length <= board.ImageLengthMax, board.ImageLengthMax, "flash", "areas", "bankA", "length");
        Tighten(ecu, defaults, length => length <= board.ImageLengthMax, board.ImageLengthMax, "flash", "areas", "bankB", "length");
        Slow(ecu, defaults, board);
    }

    private static void Slow(ConfigNode ecu, ConfigNode? defaults, BoardDefinition board)
    {
        if (NumberAt(ecu, defaults, "uds", "turnMsMax") < board.CryptoTurnMs)
        {
            Put(ecu, Number(board.CryptoTurnMs), "uds", "turnMsMax");
        }

        if (NumberAt(ecu, defaults, "uds", "p2ServerMsMax") < board.CryptoTurnMs * 2u)
        {
            Put(ecu, Number(board.CryptoTurnMs * 2u), "uds", "p2ServerMsMax");
        }
    }

    private static bool IsTighter(ulong blockSize, byte max) => max == 0 || (blockSize != 0 && blockSize <= max);

    private static void Tighten(ConfigNode ecu, ConfigNode? defaults, Func<ulong, bool> isTightEnough, uint limit, params string[] path)
    {
        if (NumberAt(ecu, defaults, path) is { } value && !isTightEnough(value))
        {
            Put(ecu, Number(limit), path);
        }
    }

    private static string Number(uint value) => value.ToString(CultureInfo.InvariantCulture);

    private static ulong? NumberAt(ConfigNode ecu, ConfigNode? defaults, params string[] path)
    {
        ConfigNode? node = At(ecu, path) ?? (defaults is null ? null : At(defaults, path));
        return node is not null && (ConfigValues.TryNumber(node.Text, out ulong value) || ConfigValues.TrySize(node.Text, out value)) ? value : null;
    }

    private static ConfigNode? At(ConfigNode node, string[] path)
    {
        ConfigNode? at = node;
        foreach (string key in path)
        {
            at = at?.Entry(key)?.Value;
        }

        return at;
    }

    private static void Put(ConfigNode ecu, string text, params string[] path)
    {
        ConfigNode map = ecu;
        foreach (string key in path[..^1])
        {
            ConfigNode? below = map.Entry(key)?.Value;
            if (below is null)
            {
                below = new ConfigNode(ConfigNodeKind.Map, ecu.File, ecu.Line, ecu.Column);
                map.Entries.Add(new ConfigEntry(Scalar(ecu, key), below));
            }

            map = below;
        }

        map.Entries.RemoveAll(entry => entry.Key.Text == path[^1]);
        map.Entries.Add(new ConfigEntry(Scalar(ecu, path[^1]), Scalar(ecu, text)));
    }

    private static ConfigNode Scalar(ConfigNode at, string text) => new(ConfigNodeKind.Scalar, at.File, at.Line, at.Column) { Text = text };
}
