// Port to what runs an application bundle: Assembly.Load(byte[]) on a board, an AssemblyLoadContext in host-sim.
// The bytes come in order, chunk by chunk, each already checked against its signed tag, and the loader runs exactly
// the copy that it was handed: what was checked is what runs. There is no unload; a new image needs a reset.
// A loader never throws: whatever the application does ends in a state.
// Tests: tests/agent-firmware/EcuM.
namespace EsyncAgent;

/// <summary>What the application is doing, as its loader sees it.</summary>
public enum ApplicationState : byte
{
    /// <summary>No bundle was started since reset.</summary>
    NotStarted = 0,

    /// <summary>Started; its self-test has not ended.</summary>
    Starting = 1,

    /// <summary>Its self-test passed and it runs.</summary>
    Running = 2,

    /// <summary>Its self-test said no.</summary>
    SelfTestFailed = 3,

    /// <summary>It threw, or its bundle could not be loaded.</summary>
    Faulted = 4,
}

/// <summary>What <see cref="IApplicationLoader.ReadDataByIdentifier"/> returns when it is no length.</summary>
public static class ApplicationAnswer
{
    /// <summary>The application has no such identifier, or does not answer any more.</summary>
    public const int Unknown = -1;

    /// <summary>The application, on a thread of its own, has not answered yet: to be asked again in the next cycle.</summary>
    public const int NotYet = -2;
}

/// <summary>Starts and watches one application bundle.</summary>
public interface IApplicationLoader
{
    /// <summary>Runtime whose bundles can be started: 1 net10.0, 2 nanoFramework (PROTOCOL.md, "Application bundle").</summary>
    byte Runtime { get; }

    /// <summary>Version of the application contract EsyncAgent.App that is resident.</summary>
    ushort ContractVersion { get; }

    /// <summary>State of the application.</summary>
    ApplicationState State { get; }

    /// <summary>Goes up with each completed turn of the application; wraps. Standing still means a stall.</summary>
    uint AliveCounter { get; }

    /// <summary>The application's consent to an update (vehicle at rest and the like); true when none runs.</summary>
    bool IsUpdateAllowed { get; }

    /// <summary>Gives the loader what it passes the application's signals and outputs on to. Called once, before an image is started.</summary>
    void Attach(IApplicationData data);

    /// <summary>Makes room for an image of <paramref name="imageLength"/> bytes. NotOk when the board has not enough memory.</summary>
    StdReturn Begin(uint imageLength);

    /// <summary>Takes the next bytes of the image; they are copied.</summary>
    StdReturn Append(byte[] data, int offset, int count);

    /// <summary>Starts the image that was appended. NotOk when it is not a bundle that can run here.</summary>
    StdReturn Start();

    /// <summary>Gives the application its turn where it has no thread of its own (a virtual ECU).</summary>
    void MainFunction(uint nowMs);

    /// <summary>Reads a data identifier of the application into <paramref name="into"/>; returns the length, or an <see cref="ApplicationAnswer"/>. One at a time.</summary>
    int ReadDataByIdentifier(ushort dataIdentifier, byte[] into, int offset);

    /// <summary>Takes the oldest diagnostic event that the application reported: its number times two, plus one when it failed; −1 when there is none.</summary>
    int TakeEvent();
}
