// An application loader that runs nothing: it behaves as the image says, and keeps the bytes that it was given.
// Invariant: what was loaded can be compared with a signed image to the byte; RAM, and gone with each start.
// Tests: tests/agent-firmware/EcuM.
using EsyncAgent;

namespace EsyncSim.Sweep;

/// <summary>Runs nothing, but behaves as the first bytes of the bundle's assembly tell: good, slow, selftest, throws, stalls.</summary>
public sealed class ScriptedLoader : IApplicationLoader
{
    /// <summary>How long the self-test of a slow application takes, in milliseconds.</summary>
    public const uint SlowSelfTestMs = 1500;

    private byte[] _image = [];
    private int _length;
    private string _behaviour = "good";
    private uint _firstTurnMs;
    private bool _hasTurned;

    public byte Runtime => 1;

    public ushort ContractVersion => 2;

    public ApplicationState State { get; private set; }

    public uint AliveCounter { get; private set; }

    public bool IsUpdateAllowed { get; set; } = true;

    public byte[] Image => _image;

    public void Attach(IApplicationData data)
    {
    }

    public StdReturn Begin(uint imageLength)
    {
        _image = new byte[imageLength];
        _length = 0;
        return StdReturn.Ok;
    }

    public StdReturn Append(byte[] data, int offset, int count)
    {
        Array.Copy(data, offset, _image, _length, count);
        _length += count;
        return StdReturn.Ok;
    }

    public StdReturn Start()
    {
        if (_length != _image.Length)
        {
            throw new InvalidOperationException("started before the whole image was there");
        }

        _behaviour = SignedImage.BehaviourOf(_image);
        State = _behaviour == "throws" ? ApplicationState.Faulted : ApplicationState.Starting;
        return _behaviour == "throws" ? StdReturn.NotOk : StdReturn.Ok;
    }

    public void MainFunction(uint nowMs)
    {
        if (!_hasTurned)
        {
            _hasTurned = true;
            _firstTurnMs = nowMs;
        }

        if (State == ApplicationState.Starting)
        {
            if (_behaviour == "slow" && nowMs - _firstTurnMs < SlowSelfTestMs)
            {
                return;
            }

            State = _behaviour == "selftest" ? ApplicationState.SelfTestFailed : ApplicationState.Running;
        }
        else if (State == ApplicationState.Running && _behaviour != "stalls")
        {
            AliveCounter++;
        }
    }

    public int ReadDataByIdentifier(ushort dataIdentifier, byte[] into, int offset) => -1;

    public int TakeEvent() => -1;
}
