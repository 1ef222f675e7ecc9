// Rebuilds the boot record when no copy of it is valid, from the manifest slots: a slot counts when its header is
// whole, it carries a confirm mark, and its envelope verifies once more; its signers must still be trust anchors only as long
// as no trust manifest may have revoked them.
// Invariants: losing the record is never taken for a new device; the floor never falls below the highest confirmed
// securityVersion that is still to be seen.
// Tests: tests/agent-firmware/EcuM.
namespace EsyncAgent;

/// <summary>Recovery of a lost boot record, step by step.</summary>
public sealed class BootRecovery
{
    private const int MarksLength = ManifestSlot.MarkCount * ManifestSlot.MarkLength;

    private enum Step : byte
    {
        Seal,
        Marks,
        Verify,
        Write,
    }

    private readonly Fls _fls;
    private readonly Banks _banks;
    private readonly SlotSeal _seal;
    private readonly ManifestVerifier _verifier;
    private readonly byte[] _marks;
    private readonly FlsJob _job;
    private readonly bool[] _isGood = new bool[2];
    private readonly uint[] _markSequence = new uint[2];
    private BootRecord _draft;
    private int _bank;
    private Step _step;

    /// <summary>Makes it; <paramref name="chunkBuffer"/> (4,096 bytes) and <paramref name="chunkJob"/> are used only while it works.</summary>
    public BootRecovery(Fls fls, Banks banks, SlotSeal seal, ManifestVerifier verifier, byte[] chunkBuffer, FlsJob chunkJob)
    {
        _marks = chunkBuffer;
        _job = chunkJob;
        _fls = fls;
        _banks = banks;
        _seal = seal;
        _verifier = verifier;
    }

    /// <summary>Starts with bank A.</summary>
    public void Begin()
    {
        _draft = _banks.BeginChange();
        _draft.LastError = FotaError.BootRecordLost;
        BeginBank(0);
    }

    /// <summary>Goes on. Ok: the rebuilt record is written. NotOk: it could not be written.</summary>
    public StdReturn Advance()
    {
        StdReturn result;
        switch (_step)
        {
            case Step.Seal:
                result = _seal.Step();
                if (result == StdReturn.Ok)
                {
                    result = BeginMarks();
                }

                break;
            case Step.Marks:
                result = _job.Result;
                if (result == StdReturn.Ok)
                {
                    result = BeginVerification();
                }

                break;
            case Step.Verify:
                result = _verifier.MainFunction(0);
                if (result == StdReturn.Ok)
                {
                    Accept();
                    result = StdReturn.NotOk;
                }

                break;
            default:
                return _banks.WriteResult;
        }

        // NotOk ends this bank, good or not; the other one follows.
        if (result == StdReturn.NotOk)
        {
            NextBank();
        }

        return StdReturn.Pending;
    }

    private void BeginBank(int index)
    {
        _bank = index;
        _step = Step.Seal;
        _seal.Begin(_banks.SlotArea(_bank));
    }

    private StdReturn BeginMarks()
    {
        if (!_seal.Slot.IsWhole())
        {
            return StdReturn.NotOk;
        }

        FlsArea slot = _banks.SlotArea(_bank);
        _step = Step.Marks;
        _fls.Read(_job, slot.Start + slot.Length - MarksLength, _marks, 0, MarksLength);
        return StdReturn.Pending;
    }

    private StdReturn BeginVerification()
    {
        bool isMarked = false;
        for (int i = 0; i < ManifestSlot.MarkCount; i++)
        {
            int offset = i * ManifestSlot.MarkLength;
            if (ManifestSlot.IsMark(_marks, offset, _seal.Slot.Digest, 0))
            {
                isMarked = true;
                _markSequence[_bank] = ManifestSlot.MarkSequence(_marks, offset);
            }
        }

        if (!isMarked || _seal.Slot.EnvelopeLength > _banks.SlotArea(_bank).Length - ManifestSlot.Overhead)
        {
            return StdReturn.NotOk;
        }

        _verifier.BeginConfirmed(_banks.SlotArea(_bank).Start + ManifestSlot.EnvelopeOffset, _seal.Slot.EnvelopeLength);
        _step = Step.Verify;
        return StdReturn.Pending;
    }

    private void Accept()
    {
        Manifest manifest = _verifier.Manifest;
        if (!Bytes.AreEqual(manifest.Digest, 0, _seal.Slot.Digest, 0, 32))
        {
            return;
        }

        _isGood[_bank] = true;
        _draft.State[_bank] = BankState.Previous;
        _draft.MarksTried[_bank] = ManifestSlot.MarkCount;
        _draft.Bind(_bank, manifest.Digest, _seal.Value);
        _draft.SecurityVersionFloor = manifest.SecurityVersion > _draft.SecurityVersionFloor ? manifest.SecurityVersion : _draft.SecurityVersionFloor;
        _draft.SequenceNumberMax = manifest.SequenceNumber > _draft.SequenceNumberMax ? manifest.SequenceNumber : _draft.SequenceNumberMax;
    }

    private void NextBank()
    {
        if (_bank == 0)
        {
            BeginBank(1);
            return;
        }

        int active = _isGood[1] && (!_isGood[0] || _markSequence[1] > _markSequence[0]) ? 1 : 0;
        _draft.ActiveBank = (byte)active;
        if (_isGood[active])
        {
            _draft.State[active] = BankState.Confirmed;
        }

        // Later records must outrank every mark that was set under the lost one.
        uint highest = _markSequence[0] > _markSequence[1] ? _markSequence[0] : _markSequence[1];
        _draft.Sequence = highest > _draft.Sequence ? highest : _draft.Sequence;
        _banks.Commit();
        _step = Step.Write;
    }
}
