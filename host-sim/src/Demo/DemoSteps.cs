// What all chapters of the demo are told with: campaigns, version reports, power cuts, and the steps that come of them.
// Invariant: what a step shows is read from the ECU over UDS, by a version report whose HMAC was checked.
// Tests: tests/host-sim/Demo.
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Flash;
using EsyncSim.Packages;
using EsyncSim.Server;

namespace EsyncSim.Demo;

/// <summary>Runs campaigns and keeps the steps.</summary>
public sealed class DemoSteps(DemoWorld world, IDemoScreen screen)
{
    private const int PowerOffMs = 1500;

    private readonly List<DemoStep> _steps = [];
    private CampaignServer? _server;
    private int _campaigns;

    /// <summary>The steps so far.</summary>
    public IReadOnlyList<DemoStep> All => _steps;

    /// <summary>The server; connected by then.</summary>
    public CampaignServer Server
    {
        get => _server ?? throw new InvalidOperationException("the server is not connected yet");
        set => _server = value;
    }

    /// <summary>Runs a campaign to its end.</summary>
    public Task<IReadOnlyList<TargetResult>> RunAsync(IReadOnlyList<CampaignTarget> targets) => Server.RunAsync(new Campaign($"demo-{++_campaigns}", targets));

    /// <summary>Runs a campaign for one ECU.</summary>
    public async Task<TargetResult> RunAsync(DemoEcu ecu, Package package, string release) => (await RunAsync([ecu.Target(package, release)]))[0];

    /// <summary>Runs a campaign for one ECU, whose power fails once a block at or past a position was acknowledged.</summary>
    /// <param name="ecu">The ECU.</param>
    /// <param name="package">What it gets.</param>
    /// <param name="release">Its version.</param>
    /// <param name="position">Position in the payload.</param>
    /// <param name="delayMs">Time from that acknowledgement to the cut.</param>
    public async Task<TargetResult> RunCutAsync(DemoEcu ecu, Package package, string release, int position, int delayMs)
    {
        bool wasCut = false;
        ecu.Meter.BlockAcknowledged = acknowledged =>
        {
            if (!wasCut && acknowledged >= position)
            {
                wasCut = true;
                world.Time.After(delayMs * VirtualTime.NsPerMs, () => CutPower(ecu));
            }
        };
        TargetResult result = await RunAsync(ecu, package, release);
        ecu.Meter.BlockAcknowledged = null;
        return result;
    }

    /// <summary>The power of an ECU fails now, and comes back.</summary>
    public void CutPower(DemoEcu ecu)
    {
        ecu.Bench.Ecu.PowerCut(CutModel.ProgramUnstable);
        screen.Note($"{ecu.Name}: power cut");
        world.Time.After(PowerOffMs * VirtualTime.NsPerMs, ecu.Bench.Ecu.PowerOn);
    }

    /// <summary>What an ECU says of itself now.</summary>
    public static async Task<VersionReport> ReadReportAsync(DemoEcu ecu)
    {
        await ecu.Client.AwaitPresenceAsync();
        await ecu.Client.SessionAsync(0x03);
        VersionReport report = await ecu.Client.ReadVersionReportAsync();
        await ecu.Client.SessionAsync(0x01);
        return report;
    }

    /// <summary>Version and state of what runs.</summary>
    public static string Running(VersionReport report) => report.RunningBank < report.States.Count
        ? $"{report.ApplicationVersion} {report.States[report.RunningBank]}"
        : "no application";

    /// <summary>Empty when the server saw the same.</summary>
    public static string Doubt(TargetResult result, TargetEnd expected) =>
        result.End == expected ? string.Empty : $" (the server saw {result.End}: {result.Message})";

    /// <summary>Ends a step.</summary>
    public void Check(string name, string expected, string observed)
    {
        DemoStep step = new(name, expected, observed, expected == observed);
        _steps.Add(step);
        screen.Step(step);
    }
}
