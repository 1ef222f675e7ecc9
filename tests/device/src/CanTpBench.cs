// One ISO-TP connection over a scripted controller: Hear(frame), Expect(frames), After(milliseconds), Message. Frames are text,
// padded with CC to 8 bytes, so that a story shows what matters.
using EsyncAgent.Emulator;
using nanoFramework.TestFramework;

namespace EsyncAgent.DeviceTests;

/// <summary>Controller, connection and upper layer in one.</summary>
internal sealed class CanTpBench : ICan, ICanTpUpper
{
    private readonly CanFrame _incoming = new CanFrame();
    private readonly byte[] _buffer = new byte[64];
    private readonly CanIf _canIf;
    private string _sent = "";
    private bool _isIncoming;
    private uint _nowMs = uint.MaxValue - 100;

    /// <summary>A connection that announces this block size and STmin.</summary>
    internal CanTpBench(byte blockSize, byte separationTimeMin)
    {
        CanIfConfig identifiers = new CanIfConfig();
        identifiers.PhysicalRxId = 0x7E0;
        identifiers.FunctionalRxId = 0x7DF;
        identifiers.TxId = 0x7E8;
        CanTpConfig config = new CanTpConfig();
        config.BlockSize = blockSize;
        config.SeparationTimeMin = separationTimeMin;
        _canIf = new CanIf(identifiers, this);
        CanTp = new CanTp(config, _canIf);
        CanTp.Attach(this);
    }

    /// <summary>The connection.</summary>
    internal CanTp CanTp { get; }

    /// <summary>The last whole message, as text; empty when there was none.</summary>
    internal string Message { get; private set; } = "";

    /// <summary>How the last reception ended.</summary>
    internal CanTpResult Result { get; private set; } = CanTpResult.Ok;

    /// <summary>How the last transmission ended; null as long as none did.</summary>
    internal string Confirmation { get; private set; }

    /// <inheritdoc/>
    public byte BlockSizeMax
    {
        get { return 0; }
    }

    /// <inheritdoc/>
    public byte SeparationTimeMin
    {
        get { return 0; }
    }

    /// <inheritdoc/>
    public uint OverrunCount
    {
        get { return 0; }
    }

    /// <inheritdoc/>
    public uint BusOffCount
    {
        get { return 0; }
    }

    /// <summary>A frame arrives; one cycle follows.</summary>
    internal void Hear(string frame)
    {
        byte[] bytes = Hex.Bytes(frame);
        Bytes.Fill(_incoming.Data, 0, 8, 0xCC);
        System.Array.Copy(bytes, 0, _incoming.Data, 0, bytes.Length);
        _incoming.Identifier = 0x7E0;
        _incoming.Length = 8;
        _isIncoming = true;
        Cycle();
    }

    /// <summary>Milliseconds go by, a cycle each.</summary>
    internal void After(int milliseconds)
    {
        for (int i = 0; i < milliseconds; i++)
        {
            _nowMs++;
            Cycle();
        }
    }

    /// <summary>Exactly these frames have left since the last look, each padded to 8 bytes and ended by a slash.</summary>
    internal void Expect(string frames)
    {
        Assert.AreEqual(frames, _sent);
        _sent = "";
    }

    /// <summary>Sends a message; one cycle follows.</summary>
    internal void Transmit(string message)
    {
        byte[] data = Hex.Bytes(message);
        Assert.AreEqual((int)StdReturn.Ok, (int)CanTp.Transmit(data, 0, (uint)data.Length));
        Cycle();
    }

    /// <inheritdoc/>
    public bool TryReceive(CanFrame into)
    {
        bool isThere = _isIncoming;
        _isIncoming = false;
        into.Identifier = _incoming.Identifier;
        into.IsExtended = false;
        into.Length = _incoming.Length;
        System.Array.Copy(_incoming.Data, 0, into.Data, 0, 8);
        return isThere;
    }

    /// <inheritdoc/>
    public bool TrySend(CanFrame frame)
    {
        _sent += Text.Hex(frame.Data, 0, frame.Length) + "/";
        return true;
    }

    /// <inheritdoc/>
    public byte[] StartOfReception(bool isFunctional, uint length)
    {
        return length <= (uint)_buffer.Length ? _buffer : null;
    }

    /// <inheritdoc/>
    public void RxIndication(bool isFunctional, uint length, CanTpResult result)
    {
        Result = result;
        Message = result == CanTpResult.Ok ? Text.Hex(_buffer, 0, (int)length) : "";
    }

    /// <inheritdoc/>
    public void TxConfirmation(CanTpResult result)
    {
        Confirmation = ((int)result).ToString();
    }

    private void Cycle()
    {
        _canIf.MainFunction(_nowMs);
        CanTp.MainFunction(_nowMs);
    }
}
