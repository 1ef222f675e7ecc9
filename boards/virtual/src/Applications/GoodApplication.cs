// The application that works: its data identifiers show over the bus which version runs, and that it runs; it publishes a signal.
// Tests: tests/boards/virtual/CompiledInLoaderTests.cs.
using EsyncAgent.App;

namespace EsyncAgent.Emulator;

/// <summary>DID 0100: its version as text; 0101: its turns since the start (4 bytes); signal F201: an air temperature that rises by a degree a second.</summary>
public sealed class GoodApplication : CompiledInApplication
{
    /// <summary>Entry class in an image's header.</summary>
    public const string EntryClass = "EsyncAgent.Emulator.GoodApplication";

    private const ushort AirTemperature = 0xF201;
    private const int ColdCelsius = 12;

    private readonly string _version;
    private IApplicationServices _services;
    private uint _turns;
    private uint _startedMs;

    /// <summary>Makes it; <paramref name="version"/> is the one in the image's header.</summary>
    public GoodApplication(string version)
    {
        _version = version;
    }

    /// <inheritdoc/>
    public override void Start(IApplicationServices services)
    {
        _services = services;
    }

    /// <inheritdoc/>
    public override void Cycle(uint nowMs)
    {
        _startedMs = _turns == 0 ? nowMs : _startedMs;
        _turns++;
        _services.PublishSignal(AirTemperature, ColdCelsius + (int)((nowMs - _startedMs) / 1000 % 16));
    }

    /// <inheritdoc/>
    public override int ReadDataByIdentifier(ushort dataIdentifier, byte[] into, int offset)
    {
        switch (dataIdentifier)
        {
            case 0x0100:
                for (int i = 0; i < _version.Length; i++)
                {
                    into[offset + i] = (byte)_version[i];
                }

                return _version.Length;
            case 0x0101:
                BigEndian.WriteU32(into, offset, _turns);
                return 4;
            default:
                return -1;
        }
    }
}
