// Brings a verified envelope from the staging slot into a bank's manifest slot: erase, copy piece by piece, header,
// each part read back, then the seal for the boot record.
// Invariant: the boot record does not name the slot while this runs (its owner wrote EMPTY first), so a power cut
// at any operation leaves a slot that nobody trusts.
// Tests: tests/agent-firmware/Fota.
namespace EsyncAgent;

/// <summary>Writes one manifest slot step by step.</summary>
public sealed class SlotWriter
{
    private enum Step : byte
    {
        Erase,
        Read,
        Program,
        Compare,
        Header,
        HeaderCompare,
        Seal,
    }

    private readonly Fls _fls;
    private readonly SlotSeal _seal;
    private readonly byte[] _piece;
    private readonly FlsJob _job;
    private FlsArea _slot;
    private Manifest _manifest;
    private uint _envelopeLength;
    private uint _copied;
    private int _pieceLength;
    private int _programLength;
    private Step _step;

    /// <summary>Makes the writer; <paramref name="chunkBuffer"/> (4,096 bytes) and <paramref name="chunkJob"/> are used only while it works.</summary>
    public SlotWriter(Fls fls, SlotSeal seal, byte[] chunkBuffer, FlsJob chunkJob)
    {
        _fls = fls;
        _seal = seal;
        _piece = chunkBuffer;
        _job = chunkJob;
    }

    /// <summary>Starts to copy the envelope from the staging slot.</summary>
    public void Begin(FlsArea target, Manifest verified, uint length)
    {
        _slot = target;
        _manifest = verified;
        _envelopeLength = length;
        _copied = 0;
        _step = Step.Erase;
        _fls.Erase(_job, _slot.Start, _slot.Length);
    }

    /// <summary>Goes on. After Ok the seal is in <see cref="SlotSeal.Value"/>.</summary>
    public StdReturn Advance()
    {
        if (_step == Step.Seal)
        {
            StdReturn sealing = _seal.Step();
            return sealing == StdReturn.Ok && !_seal.Slot.IsWhole() ? StdReturn.NotOk : sealing;
        }

        if (_job.Result != StdReturn.Ok)
        {
            return _job.Result;
        }

        bool isStarted;
        switch (_step)
        {
            case Step.Read:
                isStarted = ProgramPiece();
                break;
            case Step.Program:
                _step = Step.Compare;
                isStarted = _fls.Compare(_job, _slot.Start + ManifestSlot.EnvelopeOffset + _copied, _piece, 0, _programLength);
                break;
            case Step.Header:
                _step = Step.HeaderCompare;
                isStarted = _fls.Compare(_job, _slot.Start, _piece, 0, ManifestSlot.HeaderLength);
                break;
            case Step.HeaderCompare:
                _step = Step.Seal;
                _seal.Begin(_slot);
                return StdReturn.Pending;
            default:
                _copied += _step == Step.Compare ? (uint)_pieceLength : 0;
                isStarted = _copied < _envelopeLength ? ReadPiece() : ProgramHeader();
                break;
        }

        return isStarted ? StdReturn.Pending : StdReturn.NotOk;
    }

    private bool ReadPiece()
    {
        uint rest = _envelopeLength - _copied;
        _pieceLength = rest < (uint)_piece.Length ? (int)rest : _piece.Length;
        _step = Step.Read;
        return _fls.Read(_job, _fls.Map.Staging.Start + _copied, _piece, 0, _pieceLength);
    }

    private bool ProgramPiece()
    {
        int unit = _fls.WriteUnit;
        _programLength = (_pieceLength + unit - 1) / unit * unit;
        Bytes.Fill(_piece, _pieceLength, _programLength - _pieceLength, 0xFF);
        _step = Step.Program;
        return _fls.Program(_job, _slot.Start + ManifestSlot.EnvelopeOffset + _copied, _piece, 0, _programLength);
    }

    private bool ProgramHeader()
    {
        ManifestSlot.WriteHeader(_manifest, _envelopeLength, _piece);
        _step = Step.Header;
        return _fls.Program(_job, _slot.Start, _piece, 0, ManifestSlot.HeaderLength);
    }
}
