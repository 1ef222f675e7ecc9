// The two receive buffers of the diagnostic server (AUTOSAR: Dsl protocol buffers). The long one takes physically
// addressed requests; the small one takes functional requests, which are single frames always (ISO 15765-2:2016), and
// single frames that come on the physical address while the long one is taken: so that a second tester's TesterPresent
// never waits for the first one's request (ISO 14229-1:2020 §8.7.6).
// Invariants: a buffer belongs to the transport from StartOfReception to RxIndication, and to the conversation from
// then to its release; a request is never copied.
// Tests: tests/agent-firmware/Dcm/SecondTesterTests.cs.
namespace EsyncAgent;

/// <summary>Receive buffers and their owners.</summary>
public sealed class DslReception
{
    private const int SingleFrameLengthMax = 7;

    private enum Owner : byte
    {
        Nobody,
        Transport,
        Waiting,
        Conversation,
    }

    private readonly byte[] _longBuffer;
    private readonly byte[] _smallBuffer = new byte[SingleFrameLengthMax + 1];
    private Owner _longOwner;
    private Owner _smallOwner;
    private int _longLength;
    private int _smallLength;
    private bool _isSmallFunctional;
    private bool _isClosed;

    /// <summary>Makes the buffers, for requests of <paramref name="lengthMax"/> bytes at most.</summary>
    public DslReception(int lengthMax)
    {
        _longBuffer = new byte[lengthMax];
    }

    /// <summary>True while a complete request waits to be taken.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>True while the transport is receiving a request of several frames.</summary>
    public bool IsReceiving
    {
        get { return _longOwner == Owner.Transport; }
    }

    /// <summary>True while the small buffer holds a complete request.</summary>
    public bool IsSmallWaiting
    {
        get { return _smallOwner == Owner.Waiting; }
    }

    /// <summary>The small buffer's request, valid while <see cref="IsSmallWaiting"/>.</summary>
    public byte[] Small
    {
        get { return _smallBuffer; }
    }

    /// <summary>Length of the small buffer's request.</summary>
    public int SmallLength
    {
        get { return _smallLength; }
    }

    /// <summary>Gives the transport a buffer for a request, null when there is none (see <see cref="ICanTpUpper"/>).</summary>
    public byte[] Start(bool isFunctional, uint length)
    {
        if (_isClosed)
        {
            return null;
        }

        if (!isFunctional && _longOwner == Owner.Nobody)
        {
            if (length > (uint)_longBuffer.Length)
            {
                return null;
            }

            _longOwner = Owner.Transport;
            return _longBuffer;
        }

        if (length > SingleFrameLengthMax || _smallOwner != Owner.Nobody)
        {
            return null;
        }

        _smallOwner = Owner.Transport;
        _isSmallFunctional = isFunctional;
        return _smallBuffer;
    }

    /// <summary>The transport has ended a reception; a failed one gives its buffer back.</summary>
    public void End(bool isFunctional, uint length, bool isComplete)
    {
        Owner next = isComplete && length != 0 ? Owner.Waiting : Owner.Nobody;
        if (_smallOwner == Owner.Transport && _isSmallFunctional == isFunctional)
        {
            _smallOwner = next;
            _smallLength = (int)length;
        }
        else if (!isFunctional && _longOwner == Owner.Transport)
        {
            _longOwner = next;
            _longLength = (int)length;
        }

        UpdateWaiting();
    }

    /// <summary>Takes the next complete request into <paramref name="message"/>; false when there is none.</summary>
    public bool Take(DcmMessage message)
    {
        if (_longOwner == Owner.Waiting)
        {
            _longOwner = Owner.Conversation;
            message.Begin(_longBuffer, _longLength, false);
        }
        else if (_smallOwner == Owner.Waiting)
        {
            _smallOwner = Owner.Conversation;
            message.Begin(_smallBuffer, _smallLength, _isSmallFunctional);
        }
        else
        {
            return false;
        }

        UpdateWaiting();
        return true;
    }

    /// <summary>Gives back the buffer of the request that was taken; nothing happens when that was done before.</summary>
    public void Release()
    {
        _longOwner = _longOwner == Owner.Conversation ? Owner.Nobody : _longOwner;
        _smallOwner = _smallOwner == Owner.Conversation ? Owner.Nobody : _smallOwner;
    }

    /// <summary>Gives back the small buffer, whose request was dealt with aside.</summary>
    public void ReleaseSmall()
    {
        _smallOwner = Owner.Nobody;
        UpdateWaiting();
    }

    /// <summary>Takes no more requests: a reset is on its way.</summary>
    public void Close()
    {
        _isClosed = true;
        _longOwner = Owner.Nobody;
        _smallOwner = Owner.Nobody;
        UpdateWaiting();
    }

    private void UpdateWaiting()
    {
        IsWaiting = _longOwner == Owner.Waiting || _smallOwner == Owner.Waiting;
    }
}
