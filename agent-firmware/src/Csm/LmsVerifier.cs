// Verifies one LMS signature (RFC 8554 §5.4.2) with its LM-OTS part (§4.6), in slices: hundreds of hash compressions
// take seconds on an interpreter, so each call does a few and remembers where it is.
// Invariants: the signature is read from the flash 32 bytes at a time and never held; every type code is compared with
// the public key's before anything else is believed; one link of a hash chain is one compression on words, without
// going through bytes.
// Must not know what was signed, nor that trees may be stacked (HssVerifier).
// Tests: tests/agent-firmware/Csm/HssVerifierTests.
namespace EsyncAgent;

/// <summary>Verifier of one LMS signature at a time; reusable.</summary>
internal sealed class LmsVerifier
{
    // Domain separation, RFC 8554 §4.4 to 4.6 and §5.3.
    private const ushort Public = 0x8080;
    private const ushort Message = 0x8181;
    private const ushort Leaf = 0x8282;
    private const ushort Interior = 0x8383;

    private const int HashLength = LmsParameters.HashLength;
    private const int IdentifierLength = LmsParameters.IdentifierLength;

    // Where things lie in an LMS signature: q(4), LM-OTS type(4), C(32), y[p], LMS type(4), path[h].
    private const int RandomizerOffset = 8;
    private const int HeadLength = RandomizerOffset + HashLength;

    private enum Phase : byte
    {
        Head,
        ChainStart,
        ChainLink,
        Candidate,
        Path,
    }

    private readonly Sha256Compression _compression;

    // For the message, the key candidate, the leaf and the path: each ends before the next begins.
    private readonly Sha256 _sha256;
    private readonly byte[] _key = new byte[LmsParameters.LmsPublicKeyLength];

    // I ‖ u32 ‖ u16, in front of everything that is hashed.
    private readonly byte[] _prefix = new byte[IdentifierLength + 6];

    // Q and its checksum: the digits that the chains start from.
    private readonly byte[] _digits = new byte[HashLength + 2];
    private readonly byte[] _hash = new byte[HashLength];
    private readonly uint[] _state = new uint[8];
    private readonly uint[] _words = new uint[16];

    private byte[] _message;
    private FlsWindow _window;
    private uint _position;
    private int _messageLength;
    private uint _lmsType;
    private uint _otsType;
    private int _height;
    private int _width;
    private int _chainCount;
    private Phase _phase;
    private uint _leafIndex;
    private int _chain;
    private uint _link;
    private int _level;
    private StdReturn _result;
    private bool _isReadFailed;

    internal LmsVerifier(Csm csm)
    {
        _compression = csm.Compression;
        _sha256 = csm.Sha256;
    }

    /// <summary>True when the verification ended because the flash could not be read.</summary>
    internal bool IsReadFailed
    {
        get { return _isReadFailed; }
    }

    /// <summary>
    /// Begins with a public key of 56 bytes and supported types, and a signature of
    /// <see cref="LmsParameters.SignatureLength"/> bytes at a position of the open window. The key is copied; the message has to stay
    /// as it is until the end.
    /// </summary>
    internal void Begin(byte[] key, int keyOffset, FlsWindow window, uint position, byte[] message, int messageLength)
    {
        System.Array.Copy(key, keyOffset, _key, 0, _key.Length);
        _message = message;
        _messageLength = messageLength;
        _window = window;
        _position = position;
        _lmsType = BigEndian.ReadU32(_key, 0);
        _otsType = BigEndian.ReadU32(_key, 4);
        _height = LmsParameters.Height(_lmsType);
        _width = LmsParameters.Width(_otsType);
        _chainCount = LmsParameters.ChainCount(_width);
        System.Array.Copy(_key, 8, _prefix, 0, IdentifierLength);
        _phase = Phase.Head;
        _result = StdReturn.Pending;
        _isReadFailed = false;
    }

    /// <summary>Goes on until about <paramref name="compressionsMax"/> compressions are done (three more at most), the flash has to be waited for, or the end.</summary>
    internal StdReturn Step(int compressionsMax)
    {
        uint start = _compression.Count;
        while (_compression.Count - start < (uint)compressionsMax && Advance())
        {
        }

        return _result;
    }

    // One small step; false when there is none to do now.
    private bool Advance()
    {
        switch (_phase)
        {
            case Phase.ChainLink:
                return HashLink();
            case Phase.ChainStart:
                return StartChain();
            case Phase.Head:
                return ReadHead();
            case Phase.Candidate:
                return HashLeaf();
            default:
                return ClimbPath();
        }
    }

    private bool Need(uint offset, int count)
    {
        StdReturn read = _window.Ensure(_position + offset, count);
        if (read == StdReturn.NotOk)
        {
            _isReadFailed = true;
            _result = StdReturn.NotOk;
        }

        return read == StdReturn.Ok;
    }

    private bool Refuse()
    {
        _result = StdReturn.NotOk;
        return false;
    }

    // §4.6, algorithm 4b, steps 1 to 3, and §5.4.2, algorithm 6a, steps 1 and 2.
    private bool ReadHead()
    {
        if (!Need(0, HeadLength))
        {
            return false;
        }

        byte[] buffer = _window.Buffer;
        int index = _window.IndexOf(_position);
        _leafIndex = BigEndian.ReadU32(buffer, index);
        if (_leafIndex >= 1u << _height || BigEndian.ReadU32(buffer, index + 4) != _otsType)
        {
            return Refuse();
        }

        BeginHash(_leafIndex, Message);
        _sha256.Update(buffer, index + RandomizerOffset, HashLength);
        _sha256.Update(_message, 0, _messageLength);
        _sha256.Finish(_digits, 0);
        BigEndian.WriteU16(_digits, HashLength, Checksum());

        BeginHash(_leafIndex, Public);
        for (int i = 0; i < 5; i++)
        {
            _words[i] = BigEndian.ReadU32(_prefix, 4 * i);
        }

        _words[14] = 0;
        _words[15] = 8 * (IdentifierLength + 4 + 2 + 1 + HashLength);
        _chain = 0;
        _phase = Phase.ChainStart;
        return true;
    }

    private bool StartChain()
    {
        if (_chain == _chainCount)
        {
            _phase = Phase.Candidate;
            return true;
        }

        uint offset = (uint)(HeadLength + HashLength * _chain);
        if (!Need(offset, HashLength))
        {
            return false;
        }

        int index = _window.IndexOf(_position + offset);
        for (int i = 0; i < 8; i++)
        {
            _state[i] = BigEndian.ReadU32(_window.Buffer, index + 4 * i);
        }

        _link = Digit(_chain);
        _phase = Phase.ChainLink;
        return true;
    }

    // tmp = H(I ‖ q ‖ u16(chain) ‖ u8(link) ‖ tmp), 55 bytes and thus one block; tmp begins in the last byte of word 5.
    private bool HashLink()
    {
        uint[] s = _state;
        if (_link == (1u << _width) - 1)
        {
            Sha256.WriteState(s, _hash, 0);
            _sha256.Update(_hash, 0, HashLength);
            _chain++;
            _phase = Phase.ChainStart;
            return true;
        }

        uint[] w = _words;
        w[5] = ((uint)_chain << 16) | (_link << 8) | (s[0] >> 24);
        w[6] = (s[0] << 8) | (s[1] >> 24);
        w[7] = (s[1] << 8) | (s[2] >> 24);
        w[8] = (s[2] << 8) | (s[3] >> 24);
        w[9] = (s[3] << 8) | (s[4] >> 24);
        w[10] = (s[4] << 8) | (s[5] >> 24);
        w[11] = (s[5] << 8) | (s[6] >> 24);
        w[12] = (s[6] << 8) | (s[7] >> 24);
        w[13] = (s[7] << 8) | 0x80;
        Sha256Compression.Initialize(s);
        _compression.Compress(s, w);
        _link++;
        return true;
    }

    // The key candidate Kc (§4.6), then the leaf's node (§5.4.2, algorithm 6a, steps 3 and 4).
    private bool HashLeaf()
    {
        uint offset = PathOffset() - 4;
        if (!Need(offset, 4))
        {
            return false;
        }

        if (BigEndian.ReadU32(_window.Buffer, _window.IndexOf(_position + offset)) != _lmsType)
        {
            return Refuse();
        }

        _sha256.Finish(_hash, 0);
        BeginHash(NodeAt(0), Leaf);
        _sha256.Update(_hash, 0, HashLength);
        _sha256.Finish(_hash, 0);
        _level = 0;
        _phase = Phase.Path;
        return true;
    }

    private bool ClimbPath()
    {
        if (_level == _height)
        {
            _result = Bytes.AreEqual(_hash, 0, _key, 8 + IdentifierLength, HashLength) ? StdReturn.Ok : StdReturn.NotOk;
            return false;
        }

        uint offset = PathOffset() + (uint)(HashLength * _level);
        if (!Need(offset, HashLength))
        {
            return false;
        }

        byte[] buffer = _window.Buffer;
        int index = _window.IndexOf(_position + offset);
        bool isRightChild = (NodeAt(_level) & 1) != 0;
        _level++;
        BeginHash(NodeAt(_level), Interior);
        if (isRightChild)
        {
            _sha256.Update(buffer, index, HashLength);
            _sha256.Update(_hash, 0, HashLength);
        }
        else
        {
            _sha256.Update(_hash, 0, HashLength);
            _sha256.Update(buffer, index, HashLength);
        }

        _sha256.Finish(_hash, 0);
        return true;
    }

    private uint PathOffset()
    {
        return (uint)(HeadLength + HashLength * _chainCount + 4);
    }

    // Number of the node on the way up, counted from the root 1 (§5.3).
    private uint NodeAt(int level)
    {
        return ((1u << _height) + _leafIndex) >> level;
    }

    private void BeginHash(uint number, ushort domain)
    {
        BigEndian.WriteU32(_prefix, IdentifierLength, number);
        BigEndian.WriteU16(_prefix, IdentifierLength + 4, domain);
        _sha256.Reset();
        _sha256.Update(_prefix, 0, _prefix.Length);
    }

    // coef(S, i, w), §3.1.3.
    private uint Digit(int index)
    {
        int bit = index * _width;
        return ((uint)_digits[bit >> 3] >> (8 - _width - (bit & 7))) & ((1u << _width) - 1);
    }

    // Cksm(S), §4.4, algorithm 2.
    private ushort Checksum()
    {
        uint sum = 0;
        uint digitMax = (1u << _width) - 1;
        int count = 8 * HashLength / _width;
        for (int i = 0; i < count; i++)
        {
            sum += digitMax - Digit(i);
        }

        return (ushort)(sum << LmsParameters.ChecksumShift(_width));
    }
}
