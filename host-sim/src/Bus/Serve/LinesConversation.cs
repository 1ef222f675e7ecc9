// Diagnostic messages of one ECU as lines of hexadecimal digits (gallia's tcp-lines): a request in, its responses out, response
// pendings too. A tester on the bus stands for the client while a request is under way, and only then: at other times it would
// answer first frames that are meant for somebody else.
// Invariants: one request at a time, in the order of the lines; a line that is no request ends the conversation. What an ECU sends
// without having been asked does not come.
// Clauses: ISO 14229-2:2013 §7.2 (P2, P2*).
// Tests: tests/host-sim/Bus/Serve/LinesConversationTests.cs.
using System.Runtime.ExceptionServices;
using System.Text;
using EsyncAgent;
using EsyncSim.Client;

namespace EsyncSim.Bus.Serve;

/// <summary>A client that speaks UDS in lines.</summary>
/// <param name="side">The client.</param>
/// <param name="bus">The bus.</param>
/// <param name="ecu">The ECU.</param>
public sealed class LinesConversation(IClientSide side, VirtualBus bus, EcuConfig ecu) : Conversation
{
    private const int MessageLengthMax = 4095;
    private const int DeltaMs = 100; // the way there and back
    private readonly Queue<byte[]> _requests = new();
    private readonly StringBuilder _line = new();
    private VirtualCan? _can;
    private bool _isWorking;
    private bool _isEnded;

    /// <inheritdoc/>
    public override int Waiting => _requests.Count + (_isWorking ? 1 : 0);

    /// <inheritdoc/>
    public override void Take(ReadOnlySpan<byte> bytes)
    {
        foreach (byte one in bytes)
        {
            if (_isEnded)
            {
                return;
            }

            if (one != '\n')
            {
                _line.Append((char)one);
                if (_line.Length > (2 * MessageLengthMax) + 2)
                {
                    Refuse($"sent a line that is longer than {MessageLengthMax} bytes");
                }

                continue;
            }

            string text = _line.ToString().Trim();
            _line.Clear();
            TakeLine(text);
        }
    }

    /// <inheritdoc/>
    public override void End()
    {
        _isEnded = true;
        _requests.Clear();
        _can?.Leave();
    }

    private void TakeLine(string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        if (text.Length % 2 != 0 || !text.All(char.IsAsciiHexDigit))
        {
            Refuse("sent a line that is no request in hexadecimal digits");
            return;
        }

        _requests.Enqueue(Convert.FromHexString(text));
        if (!_isWorking)
        {
            _isWorking = true;
            _ = WorkAsync();
        }
    }

    private async Task WorkAsync()
    {
        try
        {
            while (_requests.TryDequeue(out byte[]? request))
            {
                await AskAsync(request);
            }
        }
        catch (Exception exception)
        {
            bus.Time.Post(ExceptionDispatchInfo.Capture(exception).Throw); // a fault of the program, which ends the run
        }

        _isWorking = false;
        side.Continue();
    }

    private async Task AskAsync(byte[] request)
    {
        _can = new VirtualCan(bus, "tcp-lines");
        IsoTpLink link = new(bus.Time, _can, ecu.CanIf, ecu.CanTp);
        int windowMs = ecu.Dcm.P2ServerMsMax + DeltaMs;
        if (!await link.SendAsync(request) && !_isEnded)
        {
            side.Note($"asked {Convert.ToHexString(request.AsSpan(0, Math.Min(request.Length, 4)))}…, which {ecu.Name} does not take from the bus");
        }

        while (!_isEnded && await link.ReceiveAsync(windowMs * VirtualTime.NsPerMs) is { } response)
        {
            side.Reply(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(response) + "\n"));
            if (response is not [0x7F, _, Nrc.ResponsePending])
            {
                break;
            }

            windowMs = ecu.Dcm.P2StarServerMsMax + DeltaMs;
        }

        link.Close();
        _can.Leave();
        _can = null;
    }

    private void Refuse(string why)
    {
        _isEnded = true;
        side.Close(why);
    }
}
