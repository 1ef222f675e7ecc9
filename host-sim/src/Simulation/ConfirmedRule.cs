// A confirmed state is never lost: boot record sequence, floor and highest sequence number never fall, the floor is the
// confirmed image's at least, the provisioning stays, and another image takes the confirmed one's place only by a confirmed
// trial of a release that works, or by an order to go back.
// Tests: tests/host-sim/Simulation.
using EsyncAgent;

namespace EsyncSim.Simulation;

/// <summary>What was confirmed stays confirmed.</summary>
public sealed class ConfirmedRule() : SimRule("confirmed")
{
    private readonly Dictionary<EcuWatch, RecordView> _last = [];

    /// <inheritdoc/>
    public override void OnFlashChanged(EcuWatch ecu)
    {
        if (ecu.NewestStable is not { ActiveBank: < 2 } record || record.State[record.ActiveBank] != BankState.Confirmed)
        {
            return;
        }

        if (_last.TryGetValue(ecu, out RecordView? last))
        {
            Require(ecu, (int)(record.Sequence - last.Sequence) >= 0, "boot record's sequence", last.Sequence, record.Sequence);
            if (record.Sequence == last.Sequence && record.Checksum != last.Checksum)
            {
                Broken($"{ecu.Name} has two boot records of the sequence {record.Sequence}: which one counts is chance");
            }

            Require(ecu, record.Floor >= last.Floor, "floor", last.Floor, record.Floor);
            Require(ecu, record.SequenceNumberMax >= last.SequenceNumberMax, "highest sequence number", last.SequenceNumberMax, record.SequenceNumberMax);
        }

        Release? active = ecu.Fleet.Find(record.Digest[record.ActiveBank]);
        if (active is not null && active != ecu.Confirmed)
        {
            Follow(ecu, last, record, active);
        }

        if (active is not null && record.Floor < active.SecurityVersion)
        {
            Broken($"{ecu.Name} has confirmed {active} and its floor is still {record.Floor}");
        }

        _last[ecu] = record;
    }

    /// <inheritdoc/>
    public override void OnServing(EcuWatch ecu)
    {
        NvM? nvm = ecu.Agent?.NvM;
        byte[] expected = ecu.Fleet.ProvisioningRecord;
        if (nvm is not null && !(nvm.Length(NvMBlock.Provisioning) == expected.Length && nvm.Data(NvMBlock.Provisioning).AsSpan(0, expected.Length).SequenceEqual(expected)))
        {
            Broken($"{ecu.Name} has lost its provisioning");
        }
    }

    private void Follow(EcuWatch ecu, RecordView? last, RecordView record, Release active)
    {
        if (last is null)
        {
            ecu.Confirmed = active;
            ecu.EverConfirmed.Add(active);
            return;
        }

        bool wasTrial = last.State[record.ActiveBank] == BankState.Trial && active.Images.Has(last.Digest[record.ActiveBank]);
        if (wasTrial && active.Behaviour == ReleaseBehaviour.Good)
        {
            ecu.Previous = ecu.Confirmed;
            ecu.EverConfirmed.Add(active);
        }
        else if (wasTrial)
        {
            Broken($"{ecu.Name} has confirmed {active}, which does not work");
        }
        else if (ecu.RollbackOrders > 0 && active == ecu.Previous)
        {
            ecu.RollbackOrders--;
            ecu.Previous = null;
        }
        else
        {
            Broken($"{ecu.Name} has given up {ecu.Confirmed}, which was confirmed, for {active}; the record says {record.LastError}");
        }

        ecu.Confirmed = active;
    }

    private void Require(EcuWatch ecu, bool isHeld, string what, uint before, uint now)
    {
        if (!isHeld)
        {
            Broken($"{ecu.Name}: the {what} has fallen from {before} to {now}");
        }
    }
}
