// One request and the response that is being made of it: what Dsl, Dsd and a service hand to each other.
// Exists once and is used for every request. Invariants: Request is the transport's receive buffer itself, never a copy,
// and valid until the service has ended; Response is longer than any response may be, so that a record is written
// first and measured afterwards.
// Tests: tests/agent-firmware/Dcm.
namespace EsyncAgent;

/// <summary>The request under way.</summary>
public sealed class DcmMessage
{
    // The longest single record that another module writes unmeasured, and its identifier.
    private const int ResponseSlack = DspRecords.UnmeasuredLengthMax + 2;

    /// <summary>Makes the message for responses of <paramref name="responseLengthMax"/> bytes.</summary>
    public DcmMessage(int responseLengthMax)
    {
        ResponseLengthMax = responseLengthMax;
        Response = new byte[responseLengthMax + ResponseSlack];
    }

    /// <summary>Request, from its SID on.</summary>
    public byte[] Request { get; private set; }

    /// <summary>Length of the request, 1 or more.</summary>
    public int RequestLength { get; private set; }

    /// <summary>True when it came on the functional address.</summary>
    public bool IsFunctional { get; private set; }

    /// <summary>True when the suppressPosRspMsgIndicationBit was set (ISO 14229-1:2020 §8.2.2).</summary>
    public bool IsPositiveSuppressed { get; set; }

    /// <summary>Response, from its SID on; Dsd writes SID and sub-function, the service appends.</summary>
    public byte[] Response { get; }

    /// <summary>Longest response that may be sent.</summary>
    public int ResponseLengthMax { get; }

    /// <summary>Bytes of the response so far.</summary>
    public int ResponseLength { get; set; }

    /// <summary>Why the request was refused; valid after NotOk.</summary>
    public byte RefusedWith { get; private set; }

    /// <summary>SID of the request.</summary>
    public byte Sid
    {
        get { return Request[0]; }
    }

    /// <summary>Sub-function without the suppress bit; only for services that have one.</summary>
    public byte SubFunction
    {
        get { return (byte)(Request[1] & 0x7F); }
    }

    /// <summary>Begins with a new request.</summary>
    public void Begin(byte[] request, int length, bool isFunctional)
    {
        Request = request;
        RequestLength = length;
        IsFunctional = isFunctional;
        IsPositiveSuppressed = false;
        ResponseLength = 0;
        RefusedWith = Nrc.None;
    }

    /// <summary>Refuses the request; returns NotOk, so that a service can say so and leave in one line.</summary>
    public StdReturn Refuse(byte nrc)
    {
        RefusedWith = nrc;
        return StdReturn.NotOk;
    }

    /// <summary>Appends one byte to the response.</summary>
    public void Append(byte value)
    {
        Response[ResponseLength++] = value;
    }

    /// <summary>Appends two bytes, big-endian.</summary>
    public void AppendU16(ushort value)
    {
        BigEndian.WriteU16(Response, ResponseLength, value);
        ResponseLength += 2;
    }

    /// <summary>Appends a range of bytes.</summary>
    public void Append(byte[] from, int offset, int count)
    {
        System.Array.Copy(from, offset, Response, ResponseLength, count);
        ResponseLength += count;
    }
}
