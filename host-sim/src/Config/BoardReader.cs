// Reads boards/<name>/board.yaml.
// A board is looked for beside nf.config first and beside the program second, so that a configuration of one's own
// needs no copy of the boards.
// A board with a target has a program, and with it drivers, packages and room for them; `target: none` has none of these.
// Tests: tests/host-sim/Config/BoardTests.cs.
namespace EsyncSim.Config;

/// <summary>Board files to <see cref="BoardDefinition"/>.</summary>
internal static class BoardReader
{
    private const string NoTarget = "none";

    private static readonly string[] FlashDrivers = ["SpiNorFls", "LittleFsFls"];
    private static readonly string[] CryptoDrivers = ["NativeCrypto", "ManagedCrypto"];

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
        string target = board.Word("target");
        bool hasProgram = target != NoTarget;
        var wiring = new WiringReader(problems);
        SpiBus? spi = wiring.ReadBus(board);
        ConfigSection? crypto = hasProgram ? board.Section("crypto") : null;
        ushort cryptoTurnMs = crypto?.Find("turnMs") is null ? (ushort)0 : (ushort)crypto.Number("turnMs", 1, 500, "the longest turn that an ECU may have");
        var definition = new BoardDefinition
        {
            Name = name,
            Title = board.Word("title"),
            Target = target,
            CanController = controller,
            CanDriver = hasProgram ? Driver(can, [controller == CanControllerKind.Mcp2515 ? "Mcp2515" : "Stm32Can"], problems) : "",
            CanClockHz = ClockHz(can, controller, problems),
            CanPeripheral = can.Find("peripheral") is null ? "" : can.Word("peripheral"),
            CanPins = wiring.ReadPins(can, "pins"),
            CanSpi = controller == CanControllerKind.Mcp2515 ? wiring.ReadDevice(can, spi) : null,
            CanInterrupt = controller == CanControllerKind.Mcp2515 ? wiring.ReadPin(can, "interrupt") : "",
            Spi = spi,
            BitRateMax = can.Number("bitRateMax", 10_000, 1_000_000, "classic CAN"),
            BlockSizeMax = (byte)can.Number("blockSizeMax", 0, 255, "one byte (ISO 15765-2:2016 §9.6.5.3)"),
            SeparationTimeMin = SeparationTime.Read(can, problems),
            SignalFramesMax = (byte)can.Number("signalFramesMax", 0, 255, "frames that signals are read from; 0 where the controller filters nothing"),
            FlashParts = Parts(board.Section("flash"), hasProgram, wiring, spi, problems),
            CryptoDriver = crypto is not null ? CryptoDriver(crypto, problems) : "",
            CryptoTurnMs = cryptoTurnMs,
            DeploymentLength = hasProgram ? memory.Size("deploymentLength", 64 << 10, 16 << 20, "room for the program's assemblies") : 0,
            Packages = hasProgram ? Packages(board, problems) : [],
            ImageLengthMax = memory.Size("imageLengthMax", 4096, 16 << 20, "at least one chunk"),
            DecoderLengthMax = memory.Size("decoderLengthMax", 0, 1 << 20, "RAM for the decoders of encoded images, beside the longest image"),
            DataLengthMax = memory.Size("dataLengthMax", 1024, 1 << 20, "RAM for signals, rules and waiting records, beside image and decoders"),
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

    private static string Driver(ConfigSection section, string[] known, ConfigProblems problems)
    {
        ConfigNode? node = section.Scalar("driver");
        if (node is not null && !known.Contains(node.Text))
        {
            problems.Add(node, ConfigRule.UnknownName, $"`{node.Text}` does not drive `{section.Path}`", $"Write {string.Join(" or ", known)}; boards/drivers/src has them");
        }

        return node?.Text ?? "";
    }

    private static string CryptoDriver(ConfigSection crypto, ConfigProblems problems)
    {
        string driver = Driver(crypto, CryptoDrivers, problems);
        crypto.RefuseUnknown();
        return driver;
    }

    private static string[] Packages(ConfigSection board, ConfigProblems problems)
    {
        ConfigNode? list = board.Find("packages");
        if (list is not { Kind: ConfigNodeKind.List })
        {
            problems.Add(list ?? board.At, ConfigRule.MissingKey, "The board's program has no list of packages", "Write `packages:` and the names of boards/<name>/packages.config, one a line after a dash");
            return [];
        }

        return [.. list.Items.Select(item => item.Text)];
    }

    private static Dictionary<string, FlashPart> Parts(ConfigSection flash, bool hasProgram, WiringReader wiring, SpiBus? spi, ConfigProblems problems)
    {
        var parts = new Dictionary<string, FlashPart>();
        foreach (string name in flash.Keys())
        {
            ConfigSection part = flash.Section(name);
            uint sector = part.Size("sectorLength", 256, 1 << 20, "the sectors of flash parts");
            string driver = hasProgram ? Driver(part, FlashDrivers, problems) : "";
            var geometry = new FlashPart(
                name,
                part.Size("size", 16 << 10, 256 << 20, "the size of a flash part"),
                sector,
                part.Size("pageSize", 1, 4096, "the page of a flash part"),
                part.Size("writeUnit", 1, 32, "PROTOCOL.md's records are multiples of 32"))
            {
                Driver = driver,
                EraseCycles = part.Number("eraseCycles", 0, 10_000_000, "the endurance of a flash part, 0 for RAM"),
                Spi = driver == FlashDrivers[0] ? wiring.ReadDevice(part, spi) : null,
            };
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
