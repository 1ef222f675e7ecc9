// The application loader of the simulation: runs no code, but behaves as the first byte of the bundle's assembly says. A
// real bundle would cost a seed more than everything else in it.
// Invariant: it hands what it was given to the observer before anything of it could run.
// It must not know which releases are good.
// Tests: tests/host-sim/Simulation.
using EsyncAgent;
using EsyncSim.Packages;

namespace EsyncSim.Simulation;

/// <summary>An application that behaves as its image says.</summary>
public sealed class ScriptedApplication : IApplicationLoader
{
    /// <summary>Version of the application contract.</summary>
    public const ushort ResidentContractVersion = 1;

    private const uint TurnMs = 10;
    private const uint TurnsPerValue = 5;
    private const ushort FirstSignal = 0x0200;
    private const int SignalCount = 4;
    private byte[] _image = [];
    private int _length;
    private ReleaseBehaviour _behaviour;
    private uint _lastTurnMs;
    private bool _hasTurned;
    private IApplicationData? _data;

    /// <summary>What an image does on this ECU, whatever its first byte says; null leaves it to that.</summary>
    public Func<ApplicationBundle, ReleaseBehaviour?>? Nature { get; init; }

    /// <summary>Called with the bytes that are about to run.</summary>
    public Action<byte[]>? Starting { get; init; }

    /// <inheritdoc/>
    public byte Runtime => (byte)BundleRuntime.Net10;

    /// <inheritdoc/>
    public ushort ContractVersion => ResidentContractVersion;

    /// <inheritdoc/>
    public ApplicationState State { get; private set; }

    /// <inheritdoc/>
    public uint AliveCounter { get; private set; }

    /// <inheritdoc/>
    public bool IsUpdateAllowed => true;

    /// <inheritdoc/>
    public void Attach(IApplicationData data) => _data = data;

    /// <inheritdoc/>
    public StdReturn Begin(uint imageLength)
    {
        _image = new byte[imageLength];
        _length = 0;
        return StdReturn.Ok;
    }

    /// <inheritdoc/>
    public StdReturn Append(byte[] data, int offset, int count)
    {
        if (count > _image.Length - _length)
        {
            return StdReturn.NotOk;
        }

        Array.Copy(data, offset, _image, _length, count);
        _length += count;
        return StdReturn.Ok;
    }

    /// <inheritdoc/>
    public StdReturn Start()
    {
        Starting?.Invoke(_image);
        bool isBundle = _length == _image.Length && ApplicationBundle.TryParse(_image, out ApplicationBundle? bundle) is null && TakeBehaviour(bundle!);
        State = isBundle ? ApplicationState.Starting : ApplicationState.Faulted;
        _image = [];
        _length = 0;
        return isBundle ? StdReturn.Ok : StdReturn.NotOk;
    }

    /// <inheritdoc/>
    public void MainFunction(uint nowMs)
    {
        if (_hasTurned && nowMs - _lastTurnMs < TurnMs)
        {
            return;
        }

        _hasTurned = true;
        _lastTurnMs = nowMs;
        if (State == ApplicationState.Starting && _behaviour != ReleaseBehaviour.HangsInSelfTest)
        {
            State = _behaviour == ReleaseBehaviour.FailsSelfTest ? ApplicationState.SelfTestFailed : ApplicationState.Running;
        }
        else if (State == ApplicationState.Running && _behaviour != ReleaseBehaviour.Stalls)
        {
            AliveCounter++;
            Publish();
        }
    }

    /// <inheritdoc/>
    public int ReadDataByIdentifier(ushort dataIdentifier, byte[] into, int offset) => ApplicationAnswer.Unknown;

    /// <inheritdoc/>
    public int TakeEvent() => -1;

    // Slopes that fall back to zero: small changes, and now and then a large one.
    private void Publish()
    {
        for (int signal = 0; AliveCounter % TurnsPerValue == 0 && signal < SignalCount; signal++)
        {
            _data?.Publish((ushort)(FirstSignal + signal), (int)(AliveCounter * (uint)(signal + 1) % 900));
        }
    }

    private bool TakeBehaviour(ApplicationBundle bundle)
    {
        _behaviour = Nature?.Invoke(bundle) ?? (ReleaseBehaviour)bundle.Assemblies[0][0];
        return _behaviour != ReleaseBehaviour.Throws;
    }
}
