// Where a record goes: the places of a sector, one after the other, and when the sector is erased.
using EsyncAgent;
using EsyncSim.Flash;
using EsyncSim.Simulation;
using EsyncTests.PowerCut;
using Xunit;

namespace EsyncTests.AgentFirmware.Fota;

public sealed class BootRecordPlaceTests : BootRecordBench
{
    [Fact]
    public void Only_the_first_change_of_a_start_erases_and_then_one_in_eight()
    {
        MemoryRig rig = Load();
        Assert.Equal([0, 1, 2], Erased(rig, () => Write(rig, 1)));
        for (uint value = 2; value <= 8; value++)
        {
            Assert.Empty(Erased(rig, () => Write(rig, value)));
            Assert.All([0, 1, 2], copy => Assert.Equal(PlaceOf(rig, copy, (int)value - 1), RecordView.AddressOf(Part.Memory, Areas(rig)[copy])));
        }

        Assert.Equal([0, 1, 2], Erased(rig, () => Write(rig, 9)));
        Assert.Empty(Erased(rig, () => Write(rig, 10)));
        rig = Load();
        Assert.Equal(10u, rig.Store.Record.SecurityVersionFloor);
        Assert.False(rig.Store.WasMended);
        Assert.Equal([0, 1, 2], Erased(rig, () => Write(rig, 11)));
        Assert.Equal(11u, Load().Store.Record.SecurityVersionFloor);
    }

    [Fact]
    public void Copies_that_were_mended_in_this_start_take_the_next_change_without_an_erase()
    {
        MemoryRig rig = Load();
        Write(rig, 1);
        Part.Memory.FlipBit(Areas(rig)[1].Start + 20, 2);
        rig = Load();
        Assert.True(rig.Store.WasMended);
        Assert.Empty(Erased(rig, () => Write(rig, 2)));
        Assert.Equal(2u, Load().Store.Record.SecurityVersionFloor);
    }

    [Fact]
    public void A_part_with_room_for_one_record_in_a_sector_is_erased_for_each_change()
    {
        FlashGeometry small = new("small sectors", 256, 1, FlashTiming.W25Q, new SectorRun(1024, 256));
        MemoryRig rig = new(new FlashModel(small));
        rig.RunStore(() => rig.Store.IsLoaded);
        Assert.Equal(1, BootRecordStore.PlaceCount(rig.Map.BootRecord0, small.PageSize));
        List<FlashOperation> operations = [];
        rig.Flash.Observer = operations.Add;
        Write(rig, 1);
        Write(rig, 2);
        Assert.Equal(6, operations.Count(operation => operation.Kind == FlashOperationKind.Erase));
    }

    [Fact]
    public void A_copy_whose_append_fails_is_erased_and_made_anew()
    {
        MemoryRig rig = Load();
        Write(rig, 1);
        int failures = 1;
        Part.Fault = operation => operation.Kind == FlashOperationKind.Program && failures-- > 0 ? FlashFault.WrongBits : FlashFault.None;
        Assert.Equal([2], Erased(rig, () => Write(rig, 2)));
        Part.Fault = null;
        Assert.Empty(Erased(rig, () => Write(rig, 3)));
        rig = Load();
        Assert.Equal(3u, rig.Store.Record.SecurityVersionFloor);
        Assert.False(rig.Store.WasMended);
    }

    // Whatever the cut leaves of the place, one that reads blank included: it is not programmed again before an erase, which
    // the model of the part would not stand.
    [Fact]
    public void A_cut_in_an_appended_change_leaves_the_old_record_or_the_new_one_and_no_place_is_programmed_twice()
    {
        MemoryRig rig = Load();
        Write(rig, 1);
        Write(rig, 2);
        FlashSnapshot two = Part.Memory.Snapshot();
        foreach (CutModel model in CutModels.OfProgram)
        {
            for (int at = 0; at < 3; at++)
            {
                Part.Memory.Restore(two);
                Part.PowerOn();
                rig = Load();
                Write(rig, 3);
                Part.CutAfter(Part.OperationCount + at, model);
                Assert.Throws<PowerCutException>(() => Write(rig, 4));
                Part.PowerOn();
                rig = Load();
                uint floor = rig.Store.Record.SecurityVersionFloor;
                Assert.InRange(floor, at == 0 && model != CutModel.After ? 3u : 4u, model == CutModel.Before && at == 0 ? 3u : 4u);
                Write(rig, 5);
                Write(rig, 6);
                Assert.Equal(6u, Load().Store.Record.SecurityVersionFloor);
            }
        }
    }
}
