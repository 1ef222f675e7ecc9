// The flash map and its rules: inside the part, whole sectors, no overlap, pairs equally long, each area as long as
// what PROTOCOL.md puts into it, and no bank longer than what the board can load.
// Invariant: rules that compare areas run only on areas whose own lines were read without a problem.
// Tests: tests/host-sim/Config/FlashMapTests.cs.
using EsyncAgent;

namespace EsyncSim.Config;

/// <summary>Reader of `flash` for one ECU.</summary>
internal sealed class FlashMapReader(ConfigProblems problems, ConfigSection flash, FlashPart part, BoardDefinition board, SlotSizes sizes)
{
    private sealed record Placed(string Name, uint Start, uint Length, ConfigSection Section)
    {
        public ulong End => (ulong)Start + Length;

        public ConfigNode LengthPlace => Section.Place("length");

        public FlsArea ToArea() => new() { Start = Start, Length = Length };
    }

    private readonly List<Placed> _areas = [];

    /// <summary>The map; `application` says how long an image the banks must hold, <paramref name="nvm"/> which blocks there are.</summary>
    public FlsConfig Read(ConfigSection application, NvMConfig nvm)
    {
        uint imageLengthMax = application.Size("imageLengthMax", SlotSizes.ChunkLength, uint.MaxValue, "at least one chunk");
        application.RefuseUnknown();
        _ = flash.Find("part");
        ConfigSection areas = flash.Section("areas");
        var config = new FlsConfig
        {
            BankA = Area(areas, "bankA"),
            BankB = Area(areas, "bankB"),
            ManifestA = Area(areas, "manifestA"),
            ManifestB = Area(areas, "manifestB"),
            Staging = Area(areas, "staging"),
            BootRecord0 = Area(areas, "bootRecord0"),
            BootRecord1 = Area(areas, "bootRecord1"),
            BootRecord2 = Area(areas, "bootRecord2"),
            NvM0 = Area(areas, "nvm0"),
            NvM1 = Area(areas, "nvm1"),
            Checkpoint0 = Area(areas, "checkpoint0"),
            Checkpoint1 = Area(areas, "checkpoint1"),
            ReportLog = Area(areas, "reportLog"),
        };
        areas.RefuseUnknown();
        flash.RefuseUnknown();
        CheckOverlap();
        CheckPairs();
        CheckBanks(imageLengthMax);
        CheckSmallAreas((uint)nvm.AreaLengthMin());
        CheckSlots();
        Require("reportLog", ReportLog.SectorsMin * part.SectorLength, $"it takes {ReportLog.SectorsMin} sectors: an open one for each of three priorities, as many of the start before, two that stay free");
        return config;
    }

    private FlsArea Area(ConfigSection areas, string name)
    {
        int before = problems.Count;
        ConfigSection section = areas.Section(name);
        var area = new Placed(
            name,
            section.Size("start", 0, uint.MaxValue, "an address of the part"),
            section.Size("length", 0, uint.MaxValue, "a length in the part"),
            section);
        section.RefuseUnknown();
        if (problems.Count == before)
        {
            CheckPlace(area);
        }

        if (problems.Count == before && area.Length > 0)
        {
            _areas.Add(area);
        }

        return area.ToArea();
    }

    private void CheckPlace(Placed area)
    {
        if (area.Start % part.SectorLength != 0)
        {
            problems.Add(area.Section.Place("start"), ConfigRule.Unaligned, $"`{area.Name}` starts at 0x{area.Start:X}, inside a sector of {part.SectorLength} bytes", $"Use 0x{area.Start / part.SectorLength * part.SectorLength:X} or 0x{(area.Start / part.SectorLength + 1) * (ulong)part.SectorLength:X}");
        }

        if (area.Length % part.SectorLength != 0)
        {
            problems.Add(area.LengthPlace, ConfigRule.Unaligned, $"`{area.Name}` is {area.Length} bytes long, not whole sectors of {part.SectorLength}", $"Use {ConfigValues.SizeText((area.Length / part.SectorLength + 1) * (ulong)part.SectorLength)}");
        }
        else if (area.Name is "bankA" or "bankB" && area.Length % SlotSizes.ChunkLength != 0)
        {
            problems.Add(area.LengthPlace, ConfigRule.Unaligned, $"`{area.Name}` is {area.Length} bytes long, not whole chunks of {SlotSizes.ChunkLength}", "Use a multiple of 4 KiB");
        }

        if (area.End > part.Size)
        {
            problems.Add(area.LengthPlace, ConfigRule.OutsidePart, $"`{area.Name}` ends at 0x{area.End:X}, but part `{part.Name}` of board `{board.Name}` ends at 0x{part.Size:X}", "Move or shorten the area, or choose a larger part");
        }

        if (area.Length == 0 && area.Name != "reportLog")
        {
            problems.Add(area.LengthPlace, ConfigRule.TooSmall, $"`{area.Name}` has no bytes", "Give it whole sectors; only reportLog may be left out with length 0");
        }
    }

    private void CheckOverlap()
    {
        Placed[] byStart = [.. _areas.OrderBy(a => a.Start)];
        for (int i = 1; i < byStart.Length; i++)
        {
            // The area that reaches furthest is the one that the next may run into; a neighbour need not be it.
            Placed before = byStart[..i].MaxBy(a => a.End)!;
            Placed area = byStart[i];
            if (before.End > area.Start)
            {
                problems.Add(area.Section.At, ConfigRule.Overlap, $"`{area.Name}` (0x{area.Start:X} to 0x{area.End - 1:X}) overlaps `{before.Name}` (0x{before.Start:X} to 0x{before.End - 1:X}, line {before.Section.At.Line})", $"Start it at 0x{before.End:X} or later, or shorten `{before.Name}`");
            }
        }
    }

    private void CheckPairs()
    {
        foreach ((string first, string second) in new[] { ("bankA", "bankB"), ("manifestA", "manifestB"), ("nvm0", "nvm1"), ("checkpoint0", "checkpoint1") })
        {
            if (Find(first) is { } a && Find(second) is { } b && a.Length != b.Length)
            {
                problems.Add(b.LengthPlace, ConfigRule.UnequalPair, $"`{second}` is {ConfigValues.SizeText(b.Length)} long, but `{first}` is {ConfigValues.SizeText(a.Length)}: what fits one must fit the other", "Make both equally long");
            }
        }
    }

    private void CheckBanks(uint imageLengthMax)
    {
        foreach (string name in new[] { "bankA", "bankB" })
        {
            Require(name, imageLengthMax, $"application.imageLengthMax is {ConfigValues.SizeText(imageLengthMax)}");
            if (Find(name) is { } bank && bank.Length > board.ImageLengthMax)
            {
                problems.Add(bank.LengthPlace, ConfigRule.BankNotLoadable, $"`{name}` is {ConfigValues.SizeText(bank.Length)} long, but board `{board.Name}` can load {ConfigValues.SizeText(board.ImageLengthMax)} into RAM", "Shorten both banks, or choose a board with more memory");
            }
        }
    }

    private void CheckSmallAreas(uint nvmLength)
    {
        foreach (string name in new[] { "bootRecord0", "bootRecord1", "bootRecord2" })
        {
            Require(name, SlotSizes.BootRecordLength, $"a boot record is {SlotSizes.BootRecordLength} bytes long");
        }

        foreach (string name in new[] { "nvm0", "nvm1" })
        {
            Require(name, nvmLength, $"a record of each block and the longest once more, 16 bytes around its data, padded to 32, make {nvmLength} bytes");
        }
    }

    private void CheckSlots()
    {
        if (Find("bankA") is not { } bank)
        {
            return;
        }

        uint envelope = sizes.EnvelopeLength(bank.Length);
        string why = $"the longest envelope for a bank of {ConfigValues.SizeText(bank.Length)} is {envelope} bytes ({sizes.EnvelopeSum(bank.Length)})";
        Require("staging", envelope, why);
        foreach (string name in new[] { "manifestA", "manifestB" })
        {
            Require(name, envelope + SlotSizes.SlotOverhead, $"header and marks take {SlotSizes.SlotOverhead} bytes, and {why}");
        }

        uint checkpoints = sizes.CheckpointLength(bank.Length);
        foreach (string name in new[] { "checkpoint0", "checkpoint1" })
        {
            Require(name, checkpoints, sizes.CheckpointSum(bank.Length));
        }
    }

    private void Require(string name, uint length, string because)
    {
        if (Find(name) is { } area && area.Length < length)
        {
            uint whole = (uint)(((ulong)length + part.SectorLength - 1) / part.SectorLength * part.SectorLength);
            problems.Add(area.LengthPlace, ConfigRule.TooSmall, $"`{name}` is {ConfigValues.SizeText(area.Length)} long and too small: {because}", $"Use {ConfigValues.SizeText(whole)} or more");
        }
    }

    private Placed? Find(string name) => _areas.Find(a => a.Name == name);
}
