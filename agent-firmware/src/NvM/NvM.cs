// Keeps small blocks in two flash areas, each a log that holds the newest value of every block.
// Invariants: the write with sequence s goes to area s & 1 first and is read back there before the other area is
// touched, so the area that may be torn or unstable after a power cut is always the one that the next write begins
// with; an area is opened by an erase and a copy of all stored values, in every power cycle anew, since FF after a reset
// is no proof of an erase; only then it is appended to, so a torn last record leaves the value before it in the same
// area. Areas that differ at start, or have something torn at their end, are made equal before IsReady, by writing the
// newest block once more.
// Must not know what the blocks mean.
// PROTOCOL.md "NvM". Tests: tests/agent-firmware/NvM.
using System;

namespace EsyncAgent;

/// <summary>Non-volatile memory: small blocks with a mirror in RAM.</summary>
public sealed class NvM
{
    private const int TriesMax = 2;

    private readonly FlsArea[] _areas;
    private readonly FlsWriter _writer;
    private readonly NvMScan _scan;
    private readonly NvMSparing _sparing;
    private readonly byte[][] _latest = new byte[NvMBlock.Count][];
    private readonly int[] _latestLength = new int[NvMBlock.Count];
    private readonly StdReturn[] _result = new StdReturn[NvMBlock.Count];
    private readonly byte[] _record;

    // The window of the scan, which ends before the first record is built.
    private readonly byte[] _base;
    private readonly uint[] _end = new uint[2];
    private readonly bool[] _isOpen = new bool[2];
    private State _state = State.Scan;
    private bool _isReady;
    private bool _isQuiet;
    private int _dirtyMask;
    private int _sparingMask;
    private uint _sequence;
    private byte _block;
    private int _recordLength;
    private int _baseLength;
    private byte _baseNext;
    private int _area;
    private bool _isSecondArea;
    private int _tries;

    /// <summary>Blocks as <paramref name="config"/> sizes them, in the areas NvM0 and NvM1 of the map (see <see cref="AreaLengthMin"/>).</summary>
    public NvM(NvMConfig config, Fls fls)
    {
        int recordMax = NvMRecord.PaddedLengthMax(config);
        for (int block = 0; block < NvMBlock.Count; block++)
        {
            _latest[block] = new byte[config.LengthMax[block]];
        }

        _record = new byte[recordMax];
        _base = new byte[recordMax];
        _areas = new FlsArea[] { fls.Map.NvM0, fls.Map.NvM1 };
        _writer = new FlsWriter(fls, FlsPriority.NvM);
        _scan = new NvMScan(config, fls, _base);
        _sparing = new NvMSparing(config);
    }

    private enum State : byte
    {
        Scan,
        Idle,
        Erase,
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
        get { return _state == State.Idle && _dirtyMask == 0 && (_sparingMask == 0 || _sparing.IsHeld); }
    }

    /// <summary>True when both areas could be read at start and held no valid record of any block.</summary>
    public bool IsBlank
    {
        get { return _isReady && _scan.IsBlank; }
    }

    /// <summary>Shortest area that these blocks can live in, in bytes: every block once, and the longest once more.</summary>
    public static int AreaLengthMin(NvMConfig config)
    {
        int sum = NvMRecord.PaddedLengthMax(config);
        for (int block = 0; block < NvMBlock.Count; block++)
        {
            sum += config.LengthMax[block] == 0 ? 0 : NvMRecord.PaddedLength(config.LengthMax[block]);
        }

        return sum;
    }

    /// <summary>Length of a block's value in bytes; 0 when it was never written.</summary>
    public int Length(byte block)
    {
        return _latestLength[block];
    }

    /// <summary>The block's value, in the first <see cref="Length"/> bytes: what was written last, stored or not. Read only for others.</summary>
    public byte[] Data(byte block)
    {
        return _latest[block];
    }

    /// <summary>
    /// Copies a new value (1 byte to the block's largest length) and queues its write; false when not ready or of wrong
    /// length. A value that is overtaken by a newer one before its turn is never stored.
    /// </summary>
    public bool Write(byte block, byte[] data, int offset, int count)
    {
        int bit = Take(block, data, offset, count);
        _dirtyMask |= bit;
        _sparingMask &= ~bit;
        return bit != 0;
    }

    /// <summary>
    /// As <see cref="Write"/>, for what anybody on the bus may provoke: it is written when sparing writes are not held
    /// back (<see cref="NvMSparing"/>), all that waits at once; until then a reset loses it.
    /// </summary>
    public bool WriteSparingly(byte block, byte[] data, int offset, int count)
    {
        int bit = Take(block, data, offset, count);
        _sparingMask |= bit & ~_dirtyMask;
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
        if (((_dirtyMask | _sparingMask) & (1 << block)) != 0 || (_state > State.Idle && _block == block))
        {
            return StdReturn.Pending;
        }

        return _result[block];
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
            _latestLength[block] = _scan.Length[block];
            Array.Copy(_scan.Data[block], _latest[block], _scan.Length[block]);
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
            _recordLength = 0;
            StartArea(_scan.LackingArea);
            return;
        }

        // The next sequence that begins with the area that lacks something: the other one stays until it is whole.
        uint sequence = _sequence + 1;
        sequence += (sequence ^ (uint)_scan.LackingArea) & 1;
        StartRecord(_scan.NewestBlock, sequence);
    }

    // The block's bit; 0 when the value was not taken.
    private int Take(byte block, byte[] data, int offset, int count)
    {
        if (!_isReady || count <= 0 || count > _latest[block].Length)
        {
            return 0;
        }

        Array.Copy(data, offset, _latest[block], 0, count);
        _latestLength[block] = count;
        _isQuiet = false;
        return 1 << block;
    }

    private void StartWhatIsDue()
    {
        if (_sparingMask != 0 && !_sparing.IsHeld)
        {
            _sparing.Count();
            _dirtyMask |= _sparingMask;
            _sparingMask = 0;
        }

        if (_dirtyMask == 0)
        {
            _isQuiet = _sparing.Level == 0;
            return;
        }

        byte block = 0;
        while ((_dirtyMask & (1 << block)) == 0)
        {
            block++;
        }

        _dirtyMask &= ~(1 << block);
        StartRecord(block, _sequence + 1);
    }

    private void StartRecord(byte block, uint sequence)
    {
        _block = block;
        _recordLength = NvMRecord.Build(_record, block, _sparing.Level, sequence, _latest[block], _latestLength[block]);
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
        if (_isOpen[_area] && HasRoom(_recordLength))
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
                _end[_area] += (uint)_baseLength;
                CopyNext();
                break;
            default:
                _end[_area] += (uint)_recordLength;
                EndArea();
                break;
        }
    }

    // The stored values come before the new record: were that one torn, its predecessor would stand in the same area.
    private void CopyNext()
    {
        while (_baseNext < NvMBlock.Count)
        {
            byte block = _baseNext;
            _baseNext++;
            int length = _scan.Length[block];
            if (length != 0)
            {
                _baseLength = NvMRecord.Build(_base, block, _scan.Level[block], _scan.Sequence[block], _scan.Data[block], length);
                if (!HasRoom(_baseLength))
                {
                    EndWrite(StdReturn.NotOk);
                    return;
                }

                _state = State.Base;
                _writer.Program(_areas[_area].Start + _end[_area], _base, 0, _baseLength);
                return;
            }
        }

        if (!HasRoom(_recordLength))
        {
            EndWrite(StdReturn.NotOk);
            return;
        }

        _isOpen[_area] = true;
        if (_recordLength == 0)
        {
            EndArea();
            return;
        }

        Append();
    }

    private void Append()
    {
        _state = State.Append;
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

        _isSecondArea = true;
        StartArea(_area ^ 1);
    }

    // A record that stands in the first area is stored, even when the second one failed; one that does not leaves its
    // sequence to the next write, which then begins with the same area again.
    private void EndWrite(StdReturn result)
    {
        if (_isSecondArea && _recordLength != 0)
        {
            _sequence = NvMRecord.SequenceOf(_record);
            _scan.Keep(_block, _record, 0);
        }

        _result[_block] = result;
        _isReady = true;
        _state = State.Idle;
    }
}
