// The two receive buffers of the diagnostic server (AUTOSAR: Dsl protocol buffers). The long one takes physically
// addressed requests; the small one takes functional requests, which are single frames (ISO 15765-2:2016 §9.4), and
// single frames that come on the physical address while the long one is taken: so that a second tester's TesterPresent
// never waits for the first one's request (ISO 14229-1:2020 §8.7.1, ISO 14229-2:2013 §7.4).
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

    private readonly byte[] longBuffer;
    private readonly byte[] smallBuffer = new byte[SingleFrameLengthMax + 1];
    private Owner longOwner;
    private Owner smallOwner;
    private int longLength;
    private int smallLength;
    private bool isSmallFunctional;
    private bool isClosed;

    /// <summary>Makes the buffers, for requests of <paramref name="lengthMax"/> bytes at most.</summary>
    public DslReception(int lengthMax)
    {
        longBuffer = new byte[lengthMax];
    }

    /// <summary>True while a complete request waits to be taken.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>True while the transport is receiving a request of several frames.</summary>
    public bool IsReceiving
    {
        get { return longOwner == Owner.Transport; }
    }

    /// <summary>True while the small buffer holds a complete request.</summary>
    public bool IsSmallWaiting
    {
        get { return smallOwner == Owner.Waiting; }
    }

    /// <summary>The small buffer's request, valid while <see cref="IsSmallWaiting"/>.</summary>
    public byte[] Small
    {
        get { return smallBuffer; }
    }

    /// <summary>Length of the small buffer's request.</summary>
    public int SmallLength
    {
        get { return smallLength; }
    }

    /// <summary>Gives the transport a buffer for a request, null when there is none (see <see cref="ICanTpUpper"/>).</summary>
    public byte[] Start(bool isFunctional, uint length)
    {
        if (isClosed)
        {
            return null;
        }

        if (!isFunctional && longOwner == Owner.Nobody)
        {
            if (length > (uint)longBuffer.Length)
            {
                return null;
            }

            longOwner = Owner.Transport;
            return longBuffer;
        }

        if (length > SingleFrameLengthMax || smallOwner != Owner.Nobody)
        {
            return null;
        }

        smallOwner = Owner.Transport;
        isSmallFunctional = isFunctional;
        return smallBuffer;
    }

    /// <summary>The transport has ended a reception; a failed one gives its buffer back.</summary>
    public void End(bool isFunctional, uint length, bool isComplete)
    {
        Owner next = isComplete && length != 0 ? Owner.Waiting : Owner.Nobody;
        if (smallOwner == Owner.Transport && isSmallFunctional == isFunctional)
        {
            smallOwner = next;
            smallLength = (int)length;
        }
        else if (!isFunctional && longOwner == Owner.Transport)
        {
            longOwner = next;
            longLength = (int)length;
        }

        UpdateWaiting();
    }

    /// <summary>Takes the next complete request into <paramref name="message"/>; false when there is none.</summary>
    public bool Take(DcmMessage message)
    {
        if (longOwner == Owner.Waiting)
        {
            longOwner = Owner.Conversation;
            message.Begin(longBuffer, longLength, false);
        }
        else if (smallOwner == Owner.Waiting)
        {
            smallOwner = Owner.Conversation;
            message.Begin(smallBuffer, smallLength, isSmallFunctional);
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
        longOwner = longOwner == Owner.Conversation ? Owner.Nobody : longOwner;
        smallOwner = smallOwner == Owner.Conversation ? Owner.Nobody : smallOwner;
    }

    /// <summary>Gives back the small buffer, whose request was dealt with aside.</summary>
    public void ReleaseSmall()
    {
        smallOwner = Owner.Nobody;
        UpdateWaiting();
    }

    /// <summary>Takes no more requests: a reset is on its way.</summary>
    public void Close()
    {
        isClosed = true;
        longOwner = Owner.Nobody;
        smallOwner = Owner.Nobody;
        UpdateWaiting();
    }

    private void UpdateWaiting()
    {
        IsWaiting = longOwner == Owner.Waiting || smallOwner == Owner.Waiting;
    }
}
