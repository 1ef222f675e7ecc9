// An application on its loader, with a clock that the test moves.
using EsyncAgent;
using EsyncSim.Applications;

namespace EsyncTests.HostSim.Applications;

internal sealed class RunningApplication : IDisposable
{
    private uint _nowMs = 4_294_960_000; // soon wraps

    public RunningApplication(byte[] image, int appended = int.MaxValue)
    {
        Loader.Begin((uint)image.Length);
        int count = Math.Min(image.Length, appended);
        for (int i = 0; i < count; i += 4096)
        {
            Loader.Append(image, i, Math.Min(4096, count - i));
        }

        StartResult = Loader.Start();
    }

    public HostApplicationLoader Loader { get; } = new();

    public StdReturn StartResult { get; }

    public static RunningApplication Of(string application, string release) => new(BuiltInApplications.Image(application, release));

    public void RunFor(uint milliseconds)
    {
        for (uint i = 0; i < milliseconds; i++)
        {
            Loader.MainFunction(_nowMs++);
        }
    }

    public byte[]? Read(ushort dataIdentifier)
    {
        byte[] value = new byte[64];
        int length = Loader.ReadDataByIdentifier(dataIdentifier, value, 0);
        return length < 0 ? null : value[..length];
    }

    public void Dispose() => Loader.Dispose();
}
