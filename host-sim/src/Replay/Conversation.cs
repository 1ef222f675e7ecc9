// The questions of a tester to one ECU and the answers, out of frames: those of a log, or those that come now.
// Invariants: an answer belongs to the last question before it with its service; an answer that nobody asked for (service 2A, a lost
// question) is counted apart. It must not judge. Clause: ISO 14229-1:2020 §8.
// Tests: tests/host-sim/Replay/ConversationTests.cs.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Decode;

namespace EsyncSim.Replay;

/// <summary>A question and its answers.</summary>
/// <param name="Request">The request.</param>
/// <param name="IsFunctional">True when it went to all ECUs.</param>
/// <param name="Ns">Its end.</param>
public sealed record Exchange(byte[] Request, bool IsFunctional, long Ns)
{
    private readonly List<byte[]> _responses = [];

    /// <summary>Answers, response pendings among them.</summary>
    public IReadOnlyList<byte[]> Responses => _responses;

    /// <summary>The last answer that is no response pending; null for none.</summary>
    public byte[]? Final => _responses.FindLast(response => !IsPending(response));

    /// <summary>Adds an answer.</summary>
    internal void Add(byte[] response) => _responses.Add(response);

    private static bool IsPending(byte[] response) => response is [0x7F, _, 0x78, ..];
}

/// <summary>Puts a conversation together.</summary>
/// <param name="ids">Identifiers of the ECU.</param>
public sealed class Conversation(CanIfConfig ids) : IBusObserver
{
    private const byte Negative = 0x7F;
    private const byte Positive = 0x40;

    private readonly IsoTpTrace _physical = new();
    private readonly IsoTpTrace _functional = new();
    private readonly IsoTpTrace _response = new();
    private readonly List<Exchange> _exchanges = [];

    /// <summary>The exchanges, in the order of their requests.</summary>
    public IReadOnlyList<Exchange> Exchanges => _exchanges;

    /// <summary>Answers that nobody asked for.</summary>
    public int UnaskedCount { get; private set; }

    /// <inheritdoc/>
    public void OnRecord(in BusRecord record)
    {
        if (record.IsWhole)
        {
            Take(record.Frame, record.EndNs);
        }
    }

    /// <summary>Takes the next frame of the bus.</summary>
    public void Take(in BusFrame frame, long ns)
    {
        if (frame.IsExtended != ids.IsExtended)
        {
            return;
        }

        if (frame.Identifier == ids.TxId)
        {
            if (_response.Take(frame, ns, ns).Message is { } answer)
            {
                Answer(answer.Bytes);
            }

            return;
        }

        bool isFunctional = frame.Identifier == ids.FunctionalRxId;
        if ((isFunctional || frame.Identifier == ids.PhysicalRxId) && (isFunctional ? _functional : _physical).Take(frame, ns, ns).Message is { } request)
        {
            _exchanges.Add(new Exchange(request.Bytes, isFunctional, ns));
        }
    }

    private void Answer(byte[] bytes)
    {
        byte service = bytes[0] == Negative && bytes.Length > 1 ? bytes[1] : (byte)(bytes[0] - Positive);
        if (_exchanges.FindLast(exchange => exchange.Request[0] == service) is { } asked)
        {
            asked.Add(bytes);
        }
        else
        {
            UnaskedCount++;
        }
    }
}
