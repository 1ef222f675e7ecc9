// What tests of the boot record store have in common: loads and writes over one part, where the copies lie, what was done to them.
using EsyncAgent;
using EsyncSim.Flash;
using EsyncSim.Simulation;
using EsyncTests.PowerCut;
using Xunit;

namespace EsyncTests.AgentFirmware.Fota;

public abstract class BootRecordBench
{
    private readonly List<FlashOperation> _operations = [];

    protected FlashModel Part { get; } = new(FlashGeometries.W25Q32);

    protected static uint PlaceOf(MemoryRig rig, int copy, int place) => Areas(rig)[copy].Start + (256u * (uint)place);

    protected static FlsArea[] Areas(MemoryRig rig) => [rig.Map.BootRecord0, rig.Map.BootRecord1, rig.Map.BootRecord2];

    protected MemoryRig Load()
    {
        MemoryRig rig = new(Part);
        rig.RunStore(() => rig.Store.IsLoaded);
        return rig;
    }

    protected static void Write(MemoryRig rig, uint value)
    {
        BootRecord draft = new();
        draft.CopyFrom(rig.Store.Record);
        draft.SecurityVersionFloor = value;
        Assert.True(rig.Store.Write(draft));
        rig.RunStore(() => rig.Store.WriteResult != StdReturn.Pending);
        Assert.Equal(StdReturn.Ok, rig.Store.WriteResult);
    }

    protected uint AddressOf(MemoryRig rig, int copy) => RecordView.AddressOf(Part.Memory, Areas(rig)[copy]);

    protected byte[] Copy(MemoryRig rig, int copy)
    {
        byte[] bytes = new byte[BootRecord.Length];
        Part.Memory.Read(AddressOf(rig, copy), bytes);
        return bytes;
    }

    protected void Place(MemoryRig rig, int copy, uint sequence, uint value)
    {
        byte[] bytes = new byte[BootRecord.Length];
        new BootRecord { Sequence = sequence, SecurityVersionFloor = value }.Serialize(bytes, 0);
        Part.Memory.Erase(Part.Geometry.SectorAt(Areas(rig)[copy].Start));
        Part.Memory.Program(Areas(rig)[copy].Start, bytes);
    }

    protected void Kill(MemoryRig rig, params int[] copies)
    {
        FlsArea[] dead = [.. copies.Select(copy => Areas(rig)[copy])];
        Part.Fault = operation => dead.Any(area => operation.Address - area.Start < area.Length) ? FlashFault.Failed : FlashFault.None;
    }

    // The copies in the order in which they are programmed.
    protected int[] Order(MemoryRig rig, Action write) => Touched(rig, write, FlashOperationKind.Program);

    protected int[] Erased(MemoryRig rig, Action write) => Touched(rig, write, FlashOperationKind.Erase);

    protected int[] Touched(MemoryRig rig, Action write, FlashOperationKind kind)
    {
        _operations.Clear();
        Part.Observer = _operations.Add;
        write();
        Part.Observer = null;
        return [.. _operations.Where(one => one.Kind == kind).Select(one => Array.FindIndex(Areas(rig), area => one.Address - area.Start < area.Length))];
    }
}
