// A board's loader with an application that the test writes, the agent's supervision of it, and time in steps of 1 ms.
using EsyncAgent;
using EsyncAgent.App;
using EsyncAgent.Drivers;
using EsyncSim.Packages;

namespace EsyncTests.Boards.Drivers;

/// <summary>Assemblies that stand for themselves; the application is the test's.</summary>
internal sealed class ScriptedAssemblies : IAssemblyPort
{
    public List<byte[]> Loaded { get; } = [];

    public string ClassName { get; set; } = "Bench.Application";

    public Func<IApplication> Make { get; set; } = () => new ScriptedApplication();

    public Exception? LoadFault { get; set; }

    public void Load(byte[] assembly)
    {
        if (LoadFault is not null)
        {
            throw LoadFault;
        }

        Loaded.Add(assembly);
    }

    public bool HasApplication(string className) => className == ClassName;

    public IApplication Create(string className) => Make();
}

/// <summary>An application whose every call can be replaced.</summary>
internal sealed class ScriptedApplication : IApplication
{
    public Action<IApplicationServices> OnStart { get; init; } = _ => { };

    public Func<bool> OnSelfTest { get; init; } = () => true;

    public Action<int> OnCycle { get; init; } = _ => { };

    public Func<bool> OnConsent { get; init; } = () => true;

    public Func<ushort, byte[], int> OnRead { get; init; } = (_, _) => -1;

    public int Turns { get; private set; }

    public uint LastMs { get; private set; }

    public bool IsUpdateAllowed => OnConsent();

    public void Start(IApplicationServices services) => OnStart(services);

    public bool SelfTest() => OnSelfTest();

    public void Cycle(uint nowMs)
    {
        LastMs = nowMs;
        OnCycle(++Turns);
    }

    public int ReadDataByIdentifier(ushort dataIdentifier, byte[] into, int offset) => OnRead(dataIdentifier, into);
}

internal sealed class PeLoaderRig : IDisposable
{
    private uint _nowMs = 4_294_967_000; // soon wraps

    public PeLoaderRig()
    {
        Loader = new PeLoader(Assemblies, Thread);
        Supervisor = new ApplicationSupervisor(Limits, Loader);
    }

    public static FotaConfig Limits { get; } = new() { SelfTestMsMax = 2000, AliveMsMax = 500, TrialConfirmMsMax = 60_000, TrialAttemptsMax = 3 };

    public ScriptedAssemblies Assemblies { get; } = new();

    public HandDrivenThread Thread { get; } = new();

    public PeLoader Loader { get; }

    public ApplicationSupervisor Supervisor { get; }

    /// <summary>Milliseconds since the start.</summary>
    public uint Passed { get; private set; }

    public static byte[] Bundle(params byte[][] assemblies) => new ApplicationBundle
    {
        Runtime = BundleRuntime.NanoFramework,
        ContractVersion = 2,
        Version = "1.0.0",
        EntryClass = "Bench.Application",
        Assemblies = assemblies.Length == 0 ? [PeImage.Of(1)] : assemblies,
    }.Build();

    /// <summary>Hands an image over in pieces and starts it.</summary>
    public StdReturn Start(byte[]? image = null, int piece = 4096)
    {
        image ??= Bundle();
        StdReturn result = Loader.Begin((uint)image.Length);
        for (int at = 0; at < image.Length && result == StdReturn.Ok; at += piece)
        {
            result = Loader.Append(image, at, Math.Min(piece, image.Length - at));
        }

        result = result == StdReturn.Ok ? Loader.Start() : result;
        Supervisor.Start(_nowMs);
        return result;
    }

    public StdReturn Start(IApplication application)
    {
        Assemblies.Make = () => application;
        return Start();
    }

    public void RunFor(uint milliseconds)
    {
        for (uint i = 0; i < milliseconds; i++)
        {
            Step();
        }
    }

    /// <summary>What the supervision said last.</summary>
    public FotaError Judgement { get; private set; }

    /// <summary>Runs until the supervision has something to say, 10 s at the most.</summary>
    public FotaError RunUntilJudged()
    {
        while (Judgement == FotaError.None && Passed < 10_000)
        {
            Step();
        }

        return Judgement;
    }

    public int Read(ushort identifier, byte[] into) => Loader.ReadDataByIdentifier(identifier, into, 0);

    public void Dispose() => Thread.Dispose();

    private void Step()
    {
        _nowMs++;
        Passed++;
        Loader.MainFunction(_nowMs);
        Thread.Step(_nowMs);
        Judgement = Supervisor.Judge(_nowMs);
    }
}
