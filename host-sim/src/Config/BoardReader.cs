// Reads boards/<name>/board.yaml.
// A board is looked for beside nf.config first and beside the program second, so that a configuration of one's own
// needs no copy of the boards.
// Tests: tests/host-sim/Config/BoardTests.cs.
namespace EsyncSim.Config;

/// <summary>Board files to <see cref="BoardDefinition"/>.</summary>
internal static class BoardReader
{
    /// <summary>Names of all boards in the folders, for messages.</summary>
    public static IReadOnlyList<string> Names(IEnumerable<string> folders) =>
        [.. folders.Where(Directory.Exists)
            .SelectMany(Directory.GetDirectories)
            .Where(d => File.Exists(Path.Combine(d, "board.yaml")))
            .Select(d => Path.GetFileName(d)!)
            .Distinct()
            .Order(StringComparer.Ordinal)];

    /// <summary>The board called <paramref name="name"/>; null when no folder has it (false) or its file is wrong beyond reading (recorded).</summary>
    public static bool TryRead(IEnumerable<string> folders, string name, ConfigProblems problems, out BoardDefinition? board)
    {
        string? file = folders.Select(f => Path.Combine(f, name, "board.yaml")).FirstOrDefault(File.Exists);
        ConfigNode? root = file is null ? null : ConfigYaml.Read(file, File.ReadAllText(file), problems);
        board = root is null ? null : Read(name, root, problems);
        return file is not null;
    }

    private static BoardDefinition Read(string name, ConfigNode root, ConfigProblems problems)
    {
        var board = new ConfigSection(problems, "board", root, root);
        ConfigSection can = board.Section("can");
        ConfigSection memory = board.Section("memory");
        CanControllerKind controller = Controller(can, problems);
        var definition = new BoardDefinition
        {
            Name = name,
            Title = board.Word("title"),
            Target = board.Word("target"),
            CanController = controller,
            CanClockHz = ClockHz(can, controller, problems),
            CanPeripheral = can.Find("peripheral") is null ? "" : can.Word("peripheral"),
            CanPins = Pins(can),
            BitRateMax = can.Number("bitRateMax", 10_000, 1_000_000, "classic CAN"),
            BlockSizeMax = (byte)can.Number("blockSizeMax", 0, 255, "one byte (ISO 15765-2:2016 §9.6.5.3)"),
            SeparationTimeMin = SeparationTime.Read(can, problems),
            FlashParts = Parts(board.Section("flash"), problems),
            ImageLengthMax = memory.Size("imageLengthMax", 4096, 16 << 20, "at least one chunk"),
        };
        can.RefuseUnknown();
        memory.RefuseUnknown();
        board.RefuseUnknown();
        return definition;
    }

    private static CanControllerKind Controller(ConfigSection can, ConfigProblems problems)
    {
        ConfigNode? node = can.Scalar("controller");
        switch (node?.Text)
        {
            case "stm32":
                return CanControllerKind.Stm32;
            case "mcp2515":
                return CanControllerKind.Mcp2515;
            case null or "virtual":
                return CanControllerKind.Virtual;
            default:
                problems.Add(node, ConfigRule.UnknownName, $"There is no CAN controller `{node.Text}`", "Write virtual, stm32 or mcp2515");
                return CanControllerKind.Virtual;
        }
    }

    // An MCP2515 divides half of its crystal (data sheet DS20001801 §5.2); 0 when the figure is wrong.
    private static uint ClockHz(ConfigSection can, CanControllerKind controller, ConfigProblems problems)
    {
        int before = problems.Count;
        uint clockHz = controller == CanControllerKind.Mcp2515
            ? can.Number("crystalHz", 2_000_000, 40_000_000, "the crystal of an MCP2515") / 2
            : can.Number("clockHz", 1_000_000, 200_000_000, "the clock of a CAN controller");
        return problems.Count == before ? clockHz : 0;
    }

    private static Dictionary<string, string> Pins(ConfigSection can)
    {
        ConfigNode? pins = can.Find("pins");
        return pins is null ? [] : pins.Entries.ToDictionary(e => e.Key.Text, e => e.Value.Text);
    }

    private static Dictionary<string, FlashPart> Parts(ConfigSection flash, ConfigProblems problems)
    {
        var parts = new Dictionary<string, FlashPart>();
        foreach (string name in flash.Keys())
        {
            ConfigSection part = flash.Section(name);
            uint sector = part.Size("sectorLength", 256, 1 << 20, "the sectors of flash parts");
            var geometry = new FlashPart(
                name,
                part.Size("size", 16 << 10, 256 << 20, "the size of a flash part"),
                sector,
                part.Size("pageSize", 1, 4096, "the page of a flash part"),
                part.Size("writeUnit", 1, 32, "PROTOCOL.md's records are multiples of 32"));
            part.RefuseUnknown();
            foreach ((string key, uint value) in new[] { ("sectorLength", sector), ("pageSize", geometry.PageSize), ("writeUnit", geometry.WriteUnit) })
            {
                if (!uint.IsPow2(value))
                {
                    problems.Add(part.Place(key), ConfigRule.OutOfRange, $"`{key}` is {value}, not a power of two", "Look it up in the part's data sheet");
                }
            }

            parts[name] = geometry;
        }

        if (parts.Count == 0)
        {
            problems.Add(flash.At, ConfigRule.MissingKey, "The board has no flash part", "Describe one under `flash:`");
        }

        return parts;
    }
}
