// Keeps small blocks in two flash areas, each a log that holds the newest value of every block.
// Invariants: the write with sequence s goes to area s & 1 first and is read back there before the other area is
// touched, so the area that may be torn or unstable after a power cut is always the one that the next write begins
// with; an area is opened by an erase and a copy of all stored values, in every power cycle anew, since FF after a reset
// is no proof of an erase; only then it is appended to, so a torn last record leaves the value before it in the same
// area. What stands in the first area is stored: the second one gets it, whatever is written meanwhile. Areas that differ at
// start, or have something torn at their end, are made equal before IsReady, by writing the newest block once more.
// Must not know what the blocks mean.
// PROTOCOL.md "NvM". Tests: tests/agent-firmware/NvM.
namespace EsyncAgent;

/// <summary>Non-volatile memory: small blocks with a mirror in RAM.</summary>
public sealed class NvM
{
    private const int TriesMax = 2;

    private readonly FlsArea[] _areas;
    private readonly FlsWriter _writer;
    private readonly NvMScan _scan;
    private readonly NvMSparing _sparing;
    private readonly NvMQueue _queue;
    private readonly NvMMirror _mirror;
    private readonly StdReturn[] _result = new StdReturn[NvMBlock.Count];

    // The window of the scan, which ends before the first record is built; then one record after the other.
    private readonly byte[] _record;
    private readonly uint[] _end = new uint[2];
    private readonly bool[] _isOpen = new bool[2];
    private State _state = State.Scan;
    private bool _isReady;
    private bool _isQuiet;
    private uint _sequence;
    private byte _block;
    private uint _newSequence;
    private int _valueLength;
    private int _recordLength;
    private byte _baseBlock;
    private byte _baseNext;
    private int _area;
    private bool _isSecondArea;
    private int _tries;

    /// <summary>Blocks as <paramref name="config"/> sizes them, in the areas NvM0 and NvM1 of the map (see <see cref="NvMConfig.AreaLengthMin"/>).</summary>
    public NvM(NvMConfig config, Fls fls)
    {
        _mirror = new NvMMirror(config);
        _record = new byte[NvMRecord.PaddedLengthMax(config)];
        _writer = new FlsWriter(fls, FlsPriority.NvM);
        _scan = new NvMScan(config, fls, _record, _mirror);
        _areas = _scan.Areas;
        _sparing = new NvMSparing(config);
        _queue = new NvMQueue(_sparing);
    }

    private enum State : byte
    {
        Scan,
        Idle,
        Erase,
        Read,
        Base,
        Append,
    }

    /// <summary>True once the areas were read and differing ones made equal.</summary>
    public bool IsReady
    {
        get { return _isReady; }
    }

    /// <summary>True when nothing is queued or under way; a sparing write that is held back is neither.</summary>
    public bool IsIdle
    {
        get { return _state == State.Idle && _queue.IsIdle; }
    }

    /// <summary>True when both areas could be read at start and held no valid record of any block.</summary>
    public bool IsBlank
    {
        get { return _isReady && _scan.IsBlank; }
    }

    /// <summary>Length of a block's value in bytes; 0 when it was never written.</summary>
    public int Length(byte block)
    {
        return _mirror.Lengths[block];
    }

    /// <summary>The block's value, in the first <see cref="Length"/> bytes: what was written last, stored or not. Read only, but for the block's owner, who then writes it from here.</summary>
    public byte[] Data(byte block)
    {
        return _mirror.Values[block];
    }

    /// <summary>
    /// Copies a new value (1 byte to the block's largest length) and queues its write; false when not ready or of wrong
    /// length. A value that is overtaken by a newer one before its turn is never stored.
    /// </summary>
    public bool Write(byte block, byte[] data, int offset, int count)
    {
        int bit = Take(block, data, offset, count);
        _queue.Put(bit);
        return bit != 0;
    }

    /// <summary>
    /// As <see cref="Write"/>, for what anybody on the bus may provoke: it is written when sparing writes are not held
    /// back (<see cref="NvMSparing"/>), all that waits at once; until then a reset loses it.
    /// </summary>
    public bool WriteSparingly(byte block, byte[] data, int offset, int count)
    {
        int bit = Take(block, data, offset, count);
        _queue.PutSparingly(bit);
        return bit != 0;
    }

    /// <summary>Somebody has shown that he may: sparing writes are not held back any more.</summary>
    public void ForgiveSparing()
    {
        _sparing.Forgive();
    }

    /// <summary>Result of the block's last <see cref="Write"/>: Pending, Ok when it stands in both areas, NotOk when one did not take it.</summary>
    public StdReturn WriteResult(byte block)
    {
        return _queue.Has(block) || (_state > State.Idle && _block == block) ? StdReturn.Pending : _result[block];
    }

    /// <summary>Goes on with loading or writing.</summary>
    public void MainFunction(uint nowMs)
    {
        if (_isQuiet)
        {
            return;
        }

        if (_sparing.Level != 0)
        {
            _sparing.MainFunction(nowMs);
        }

        switch (_state)
        {
            case State.Idle:
                StartWhatIsDue();
                break;
            case State.Scan:
                if (_scan.Step() == StdReturn.Ok)
                {
                    EndScan();
                }

                break;
            case State.Read:
                AdvanceRead(_scan.Read(_baseBlock));
                break;
            default:
                AdvanceWrite(_writer.Step());
                break;
        }
    }

    private void EndScan()
    {
        _sequence = _scan.NewestSequence;
        for (int block = 0; block < NvMBlock.Count; block++)
        {
            _mirror.Lengths[block] = _scan.Length[block];
        }

        _sparing.Begin(_scan.Level[_scan.NewestBlock]);
        if (_scan.AreEqual)
        {
            _isReady = true;
            _state = State.Idle;
            return;
        }

        if (!_scan.HasValues)
        {
            _valueLength = 0;
            StartArea(_scan.LackingArea);
            return;
        }

        StartRecord(_scan.NewestBlock, _scan.MendingSequence);
    }

    // The block's bit; 0 when the value was not taken.
    private int Take(byte block, byte[] data, int offset, int count)
    {
        if (!_isReady || !_mirror.Take(block, data, offset, count))
        {
            return 0;
        }

        _isQuiet = false;
        return 1 << block;
    }

    private void StartWhatIsDue()
    {
        int block = _queue.TakeNext();
        if (block == NvMQueue.None)
        {
            _isQuiet = _sparing.Level == 0;
            return;
        }

        StartRecord((byte)block, _sequence + 1);
    }

    private void StartRecord(byte block, uint sequence)
    {
        _block = block;
        _newSequence = sequence;
        _valueLength = _mirror.Lengths[block];
        _isSecondArea = false;
        StartArea((int)(sequence & 1));
    }

    private void StartArea(int area)
    {
        _area = area;
        _tries = 0;
        TryArea();
    }

    private void TryArea()
    {
        _tries++;
        if (_isOpen[_area] && HasRoom(NvMRecord.PaddedLength(_valueLength)))
        {
            Append();
            return;
        }

        _isOpen[_area] = false;
        _end[_area] = 0;
        _baseNext = 0;
        _state = State.Erase;
        _writer.Erase(_areas[_area].Start, _areas[_area].Length);
    }

    private bool HasRoom(int length)
    {
        return _end[_area] + (uint)length <= _areas[_area].Length;
    }

    private void Advance()
    {
        switch (_state)
        {
            case State.Erase:
                CopyNext();
                break;
            case State.Base:
                TakePlace(_baseBlock);
                CopyNext();
                break;
            default:
                TakePlace(_block);
                EndArea();
                break;
        }
    }

    // The stored values come before the new record: were that one torn, its predecessor would stand in the same area. In the second
    // area the new one is among them.
    private void CopyNext()
    {
        while (_baseNext < NvMBlock.Count)
        {
            byte block = _baseNext;
            _baseBlock = block;
            _baseNext++;
            if (_scan.Length[block] == 0)
            {
                continue;
            }

            if (_mirror.IsChanged(block))
            {
                _scan.BeginRead(_area ^ 1, block);
                _state = State.Read;
                return;
            }

            _recordLength = NvMRecord.Build(_record, block, _scan.Level[block], _scan.Sequence[block], _mirror.Values[block], _scan.Length[block]);
            Program(State.Base);
            return;
        }

        _isOpen[_area] = true;
        if (_isSecondArea || _valueLength == 0)
        {
            EndArea();
            return;
        }

        Append();
    }

    // A stored value that the mirror has no longer is read from the area that has it. What cannot be read any more is left out, and
    // the mirror's value written as soon as may be.
    private void AdvanceRead(StdReturn result)
    {
        if (result == StdReturn.Ok)
        {
            _recordLength = NvMRecord.PaddedLength(_scan.Length[_baseBlock]);
            Program(State.Base);
        }
        else if (result == StdReturn.NotOk)
        {
            _queue.Put(_baseBlock == _block ? 0 : 1 << _baseBlock);
            CopyNext();
        }
    }

    private void TakePlace(byte block)
    {
        _scan.SetPlace(_area, block, _end[_area]);
        _end[_area] += (uint)_recordLength;
    }

    // The record is still there when the second area was open already.
    private void Append()
    {
        if (!_isSecondArea)
        {
            _valueLength = _mirror.Lengths[_block];
            _recordLength = NvMRecord.Build(_record, _block, _sparing.Level, _newSequence, _mirror.Values[_block], _valueLength);
        }

        Program(State.Append);
    }

    private void Program(State state)
    {
        if (!HasRoom(_recordLength))
        {
            EndWrite(StdReturn.NotOk);
            return;
        }

        _state = state;
        _writer.Program(_areas[_area].Start + _end[_area], _record, 0, _recordLength);
    }

    private void AdvanceWrite(StdReturn result)
    {
        if (result == StdReturn.Ok)
        {
            Advance();
        }
        else if (result == StdReturn.NotOk)
        {
            _isOpen[_area] = false;
            if (_tries < TriesMax)
            {
                TryArea();
                return;
            }

            EndWrite(StdReturn.NotOk);
        }
    }

    private void EndArea()
    {
        if (_isSecondArea)
        {
            EndWrite(StdReturn.Ok);
            return;
        }

        // A record that stands in the first area is stored, even when the second one fails; one that does not leaves its
        // sequence to the next write, which then begins with the same area again.
        if (_valueLength != 0)
        {
            _sequence = _newSequence;
            _scan.Keep(_block, _record, 0);
            if (!_queue.Has(_block))
            {
                _mirror.MarkStored(_block);
            }
        }

        _isSecondArea = true;
        StartArea(_area ^ 1);
    }

    private void EndWrite(StdReturn result)
    {
        _result[_block] = result;
        _isReady = true;
        _state = State.Idle;
    }
}
