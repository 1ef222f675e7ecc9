// Sets the confirm mark in the active bank's manifest slot, in the background: the mark tells, on the day when all
// copies of the boot record are lost, that this image was confirmed and at which securityVersion.
// Invariant: the boot record counts a mark as tried before it is programmed, so no write unit is programmed twice.
// Tests: tests/agent-firmware/Fota.
namespace EsyncAgent;

/// <summary>Keeps the active bank marked as confirmed.</summary>
public sealed class ConfirmMarker
{
    private const int MarksLength = ManifestSlot.MarkCount * ManifestSlot.MarkLength;

    private enum Step : byte
    {
        Read,
        Look,
        Count,
        Program,
        Done,
    }

    private readonly Fls _fls;
    private readonly Banks _banks;
    private readonly byte[] _marks;
    private readonly FlsJob _job;
    private Step _step = Step.Done;
    private int _bank;

    /// <summary>Makes it; <paramref name="chunkBuffer"/> (4,096 bytes) and <paramref name="chunkJob"/> are used only between <see cref="Begin"/> and <see cref="IsDone"/>.</summary>
    public ConfirmMarker(Fls fls, Banks banks, byte[] chunkBuffer, FlsJob chunkJob)
    {
        _marks = chunkBuffer;
        _job = chunkJob;
        _fls = fls;
        _banks = banks;
    }

    /// <summary>True when there is nothing to do; only then may others change the boot record.</summary>
    public bool IsDone
    {
        get { return _step == Step.Done; }
    }

    /// <summary>Looks whether the running bank is confirmed and lacks its mark.</summary>
    public void Begin()
    {
        _bank = _banks.Running;
        bool isWanted = _bank == _banks.Record.ActiveBank && _banks.Record.State[_bank] == BankState.Confirmed;
        _step = isWanted ? Step.Read : Step.Done;
    }

    /// <summary>Goes on; gives up silently on flash errors, since the next boot tries again.</summary>
    public void Advance()
    {
        switch (_step)
        {
            case Step.Read:
                _step = _fls.Read(_job, MarkAddress(0), _marks, 0, MarksLength) ? Step.Look : Step.Done;
                break;
            case Step.Look:
                if (_job.Result != StdReturn.Pending)
                {
                    _step = _job.Result == StdReturn.Ok && IsMarkWanted() ? CountTry() : Step.Done;
                }

                break;
            case Step.Count:
                if (_banks.WriteResult != StdReturn.Pending)
                {
                    _step = _banks.WriteResult == StdReturn.Ok && ProgramMark() ? Step.Program : Step.Done;
                }

                break;
            case Step.Program:
                if (_job.Result != StdReturn.Pending)
                {
                    _step = Step.Done;
                }

                break;
            default:
                break;
        }
    }

    private uint MarkAddress(int index)
    {
        FlsArea slot = _banks.SlotArea(_bank);
        return slot.Start + slot.Length - (uint)((ManifestSlot.MarkCount - index) * ManifestSlot.MarkLength);
    }

    private bool IsMarkWanted()
    {
        BootRecord record = _banks.Record;
        for (int i = 0; i < ManifestSlot.MarkCount; i++)
        {
            if (ManifestSlot.IsMark(_marks, i * ManifestSlot.MarkLength, record.Digests, BootRecord.DigestAt(_bank)))
            {
                return false;
            }
        }

        return record.MarksTried[_bank] < ManifestSlot.MarkCount;
    }

    private Step CountTry()
    {
        BootRecord draft = _banks.BeginChange();
        draft.MarksTried[_bank]++;
        _banks.Commit();
        return Step.Count;
    }

    private bool ProgramMark()
    {
        BootRecord record = _banks.Record;
        ManifestSlot.WriteMark(_banks.RunningSecurityVersion, record.Sequence, record.Digests, BootRecord.DigestAt(_bank), _marks);
        return _fls.Program(_job, MarkAddress(record.MarksTried[_bank] - 1), _marks, 0, ManifestSlot.MarkLength);
    }
}
