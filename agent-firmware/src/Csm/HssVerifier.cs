// HSS signature verification (RFC 8554 §6.3) for one and two levels, in slices: the caller gives each call a number of
// hash compressions and gets Pending until the end.
// Invariants: the signature is read from the flash piece by piece and never held; its length must be exactly what the
// types say; whatever the bytes are, the end comes after a bounded number of compressions.
// Must not know whose key it is nor what the message means.
// Tests: tests/agent-firmware/Csm/HssVerifierTests (RFC 8554 Appendix F, generated signatures of every parameter set).
namespace EsyncAgent;

/// <summary>Verifier of one HSS signature at a time; reusable, no allocation after construction.</summary>
public sealed class HssVerifier
{
    /// <summary>Longest message in bytes; the COSE structures that the agent verifies have 56.</summary>
    public const int MessageLengthMax = 192;

    /// <summary>Bytes that the signature's window must be able to hold at once.</summary>
    public const int WindowLengthMin = 64;

    private enum Phase : byte
    {
        Levels,
        SignedKey,
        TopTree,
        BottomTree,
        Ended,
    }

    private readonly LmsVerifier _lms;
    private readonly byte[] _key = new byte[LmsParameters.HssPublicKeyLength];
    private readonly byte[] _signedKey = new byte[LmsParameters.LmsPublicKeyLength];
    private byte[] _message;
    private FlsWindow _window;
    private uint _position;
    private uint _length;
    private uint _topLength;
    private int _messageLength;
    private Phase _phase = Phase.Ended;
    private StdReturn _result = StdReturn.NotOk;
    private bool _isReadFailed;

    /// <summary>A verifier on the hash of <paramref name="csm"/>.</summary>
    public HssVerifier(Csm csm)
    {
        _lms = new LmsVerifier(csm);
    }

    /// <summary>True when the last verification ended because the flash could not be read.</summary>
    public bool IsReadFailed
    {
        get { return _isReadFailed; }
    }

    /// <summary>
    /// Begins with a signature that lies at <paramref name="signaturePosition"/> of an open window. The 60 bytes of the
    /// public key are copied; the message (at most <see cref="MessageLengthMax"/> bytes) has to stay as it is until the end. What cannot be verified
    /// makes the first <see cref="Step"/> say NotOk.
    /// </summary>
    public void Begin(byte[] publicKey, int publicKeyOffset, FlsWindow window, uint signaturePosition, uint signatureLength, byte[] message, int messageLength)
    {
        End(StdReturn.NotOk);
        _isReadFailed = false;
        if (messageLength > MessageLengthMax || !LmsParameters.IsHssPublicKey(publicKey, publicKeyOffset))
        {
            return;
        }

        System.Array.Copy(publicKey, publicKeyOffset, _key, 0, _key.Length);
        _message = message;
        _messageLength = messageLength;
        _window = window;
        _position = signaturePosition;
        _length = signatureLength;
        _topLength = LmsParameters.SignatureLength(BigEndian.ReadU32(_key, 4), BigEndian.ReadU32(_key, 8));
        _phase = Phase.Levels;
        _result = StdReturn.Pending;
    }

    /// <summary>Does about <paramref name="compressionsMax"/> SHA-256 compressions (three more at most). Pending: call again.</summary>
    public StdReturn Step(int compressionsMax)
    {
        switch (_phase)
        {
            case Phase.Levels:
                ReadLevels();
                break;
            case Phase.SignedKey:
                ReadSignedKey();
                break;
            case Phase.TopTree:
                StepTop(compressionsMax);
                break;
            case Phase.BottomTree:
                StepBottom(compressionsMax);
                break;
        }

        return _result;
    }

    private uint Levels()
    {
        return BigEndian.ReadU32(_key, 0);
    }

    private bool Need(uint offset, int count)
    {
        StdReturn read = _window.Ensure(_position + offset, count);
        if (read == StdReturn.NotOk)
        {
            _isReadFailed = true;
            End(StdReturn.NotOk);
        }

        return read == StdReturn.Ok;
    }

    private void End(StdReturn result)
    {
        _phase = Phase.Ended;
        _result = result;
    }

    // u32(Nspk) must be L − 1.
    private void ReadLevels()
    {
        uint lengthMin = Levels() == 1 ? 4 + _topLength : 4 + _topLength + LmsParameters.LmsPublicKeyLength;
        if (_length < lengthMin)
        {
            End(StdReturn.NotOk);
            return;
        }

        if (!Need(0, 4))
        {
            return;
        }

        uint signedKeyCount = BigEndian.ReadU32(_window.Buffer, _window.IndexOf(_position));
        if (signedKeyCount != Levels() - 1 || (signedKeyCount == 0 && _length != lengthMin))
        {
            End(StdReturn.NotOk);
        }
        else if (signedKeyCount == 0)
        {
            _lms.Begin(_key, 4, _window, _position + 4, _message, _messageLength);
            _phase = Phase.BottomTree;
        }
        else
        {
            _phase = Phase.SignedKey;
        }
    }

    // The second tree's public key, signed by the first: both types must be known, and the whole length follows.
    private void ReadSignedKey()
    {
        uint offset = 4 + _topLength;
        if (!Need(offset, _signedKey.Length))
        {
            return;
        }

        System.Array.Copy(_window.Buffer, _window.IndexOf(_position + offset), _signedKey, 0, _signedKey.Length);
        uint bottomLength = LmsParameters.SignatureLength(BigEndian.ReadU32(_signedKey, 0), BigEndian.ReadU32(_signedKey, 4));
        if (bottomLength == 0 || _length != offset + LmsParameters.LmsPublicKeyLength + bottomLength)
        {
            End(StdReturn.NotOk);
            return;
        }

        _lms.Begin(_key, 4, _window, _position + 4, _signedKey, _signedKey.Length);
        _phase = Phase.TopTree;
    }

    private void StepTop(int compressionsMax)
    {
        StdReturn result = _lms.Step(compressionsMax);
        if (result == StdReturn.NotOk)
        {
            _isReadFailed = _lms.IsReadFailed;
            End(result);
        }
        else if (result == StdReturn.Ok)
        {
            uint position = _position + 4 + _topLength + LmsParameters.LmsPublicKeyLength;
            _lms.Begin(_signedKey, 0, _window, position, _message, _messageLength);
            _phase = Phase.BottomTree;
        }
    }

    private void StepBottom(int compressionsMax)
    {
        StdReturn result = _lms.Step(compressionsMax);
        if (result != StdReturn.Pending)
        {
            _isReadFailed = _lms.IsReadFailed;
            End(result);
        }
    }
}
