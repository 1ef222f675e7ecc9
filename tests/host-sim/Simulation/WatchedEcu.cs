// An ECU under one rule, without an ECU: its flash is the fleet's first one, and is changed by hand as an agent with a
// fault would change it.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Flash;
using EsyncSim.Simulation;
using Xunit;

namespace EsyncTests.HostSim.Simulation;

internal sealed class WatchedEcu
{
    private readonly FlashModel _flash;
    private long _operations;

    public WatchedEcu(SimRule rule)
    {
        Rules = new RuleBook(new VirtualTime(), [rule]);
        _flash = new FlashModel(Fleet.Definition.FlashPart.ToGeometry());
        _flash.Memory.Restore(Fleet.FirstFlash!);
        Watch = new EcuWatch(Fleet, _flash.Memory, Rules.FlashChanged);
        Watch.Settle();
    }

    public static FleetEcu Fleet => SimFleet.Shared.Ecus[0];

    public RuleBook Rules { get; }

    public EcuWatch Watch { get; }

    public FlashMemory Memory => _flash.Memory;

    public FlsConfig Map => Watch.Map;

    /// <summary>What the rule says of a change; null when it holds.</summary>
    public string? Broken(Action change)
    {
        try
        {
            change();
            Watch.Settle();
        }
        catch (RuleBrokenException broken)
        {
            Assert.Equal(broken.Text, Rules.Broken!.Text);
            return broken.Text;
        }

        return null;
    }

    /// <summary>An operation begins.</summary>
    public void Operation(FlashOperationKind kind, uint address, int count)
    {
        FlashOperation operation = new(_operations++, kind, address, count);
        Watch.Operation(operation);
        Rules.FlashOperation(Watch, operation);
    }

    /// <summary>The record as it is, changed, with the next sequence number, in all three copies.</summary>
    public void WriteRecord(Action<BootRecord> change)
    {
        BootRecord record = Record();
        record.Sequence++;
        change(record);
        foreach (FlsArea area in (FlsArea[])[Map.BootRecord0, Map.BootRecord1, Map.BootRecord2])
        {
            Put(area.Start, Serialize(record));
        }
    }

    /// <summary>The record as it is.</summary>
    public BootRecord Record()
    {
        byte[] bytes = new byte[BootRecord.Length];
        Memory.Peek(RecordView.AddressOf(Memory, Map.BootRecord0), bytes);
        BootRecord record = new();
        Assert.True(BootRecord.IsWhole(bytes, 0));
        record.Parse(bytes, 0);
        return record;
    }

    /// <summary>Puts a release into a bank, with its slot, as a whole download would.</summary>
    public void Install(Release release, int bank)
    {
        int sectorLength = (int)_flash.SectorLength(Watch.Bank(bank).Start);
        for (int at = 0; at < release.Image.Length; at += sectorLength)
        {
            Put(Watch.Bank(bank).Start + (uint)at, release.Image.AsSpan(at, Math.Min(sectorLength, release.Image.Length - at)));
        }

        byte[] header = new byte[ManifestSlot.HeaderLength];
        release.Digest.CopyTo(header, 32);
        BigEndian.WriteU32(header, 252, RecordView.Crc(header.AsSpan(0, 252)));
        byte[] slot = [.. header, .. release.Images.Whole!.Envelope.Span];
        for (int at = 0; at < slot.Length; at += sectorLength)
        {
            Put(Watch.Slot(bank).Start + (uint)at, slot.AsSpan(at, Math.Min(sectorLength, slot.Length - at)));
        }
    }

    private static byte[] Serialize(BootRecord record)
    {
        byte[] bytes = new byte[BootRecord.Length];
        record.Serialize(bytes, 0);
        return bytes;
    }

    // One sector takes new content, and the watch is told as it would be of an erase.
    private void Put(uint address, ReadOnlySpan<byte> content)
    {
        Watch.Operation(new FlashOperation(_operations++, FlashOperationKind.Erase, address, content.Length));
        Memory.Commit(_flash.Geometry.SectorAt(address), content);
    }
}
