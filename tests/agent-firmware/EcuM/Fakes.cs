// The ports that the rig does not care about: a silent bus, a processor, a loader that behaves as the image says.
using System.Text;
using EsyncAgent;

namespace EsyncTests.AgentFirmware.EcuM;

public sealed class SilentCan : ICan
{
    public byte BlockSizeMax => 0;

    public byte SeparationTimeMin => 0;

    public uint OverrunCount => 0;

    public uint BusOffCount => 0;

    public bool TryReceive(CanFrame into) => false;

    public bool TrySend(CanFrame frame) => true;
}

public sealed class FakeMcu : IMcu
{
    private byte _entropy;

    public McuResetCause ResetCause => McuResetCause.Unknown;

    public uint NowMs { get; set; }

    public bool IsResetRequested { get; private set; }

    public int ReadUniqueId(byte[] into) => 0;

    public void ReadEntropy(byte[] into) => Array.Fill(into, ++_entropy);

    public void Reset() => IsResetRequested = true;
}

/// <summary>Runs nothing, but behaves as the first bytes of the bundle's assembly tell: good, selftest, throws, stalls.</summary>
public sealed class FakeApplicationLoader : IApplicationLoader
{
    private byte[] _image = [];
    private int _length;
    private string _behaviour = "good";

    public byte Runtime => 1;

    public ushort ContractVersion => 1;

    public ApplicationState State { get; private set; }

    public uint AliveCounter { get; private set; }

    public bool IsUpdateAllowed { get; set; } = true;

    public byte[] Image => _image;

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

        _behaviour = TestImage.BehaviourOf(_image);
        State = _behaviour == "throws" ? ApplicationState.Faulted : ApplicationState.Starting;
        return _behaviour == "throws" ? StdReturn.NotOk : StdReturn.Ok;
    }

    public void MainFunction(uint nowMs)
    {
        if (State == ApplicationState.Starting)
        {
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
