// Remembers which chunks of a transfer are programmed and read back, so that it can be resumed after a power cut.
// Invariants: a list is only appended to in the power cycle that opened it, in an area that was erased for it, so no
// write unit is programmed twice; what is recorded is in the bank (a torn record may be lost, never invented); once Open
// is done the area before it is erased too, so that an older list cannot come back and claim chunks that are gone.
// Must not know banks or chunks' contents.
// PROTOCOL.md "Checkpoints". Tests: tests/agent-firmware/Fota.
using System;

namespace EsyncAgent;

/// <summary>The list of recorded chunks in flash.</summary>
public sealed class CheckpointLog
{
    private const int RecordLength = 32;
    private const int DigestLength = 16;
    private const int CrcOffset = 28;
    private const int TriesMax = 2;
    private const int RecordsPerStep = 4;
    private const int WindowLength = 8 * RecordLength;
    private const uint MagicHeader = 0x45534350;
    private const uint MagicChunk = 0x4553434B;
    private const int NoArea = -1;

    private readonly FlsArea[] _areas;
    private readonly FlsWriter _writer;
    private readonly FlsWindow _window;
    private readonly byte[] _record = new byte[RecordLength];
    private readonly byte[] _digest = new byte[DigestLength];
    private readonly bool[] _isErased = new bool[2];
    private State _state;
    private StdReturn _result;
    private bool _isLoaded;
    private bool _isOpen;
    private bool _isKnown;
    private int _current = NoArea;
    private int _area;
    private uint _sequence;
    private uint _recorded;
    private uint _next;
    private uint _position;
    private int _tries;

    /// <summary>A log over the areas Checkpoint0 and Checkpoint1 of the map.</summary>
    public CheckpointLog(Fls fls)
    {
        _areas = new FlsArea[] { fls.Map.Checkpoint0, fls.Map.Checkpoint1 };
        _writer = new FlsWriter(fls, FlsPriority.Fota);
        _window = new FlsWindow(fls, FlsPriority.Fota, WindowLength);
    }

    private enum State : byte
    {
        Idle,
        Load,
        EraseOld,
        Header,
        Append,
    }

    /// <summary>Result of the last operation: Pending, Ok, or NotOk when the flash did not take it.</summary>
    public StdReturn Result
    {
        get { return _result; }
    }

    /// <summary>Chunks recorded, from the first one without a gap.</summary>
    public uint RecordedChunks
    {
        get { return _recorded; }
    }

    /// <summary>Begins to read what is recorded. To be done once after a reset, before anything else.</summary>
    public void BeginLoad()
    {
        _current = NoArea;
        _recorded = 0;
        _isKnown = false;
        _isOpen = false;
        _result = StdReturn.Pending;
        _state = State.Load;
        LoadArea(0);
    }

    /// <summary>True when the list is about the manifest with this digest (its first 16 bytes count).</summary>
    public bool Matches(byte[] digest)
    {
        return _isKnown && Bytes.AreEqual(digest, 0, _digest, 0, DigestLength);
    }

    /// <summary>
    /// Begins a new list for a transfer, new or resumed, which has <paramref name="chunksRecorded"/> chunks in the bank already. Must be
    /// finished before anything of the bank is erased. False while busy or not loaded.
    /// </summary>
    public bool Open(byte[] digest, uint chunksRecorded)
    {
        if (!_isLoaded || _state != State.Idle)
        {
            return false;
        }

        _isOpen = false;
        _isKnown = false;
        Array.Copy(digest, 0, _digest, 0, DigestLength);
        BeginList(chunksRecorded);
        return true;
    }

    /// <summary>True when the list was opened since reset with this many chunks, and nothing was appended since.</summary>
    public bool IsFreshAt(uint chunksRecorded)
    {
        return _isOpen && _state == State.Idle && _position == RecordLength && _recorded == chunksRecorded;
    }

    /// <summary>Records the next chunk, which is programmed and read back. False when not open, busy, or <paramref name="chunkIndex"/> is not the next.</summary>
    public bool Append(uint chunkIndex)
    {
        if (!_isOpen || _state != State.Idle || chunkIndex != _recorded)
        {
            return false;
        }

        if (_position + RecordLength > _areas[_current].Length)
        {
            BeginList(_recorded + 1);
            return true;
        }

        Build(MagicChunk, chunkIndex, 0);
        _next = chunkIndex + 1;
        _state = State.Append;
        _result = StdReturn.Pending;
        _writer.Program(_areas[_current].Start + _position, _record, 0, RecordLength);
        return true;
    }

    /// <summary>Goes on with the operation under way.</summary>
    public void MainFunction(uint nowMs)
    {
        if (_state == State.Idle)
        {
            return;
        }

        if (_state == State.Load)
        {
            Load();
            return;
        }

        StdReturn result = _writer.Step();
        if (result == StdReturn.Ok)
        {
            Advance();
        }
        else if (result == StdReturn.NotOk)
        {
            Retry();
        }
    }

    // A list in the area that is not in use, its first record saying how many chunks come before it.
    private void BeginList(uint chunksRecorded)
    {
        _area = _current == 0 ? 1 : 0;
        _next = chunksRecorded;
        _tries = 0;
        _result = StdReturn.Pending;
        WriteHeader();
    }

    private void WriteHeader()
    {
        _tries++;
        Build(MagicHeader, _sequence + 1, _next);
        _state = State.Header;
        if (_isErased[_area])
        {
            _isErased[_area] = false;
            _writer.Program(_areas[_area].Start, _record, 0, RecordLength);
        }
        else
        {
            _writer.Rewrite(_areas[_area], _record, 0, RecordLength);
        }
    }

    private void Advance()
    {
        switch (_state)
        {
            case State.Header:
                _sequence++;
                _current = _area;
                _position = RecordLength;
                _recorded = _next;
                _isKnown = true;
                _state = State.EraseOld;
                _writer.Erase(_areas[_area ^ 1].Start, _areas[_area ^ 1].Length);
                break;
            case State.EraseOld:
                _isErased[_current ^ 1] = true;
                _isOpen = true;
                End(StdReturn.Ok);
                break;
            default:
                _position += RecordLength;
                _recorded = _next;
                End(StdReturn.Ok);
                break;
        }
    }

    private void Retry()
    {
        if (_state == State.Append)
        {
            // What stands at this place is unknown: go on in the other area, which starts with this chunk recorded.
            BeginList(_next);
            return;
        }

        if (_state == State.Header && _tries < TriesMax)
        {
            WriteHeader();
            return;
        }

        _isOpen = false;
        End(StdReturn.NotOk);
    }

    private void End(StdReturn result)
    {
        _result = result;
        _state = State.Idle;
    }

    private void Build(uint magic, uint a, uint b)
    {
        BigEndian.WriteU32(_record, 0, magic);
        BigEndian.WriteU32(_record, 4, a);
        BigEndian.WriteU32(_record, 8, b);
        Array.Copy(_digest, 0, _record, 12, DigestLength);
        BigEndian.WriteU32(_record, CrcOffset, Crc32.Compute(_record, 0, CrcOffset));
    }

    private void LoadArea(int area)
    {
        _area = area;
        _position = 0;
        _tries = 0;
        _window.Open(_areas[area].Start, _areas[area].Length);
    }

    private void Load()
    {
        for (int i = 0; i < RecordsPerStep; i++)
        {
            StdReturn result = LoadRecord();
            if (result == StdReturn.Pending)
            {
                return;
            }

            if (result == StdReturn.NotOk)
            {
                if (_area == 1)
                {
                    _isLoaded = true;
                    End(StdReturn.Ok);
                    return;
                }

                LoadArea(1);
            }
        }
    }

    // Ok: one more record was taken. NotOk: the area has no more.
    private StdReturn LoadRecord()
    {
        if (_position + RecordLength > _areas[_area].Length)
        {
            return StdReturn.NotOk;
        }

        StdReturn result = _window.Ensure(_position, RecordLength);
        if (result == StdReturn.NotOk)
        {
            _tries++;
            return _tries < TriesMax ? StdReturn.Pending : StdReturn.NotOk;
        }

        if (result == StdReturn.Pending)
        {
            return StdReturn.Pending;
        }

        byte[] buffer = _window.Buffer;
        int index = _window.IndexOf(_position);
        if (BigEndian.ReadU32(buffer, index + CrcOffset) != Crc32.Compute(buffer, index, CrcOffset)
            || !(_position == 0 ? TakeHeader(buffer, index) : TakeChunk(buffer, index)))
        {
            return StdReturn.NotOk;
        }

        _position += RecordLength;
        return StdReturn.Ok;
    }

    private bool TakeHeader(byte[] buffer, int index)
    {
        uint sequence = BigEndian.ReadU32(buffer, index + 4);
        if (BigEndian.ReadU32(buffer, index) != MagicHeader
            || (_isKnown && (int)(sequence - _sequence) <= 0))
        {
            return false;
        }

        _current = _area;
        _isKnown = true;
        _sequence = sequence;
        _recorded = BigEndian.ReadU32(buffer, index + 8);
        Array.Copy(buffer, index + 12, _digest, 0, DigestLength);
        return true;
    }

    private bool TakeChunk(byte[] buffer, int index)
    {
        if (BigEndian.ReadU32(buffer, index) != MagicChunk
            || BigEndian.ReadU32(buffer, index + 4) != _recorded
            || !Bytes.AreEqual(buffer, index + 12, _digest, 0, DigestLength))
        {
            return false;
        }

        _recorded++;
        return true;
    }
}
