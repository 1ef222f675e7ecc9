// A CAN controller as a script: the test says what arrives and how many frames may leave, and reads what left.
// Frames are written as "7E0#0201..." without blanks, as candump does.
using EsyncAgent;

namespace EsyncTests.AgentFirmware.CanIf;

/// <summary>An <see cref="ICan"/> that does what a test says.</summary>
internal sealed class ScriptedCan : ICan
{
    private readonly Queue<CanFrame> _arriving = new();

    /// <summary>Frames that left, oldest first.</summary>
    public List<string> Sent { get; } = [];

    /// <summary>Transmit buffers that are free; a frame that leaves takes one.</summary>
    public int FreeBuffers { get; set; } = int.MaxValue;

    /// <summary>False: what leaves is not written down, so that nothing is allocated.</summary>
    public bool IsRecording { get; set; } = true;

    /// <summary>Called with each frame that leaves.</summary>
    public Action<CanFrame>? FrameLeft { get; set; }

    public byte BlockSizeMax { get; set; }

    public byte SeparationTimeMin { get; set; }

    public uint OverrunCount { get; set; }

    public uint BusOffCount { get; set; }

    /// <summary>Frames that have arrived and were not taken yet.</summary>
    public int ArrivingCount => _arriving.Count;

    /// <summary>Lets a frame arrive: "7E0#023E00"; eight digits make a 29-bit identifier.</summary>
    public void Arrive(string frame)
    {
        string[] parts = frame.Split('#');
        byte[] data = Convert.FromHexString(parts[1]);
        Arrive(Convert.ToUInt32(parts[0], 16), parts[0].Length == 8, data);
    }

    public void Arrive(uint identifier, bool isExtended, byte[] data)
    {
        var frame = new CanFrame { Identifier = identifier, IsExtended = isExtended, Length = (byte)data.Length };
        data.CopyTo(frame.Data, 0);
        Arrive(frame);
    }

    public void Arrive(CanFrame frame) => _arriving.Enqueue(frame);

    public bool TryReceive(CanFrame into)
    {
        if (!_arriving.TryDequeue(out CanFrame? frame))
        {
            return false;
        }

        into.Identifier = frame.Identifier;
        into.IsExtended = frame.IsExtended;
        into.Length = frame.Length;
        frame.Data.CopyTo(into.Data, 0);
        return true;
    }

    public bool TrySend(CanFrame frame)
    {
        if (FreeBuffers == 0)
        {
            return false;
        }

        FreeBuffers--;
        if (IsRecording)
        {
            string identifier = frame.Identifier.ToString(frame.IsExtended ? "X8" : "X3");
            Sent.Add($"{identifier}#{Convert.ToHexString(frame.Data, 0, frame.Length)}");
        }

        FrameLeft?.Invoke(frame);
        return true;
    }
}
