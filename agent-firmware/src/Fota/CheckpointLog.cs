// Remembers which chunks of a transfer are programmed and read back, so that it can be resumed after a power cut.
// Invariants: a list is only appended to in the power cycle that opened it, in an area that was erased for it, so no
// write unit is programmed twice; what is recorded is in the bank (a torn record may be lost, never invented); once Open
// is done the area before it is erased too, so that an older list cannot come back and claim chunks that are gone.
// A decoder's state stands in the record of its chunk, and again behind the header of a list that begins there: both are
// programmed in one go, and a header of that kind counts only with its state.
// Must not know banks, chunks' contents, or what a state means.
// PROTOCOL.md "Checkpoints". Tests: tests/agent-firmware/Fota.
using System;

namespace EsyncAgent;

/// <summary>The list of recorded chunks in flash.</summary>
public sealed class CheckpointLog
{
    private const int RecordLength = CheckpointRecord.Length;
    private const int DigestLength = CheckpointRecord.DigestLength;
    private const int TriesMax = 2;
    private const int RecordsPerStep = 4;
    private const int WindowLengthMin = 8 * RecordLength;
    private const int NoArea = -1;

    private readonly FlsArea[] _areas;
    private readonly FlsWriter _writer;
    private readonly FlsWindow _window;
    private readonly byte[] _record;
    private readonly byte[] _digest = new byte[DigestLength];
    private readonly bool[] _isErased = new bool[2];
    private Phase _phase;
    private bool _isLoaded;
    private bool _isOpen;
    private bool _isKnown;
    private int _current = NoArea;
    private int _area;
    private uint _sequence;
    private uint _next;
    private DecoderCheckpoint _nextState;
    private int _recordLength;
    private uint _position;
    private uint _firstPosition;
    private int _tries;

    /// <summary>A log over the areas Checkpoint0 and Checkpoint1 of the map, for decoders' states of at most <paramref name="stateLengthMax"/> bytes; <paramref name="chunkBuffer"/> (4,096 bytes) is used only while it loads.</summary>
    public CheckpointLog(Fls fls, int stateLengthMax, byte[] chunkBuffer)
    {
        int longest = RecordLength + (stateLengthMax > 0 ? CheckpointRecord.StateLength(stateLengthMax) : 0);
        _areas = new FlsArea[] { fls.Map.Checkpoint0, fls.Map.Checkpoint1 };
        _writer = new FlsWriter(fls, FlsPriority.Fota);
        _window = new FlsWindow(fls, FlsPriority.Fota, chunkBuffer, longest > WindowLengthMin ? longest : WindowLengthMin);
        _record = new byte[longest];
        State = new DecoderCheckpoint(stateLengthMax);
    }

    private enum Phase : byte
    {
        Idle,
        Load,
        EraseOld,
        Header,
        Append,
    }

    /// <summary>Result of the last operation: Pending, Ok, or NotOk when the flash did not take it.</summary>
    public StdReturn Result { get; private set; }

    /// <summary>Chunks recorded, from the first one without a gap.</summary>
    public uint RecordedChunks { get; private set; }

    /// <summary>State of the decoder at the end of the recorded chunks; empty when none was given.</summary>
    public DecoderCheckpoint State { get; }

    /// <summary>Begins to read what is recorded. To be done once after a reset, before anything else.</summary>
    public void BeginLoad()
    {
        Result = StdReturn.Pending;
        _phase = Phase.Load;
        LoadArea(0);
    }

    /// <summary>True when the list is about the manifest with this digest (its first 16 bytes count).</summary>
    public bool Matches(byte[] digest)
    {
        return _isKnown && Bytes.AreEqual(digest, 0, _digest, 0, DigestLength);
    }

    /// <summary>
    /// Begins a new list for a transfer, new or resumed, which has <paramref name="chunksRecorded"/> chunks in the bank already: none,
    /// or <see cref="RecordedChunks"/> with <see cref="State"/> as it is, or fewer where no decoder is at work. Must be finished before
    /// anything of the bank is erased. False while busy or not loaded.
    /// </summary>
    public bool Open(byte[] digest, uint chunksRecorded)
    {
        if (!_isLoaded || _phase != Phase.Idle)
        {
            return false;
        }

        _isOpen = false;
        _isKnown = false;
        Array.Copy(digest, 0, _digest, 0, DigestLength);
        if (chunksRecorded != RecordedChunks)
        {
            State.Length = 0;
        }

        _nextState = State;
        BeginList(chunksRecorded);
        return true;
    }

    /// <summary>True when the list was opened since reset with this many chunks, and nothing was appended since.</summary>
    public bool IsFreshAt(uint chunksRecorded)
    {
        return _isOpen && _phase == Phase.Idle && _position == _firstPosition && RecordedChunks == chunksRecorded;
    }

    /// <summary>Records that the chunks up to this one are in the bank, with the decoder's state, which stays as it is until this is done. False when not open, busy, or recorded already.</summary>
    public bool Append(uint chunkIndex, DecoderCheckpoint state)
    {
        if (!_isOpen || _phase != Phase.Idle || chunkIndex < RecordedChunks)
        {
            return false;
        }

        _nextState = state;
        _next = chunkIndex + 1;
        _recordLength = state.Length > 0
            ? CheckpointRecord.WriteState(_record, 0, chunkIndex, state)
            : CheckpointRecord.Write(_record, CheckpointRecord.Chunk, chunkIndex, 0, _digest);
        if (_position + _recordLength > _areas[_current].Length)
        {
            BeginList(_next);
            return true;
        }

        _phase = Phase.Append;
        Result = StdReturn.Pending;
        _writer.Program(_areas[_current].Start + _position, _record, 0, _recordLength);
        return true;
    }

    /// <summary>Goes on with the operation under way.</summary>
    public void MainFunction(uint nowMs)
    {
        if (_phase == Phase.Idle)
        {
            return;
        }

        if (_phase == Phase.Load)
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
        Result = StdReturn.Pending;
        WriteHeader();
    }

    private void WriteHeader()
    {
        _tries++;
        bool hasState = _nextState.Length > 0;
        uint kind = hasState ? CheckpointRecord.HeaderWithState : CheckpointRecord.Header;
        _recordLength = CheckpointRecord.Write(_record, kind, _sequence + 1, _next, _digest);
        if (hasState)
        {
            _recordLength += CheckpointRecord.WriteState(_record, RecordLength, _next - 1, _nextState);
        }

        _phase = Phase.Header;
        if (_isErased[_area])
        {
            _isErased[_area] = false;
            _writer.Program(_areas[_area].Start, _record, 0, _recordLength);
        }
        else
        {
            _writer.Rewrite(_areas[_area], _record, 0, _recordLength);
        }
    }

    private void Advance()
    {
        switch (_phase)
        {
            case Phase.Header:
                _sequence++;
                _current = _area;
                _position = (uint)_recordLength;
                _firstPosition = _position;
                TakeNext();
                _isKnown = true;
                _phase = Phase.EraseOld;
                _writer.Erase(_areas[_area ^ 1].Start, _areas[_area ^ 1].Length);
                break;
            case Phase.EraseOld:
                _isErased[_current ^ 1] = true;
                _isOpen = true;
                End(StdReturn.Ok);
                break;
            default:
                _position += (uint)_recordLength;
                TakeNext();
                End(StdReturn.Ok);
                break;
        }
    }

    private void Retry()
    {
        if (_phase == Phase.Append)
        {
            // What stands at this place is unknown: go on in the other area, which starts with this chunk recorded.
            BeginList(_next);
            return;
        }

        if (_phase == Phase.Header && _tries < TriesMax)
        {
            WriteHeader();
            return;
        }

        // What could not be recorded is in the bank all the same; until a reset that is known.
        TakeNext();
        _isOpen = false;
        End(StdReturn.NotOk);
    }

    private void TakeNext()
    {
        RecordedChunks = _next;
        State.CopyFrom(_nextState);
    }

    private void End(StdReturn result)
    {
        Result = result;
        _phase = Phase.Idle;
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
        StdReturn result = Ensure(RecordLength);
        if (result != StdReturn.Ok)
        {
            return result;
        }

        byte[] buffer = _window.Buffer;
        int index = _window.IndexOf(_position);
        switch (BigEndian.ReadU32(buffer, index))
        {
            case CheckpointRecord.Header:
                return Take(TakeHeader(buffer, index), RecordLength);
            case CheckpointRecord.HeaderWithState:
                // The header is taken only with the state behind it.
                result = Ensure(RecordLength + RecordLength);
                return result == StdReturn.Ok ? LoadState(RecordLength) : result;
            case CheckpointRecord.Chunk:
                return Take(TakeChunk(buffer, index), RecordLength);
            case CheckpointRecord.State:
                return _position == 0 ? StdReturn.NotOk : LoadState(0);
            default:
                return StdReturn.NotOk;
        }
    }

    private StdReturn LoadState(int offset)
    {
        int length = CheckpointRecord.StateLengthAt(_window.Buffer, _window.IndexOf(_position) + offset);
        if (length == 0 || length > State.Data.Length)
        {
            return StdReturn.NotOk;
        }

        int recordLength = CheckpointRecord.StateLength(length);
        StdReturn result = Ensure(offset + recordLength);
        if (result != StdReturn.Ok)
        {
            return result;
        }

        byte[] buffer = _window.Buffer;
        int index = _window.IndexOf(_position);
        uint chunk = BigEndian.ReadU32(buffer, index + offset + 4);
        if (!CheckpointRecord.IsWholeState(buffer, index + offset, recordLength) || !(offset == 0 ? chunk >= RecordedChunks : TakeHeader(buffer, index)))
        {
            return StdReturn.NotOk;
        }

        RecordedChunks = chunk + 1;
        CheckpointRecord.ReadState(buffer, index + offset, State);
        return Take(true, offset + recordLength);
    }

    private StdReturn Ensure(int count)
    {
        if (_position + count > _areas[_area].Length)
        {
            return StdReturn.NotOk;
        }

        StdReturn result = _window.Ensure(_position, count);
        if (result == StdReturn.NotOk)
        {
            _tries++;
            return _tries < TriesMax ? StdReturn.Pending : StdReturn.NotOk;
        }

        return result;
    }

    private StdReturn Take(bool isGood, int length)
    {
        _position += isGood ? (uint)length : 0;
        return isGood ? StdReturn.Ok : StdReturn.NotOk;
    }

    private bool TakeHeader(byte[] buffer, int index)
    {
        uint sequence = BigEndian.ReadU32(buffer, index + 4);
        if (_position != 0 || !CheckpointRecord.IsWhole(buffer, index) || (_isKnown && (int)(sequence - _sequence) <= 0))
        {
            return false;
        }

        _current = _area;
        _isKnown = true;
        _sequence = sequence;
        RecordedChunks = BigEndian.ReadU32(buffer, index + 8);
        State.Length = 0;
        Array.Copy(buffer, index + 12, _digest, 0, DigestLength);
        return true;
    }

    private bool TakeChunk(byte[] buffer, int index)
    {
        uint chunk = BigEndian.ReadU32(buffer, index + 4);
        if (_position == 0 || !CheckpointRecord.IsWhole(buffer, index) || chunk < RecordedChunks || !Bytes.AreEqual(buffer, index + 12, _digest, 0, DigestLength))
        {
            return false;
        }

        RecordedChunks = chunk + 1;
        State.Length = 0;
        return true;
    }
}
