// At every moment one bank is bootable, and what the boot record says of the banks is true.
// Looked at after each operation on boot record, banks or slots, for the copy that a boot would take and, beside it, for
// the newest copy that reads the same each time: a torn copy may be taken by one boot and not by the next. When an ECU has
// started, all copies of the boot record are the same again, unless its flash has failed; an unstable one that reads well may
// pass for whole, and is then the first to be made anew.
// Tests: tests/host-sim/Simulation.
using EsyncAgent;
using EsyncSim.Flash;

namespace EsyncSim.Simulation;

/// <summary>One bank always boots.</summary>
public sealed class BootableRule() : SimRule("bootable")
{
    /// <inheritdoc/>
    public override void OnFlashOperation(EcuWatch ecu, in FlashOperation operation)
    {
        if (ecu.NewestStable is { ActiveBank: < 2 } record
            && record.State[record.ActiveBank] == BankState.Confirmed
            && (ecu.IsInBank(operation, record.ActiveBank) || ecu.IsInSlot(operation, record.ActiveBank)))
        {
            Broken($"{ecu.Name} changes the flash of its confirmed bank: {operation.Kind} at {operation.Address:X6}");
        }
    }

    /// <inheritdoc/>
    public override void OnFlashChanged(EcuWatch ecu)
    {
        if (ecu.Newest is not { } newest || ecu.NewestStable is not { } stable)
        {
            Broken($"{ecu.Name} has no boot record that reads the same each time");
            return;
        }

        Check(ecu, newest);
        if (!ReferenceEquals(newest, stable))
        {
            Check(ecu, stable);
        }
    }

    /// <inheritdoc/>
    public override void OnServing(EcuWatch ecu)
    {
        List<RecordView> copies = RecordView.Copies(ecu.Memory, ecu.Map);
        bool isEven = copies.Count == 3 && copies.TrueForAll(copy => copy.Checksum == copies[0].Checksum);
        if (!isEven && !ecu.HasFlashErrors)
        {
            Broken($"{ecu.Name} has started and not mended its boot record: {copies.Count} of 3 copies are whole, with the sequences {string.Join(", ", copies.Select(copy => copy.Sequence))}");
        }
    }

    private void Check(EcuWatch ecu, RecordView record)
    {
        if (record.ActiveBank > 1 || record.State[record.ActiveBank] != BankState.Confirmed)
        {
            Broken($"{ecu.Name} has no confirmed bank: active {record.ActiveBank:X2}, A {record.State[0]}, B {record.State[1]}");
            return;
        }

        for (int bank = 0; bank < 2; bank++)
        {
            bool isToBeWhole = record.State[bank] is BankState.Verified or BankState.Trial or BankState.Confirmed or BankState.Previous;
            if (isToBeWhole && ecu.ReleaseIn(bank) is not { } release)
            {
                Broken($"{ecu.Name}: the boot record calls bank {"AB"[bank]} {record.State[bank]}, and it does not hold a whole signed release");
            }
            else if (isToBeWhole && !ecu.ReleaseIn(bank)!.Images.Has(record.Digest[bank]))
            {
                Broken($"{ecu.Name}: bank {"AB"[bank]} ({record.State[bank]}) holds {ecu.ReleaseIn(bank)}, and the boot record binds another manifest");
            }
        }
    }
}
