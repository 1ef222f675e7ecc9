// One connection, told as a story: Hears(frame), Sends(frame), After(milliseconds), Got(message), Confirms(result).
// Frames are hex text with blanks; those shorter than 8 bytes are padded with CC, so that a story shows what matters.
// Identifiers are left out: requests come on 7E0, functional ones on 7DF, the connection sends on 7E8.
using EsyncAgent;
using EsyncTests.AgentFirmware.CanIf;
using Xunit;

namespace EsyncTests.AgentFirmware.CanTp;

/// <summary>CanIf and CanTp over a scripted controller, and an upper layer that writes down what it is told.</summary>
internal sealed class TpStory : ICanTpUpper
{
    private readonly Queue<string> _got = new();
    private readonly Queue<CanTpResult> _confirmed = new();
    private int _sentSeen;
    private byte[] _physical = [];
    private byte[] _functional = [];

    public TpStory(CanTpConfig? config = null, ScriptedCan? can = null)
    {
        Can = can ?? new ScriptedCan();
        CanIf = new EsyncAgent.CanIf(new CanIfConfig { PhysicalRxId = 0x7E0, FunctionalRxId = 0x7DF, TxId = 0x7E8, TransmitQueueLength = 2 }, Can);
        CanTp = new EsyncAgent.CanTp(config ?? new CanTpConfig(), CanIf);
        CanTp.Attach(this);
    }

    public ScriptedCan Can { get; }

    public EsyncAgent.CanIf CanIf { get; }

    public EsyncAgent.CanTp CanTp { get; }

    /// <summary>What the upper layer answers to the beginning of a message; by default a buffer that fits.</summary>
    public Func<uint, byte[]?> Buffer { get; set; } = length => new byte[length];

    /// <summary>What the upper layer does when its transmission is confirmed.</summary>
    public Action? WhenConfirmed { get; set; }

    public uint NowMs { get; set; } = 0xFFFFFF00; // wraps in the longer stories

    /// <summary>A frame arrives on the physical identifier, padded to 8; one cycle follows.</summary>
    public TpStory Hears(string hex) => HearsRaw("7E0", Padded(hex));

    /// <summary>A frame arrives on the functional identifier, padded to 8; one cycle follows.</summary>
    public TpStory HearsFunctional(string hex) => HearsRaw("7DF", Padded(hex));

    /// <summary>A frame arrives with exactly these bytes; one cycle follows.</summary>
    public TpStory HearsShort(string hex) => HearsRaw("7E0", hex.Replace(" ", ""));

    /// <summary>Frames arrive together; one cycle follows.</summary>
    public TpStory HearsTogether(params string[] frames)
    {
        foreach (string hex in frames)
        {
            Can.Arrive("7E0#" + Padded(hex));
        }

        return Cycle();
    }

    /// <summary>True when a flow control was given to CanIf in the last cycle.</summary>
    public bool HasAsked { get; private set; }

    /// <summary>The upper layer sends these bytes; one cycle follows.</summary>
    public TpStory Transmits(string hex)
    {
        byte[] data = Convert.FromHexString(hex.Replace(" ", ""));
        Assert.Equal(StdReturn.Ok, CanTp.Transmit(data, 0, (uint)data.Length));
        return Cycle();
    }

    /// <summary>Exactly these frames have left since the last look.</summary>
    public TpStory Sends(params string[] frames)
    {
        string[] expected = frames.Select(hex => Padded(hex)).ToArray();
        string[] actual = Can.Sent.Skip(_sentSeen).Select(frame => frame["7E8#".Length..]).ToArray();
        _sentSeen = Can.Sent.Count;
        Assert.Equal(expected, actual);
        return this;
    }

    /// <summary>The upper layer got this message, whole.</summary>
    public TpStory Got(string hex, bool isFunctional = false) => Told($"{(isFunctional ? "F" : "P")} Ok {hex.Replace(" ", "")}");

    /// <summary>A reception has ended like this, with so many bytes in the buffer.</summary>
    public TpStory Lost(CanTpResult result, int length) => Told($"P {result} {length}");

    /// <summary>The upper layer was told nothing of receptions since the last look.</summary>
    public TpStory GotNothing()
    {
        Assert.Empty(_got);
        return this;
    }

    /// <summary>The transmission has ended like this.</summary>
    public TpStory Confirms(CanTpResult result)
    {
        Assert.Equal([result], _confirmed);
        _confirmed.Clear();
        return this;
    }

    /// <summary>No transmission has ended since the last look.</summary>
    public TpStory ConfirmsNothing()
    {
        Assert.Empty(_confirmed);
        return this;
    }

    /// <summary>Milliseconds pass, a cycle in each.</summary>
    public TpStory After(int milliseconds)
    {
        for (int i = 0; i < milliseconds; i++)
        {
            NowMs++;
            Cycle();
        }

        return this;
    }

    public TpStory Cycle()
    {
        CanIf.MainFunction(NowMs);
        HasAsked = CanTp.MainFunction(NowMs);
        return this;
    }

    byte[] ICanTpUpper.StartOfReception(bool isFunctional, uint length)
    {
        byte[]? buffer = Buffer(length);
        if (isFunctional)
        {
            _functional = buffer ?? [];
        }
        else
        {
            _physical = buffer ?? [];
        }

        return buffer!;
    }

    void ICanTpUpper.RxIndication(bool isFunctional, uint length, CanTpResult result)
    {
        string what = result == CanTpResult.Ok ? Convert.ToHexString(isFunctional ? _functional : _physical, 0, (int)length) : $"{length}";
        _got.Enqueue($"{(isFunctional ? "F" : "P")} {result} {what}");
    }

    void ICanTpUpper.TxConfirmation(CanTpResult result)
    {
        _confirmed.Enqueue(result);
        WhenConfirmed?.Invoke();
    }

    private static string Padded(string hex) => hex.Replace(" ", "").PadRight(16, 'C');

    private TpStory Told(string expected)
    {
        Assert.True(_got.Count > 0, $"The upper layer was told nothing, where {expected} was expected.");
        Assert.Equal(expected, _got.Dequeue());
        return this;
    }

    private TpStory HearsRaw(string identifier, string hex)
    {
        Can.Arrive($"{identifier}#{hex}");
        return Cycle();
    }
}
