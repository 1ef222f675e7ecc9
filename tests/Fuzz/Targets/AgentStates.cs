// The states that runs of the whole agent begin from: contents of the flash, made once by a normal update, and the session
// and access that a tester takes before.
// Tests: tests/Fuzz/Checks.
using EsyncAgent;
using EsyncSim.Packages;

namespace EsyncTests.Fuzzing.Targets;

/// <summary>Flash contents and ways to get where a run begins.</summary>
internal sealed class AgentStates
{
    public const int Count = 8;

    /// <summary>From here on the tester has access.</summary>
    public const int FirstWithAccess = 4;

    /// <summary>From here on a manifest is bound to the secondary bank.</summary>
    public const int FirstBound = 6;

    private static readonly byte[] DefaultToExtended = [0x10, 0x03];
    private static readonly byte[] ExtendedToProgramming = [0x10, 0x02];

    private readonly byte[] _blank;
    private readonly byte[] _confirmed;
    private readonly byte[] _bound;
    private readonly byte[] _open;

    public AgentStates(AgentBench bench)
    {
        First = Samples.Package(Samples.Bundle(BundleRuntime.Net10, new byte[6000])).Entries[0];
        PackageRequest request = Samples.Request(Samples.Bundle(BundleRuntime.Net10, new byte[7000]), sequence: 8);
        Second = PackageBuilder.Build(request, [new EsyncSim.Signing.MemorySigner(Samples.Author), new EsyncSim.Signing.MemorySigner(Samples.Oem)]).Entries[0];
        bench.Start([.. Enumerable.Repeat((byte)0xFF, (int)bench.Part.Size)]);
        _blank = bench.Content();

        EnterProgramming(bench);
        Expect(bench, [0x31, 1, 0x02, 0x20, .. Samples.Provisioning]);
        bench.OpenAccess();
        Bind(bench, First);
        Install(bench, First);
        bench.Ask([0x11, 1]);
        Run(bench, 50);
        bench.StartAgain();
        EnterProgramming(bench);
        bench.OpenAccess();
        Expect(bench, [0x31, 1, 0x02, 0x12]);
        Run(bench, 200);
        _confirmed = bench.Content();

        Bind(bench, Second);
        Run(bench, 200);
        _bound = bench.Content();
        Expect(bench, [0x31, 1, 0xFF, 0x00]);
        bench.Download(EsyncAgent.Fota.BankAddress, Second.Payload);
        Expect(bench, [0x31, 1, 0xFF, 0x01]);
        Run(bench, 200);
        _open = bench.Content();
    }

    /// <summary>What runs.</summary>
    public PackageEntry First { get; }

    /// <summary>What could come next.</summary>
    public PackageEntry Second { get; }

    /// <summary>Brings the bench to a state.</summary>
    public void Enter(AgentBench bench, int state)
    {
        bench.Start(state switch { 3 => _blank, 6 => _bound, 7 => _open, _ => _confirmed });
        if (state >= 1)
        {
            bench.Ask(DefaultToExtended);
        }

        if (state is 2 or 3 or >= FirstWithAccess)
        {
            bench.Ask(ExtendedToProgramming);
        }

        if (state >= FirstWithAccess)
        {
            bench.OpenAccess();
        }

        if (state == 5)
        {
            bench.Ask([0x34, 0, 0x44, .. AgentBench.Word(EsyncAgent.Fota.StagingAddress), .. AgentBench.Word((uint)Second.Envelope.Length)]);
        }

        bench.Forget();
        Run(bench, 20);
    }

    private static void EnterProgramming(AgentBench bench)
    {
        bench.Ask(DefaultToExtended);
        bench.Ask(ExtendedToProgramming);
    }

    private static void Bind(AgentBench bench, PackageEntry entry)
    {
        bench.Download(EsyncAgent.Fota.StagingAddress, entry.Envelope);
        Expect(bench, [0x31, 1, 0x02, 0x10]);
    }

    private static void Install(AgentBench bench, PackageEntry entry)
    {
        Expect(bench, [0x31, 1, 0xFF, 0x00]);
        bench.Download(EsyncAgent.Fota.BankAddress, entry.Payload);
        Expect(bench, [0x31, 1, 0xFF, 0x01]);
        Expect(bench, [0x31, 1, 0x02, 0x11]);
    }

    private static void Expect(AgentBench bench, byte[] routine)
    {
        bench.Ask(routine);
        bool isDone = bench.ResponseLength == 6 && bench.Response[0] == 0x71 && bench.Response[4] == 0 && bench.Response[5] == 0;
        if (!isDone)
        {
            string response = Convert.ToHexString(bench.Response, 0, Math.Max(0, bench.ResponseLength));
            throw new InvalidOperationException($"the bench's own update failed: {Convert.ToHexString(routine, 0, 4)} was answered {response}");
        }
    }

    private static void Run(AgentBench bench, int turns)
    {
        for (int i = 0; i < turns; i++)
        {
            bench.Turn();
        }
    }
}
