// Makes a patch reader and its decompressor's window anew at the end of a chunk, from a checkpoint and the two banks:
// walks over the last segments, whose numbers the checkpoint holds, and puts into the window what stood between them in the
// patch - differences of the new image and the base, and the image's own bytes.
// Invariants: only bytes of recorded chunks are read of the new image, only checked chunks of the base.
// PROTOCOL.md "Checkpoints of decoders". Tests: tests/agent-firmware/Fota/DecoderPairTests.
namespace EsyncAgent;

/// <summary>Restores a patch reader step by step; nothing blocks.</summary>
public sealed class PatchRestorer
{
    private const int BytesPerStep = 64;

    private enum Phase : byte
    {
        DifferenceLength,
        Difference,
        OwnLength,
        Own,
        Move,
    }

    private readonly HeatshrinkReader _stream;
    private readonly BaseImage _base;
    private readonly PatchReader _reader;
    private readonly FlsWindow _image;
    private readonly PatchNumber _number = new PatchNumber();
    private Phase _phase;
    private int _index;
    private uint _position;
    private uint _made;
    private uint _end;
    private uint _imageLength;
    private int _from;
    private int _left;

    /// <summary>A restorer of one reader.</summary>
    public PatchRestorer(Fls fls, HeatshrinkReader stream, BaseImage baseImage, PatchReader reader)
    {
        _stream = stream;
        _base = baseImage;
        _reader = reader;
        _image = new FlsWindow(fls, FlsPriority.Fota, BytesPerStep);
    }

    /// <summary>Begins: the first <paramref name="made"/> bytes of the image are in <paramref name="bank"/>; stream and history hold what the checkpoint says.</summary>
    public void Begin(FlsArea bank, uint imageLength, uint made)
    {
        PatchHistory history = _reader.History;
        _image.Open(bank.Start, made);
        _imageLength = imageLength;
        _end = made;
        _index = 0;
        _position = history.Stream;
        _made = history.Image;
        _from = history.Base;
        _left = 0;
        Await(Phase.DifferenceLength);
    }

    /// <summary>Goes on. NotOk: the base or the bank could not be read, or the checkpoint contradicts itself.</summary>
    public StdReturn Step()
    {
        while (true)
        {
            if (_phase == Phase.Difference || _phase == Phase.Own)
            {
                if (_left > 0 && _made < _end)
                {
                    return Fill();
                }

                if (_index == _reader.History.Count)
                {
                    return Conclude();
                }

                Await(_phase == Phase.Difference ? Phase.OwnLength : Phase.Move);
            }

            if (_left > 0 || !ReadNumber() || !TakeNumber(_number.Value))
            {
                return StdReturn.NotOk;
            }
        }
    }

    private void Await(Phase number)
    {
        _number.Begin();
        _phase = number;
    }

    private bool ReadNumber()
    {
        PatchHistory history = _reader.History;
        while (_index < history.Count)
        {
            byte value = history[_index];
            Put(value);
            _index++;
            if (_number.Take(value))
            {
                return !_number.IsTooLong;
            }
        }

        return false;
    }

    private bool TakeNumber(int value)
    {
        switch (_phase)
        {
            case Phase.DifferenceLength:
                _left = value;
                _phase = Phase.Difference;
                return value == 0 || (value > 0 && _from >= 0 && (uint)_from <= _base.Length && (uint)value <= _base.Length - (uint)_from);
            case Phase.OwnLength:
                _left = value;
                _phase = Phase.Own;
                return value >= 0;
            default:
                _from += value;
                Await(Phase.DifferenceLength);
                return true;
        }
    }

    // Puts some bytes of the run into the window; what lies before the window is stepped over.
    private StdReturn Fill()
    {
        uint windowStart = _stream.Position - _stream.WindowLength;
        uint before = _stream.Position > _stream.WindowLength && _position < windowStart ? windowStart - _position : 0;
        uint ahead = _end - _made < (uint)_left ? _end - _made : (uint)_left;
        if (before > 0)
        {
            uint skipped = before < ahead ? before : ahead;
            _position += skipped;
            Advance(skipped);
            return StdReturn.Pending;
        }

        uint count = ahead < BytesPerStep ? ahead : BytesPerStep;
        StdReturn ready = _image.Ensure(_made, (int)count);
        if (ready == StdReturn.Ok && _phase == Phase.Difference)
        {
            uint chunkLeft = BankWriter.ChunkLength - ((uint)_from & (BankWriter.ChunkLength - 1));
            count = count < chunkLeft ? count : chunkLeft;
            ready = _base.Prepare((uint)_from);
        }

        if (ready != StdReturn.Ok)
        {
            return ready;
        }

        byte[] image = _image.Buffer;
        byte[] chunk = _base.Chunk;
        int at = _image.IndexOf(_made);
        int baseAt = _from & (BankWriter.ChunkLength - 1);
        for (uint i = 0; i < count; i++)
        {
            Put((byte)(_phase == Phase.Difference ? image[at + i] - chunk[baseAt + i] : image[at + i]));
        }

        Advance(count);
        return StdReturn.Pending;
    }

    private void Advance(uint count)
    {
        _made += count;
        _left -= (int)count;
        _from += _phase == Phase.Difference ? (int)count : 0;
    }

    private void Put(byte value)
    {
        _stream.Window[_position & (_stream.WindowLength - 1)] = value;
        _position++;
    }

    private StdReturn Conclude()
    {
        if (_made != _end || _position != _stream.Position)
        {
            return StdReturn.NotOk;
        }

        _reader.Resume(_imageLength, _made, _from, _left, _phase == Phase.Own);
        return StdReturn.Ok;
    }
}
