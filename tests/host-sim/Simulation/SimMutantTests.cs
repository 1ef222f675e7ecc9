// Faults put into the agent, the client and the server on purpose, each of which `esync sim` must find within a few seeds, by the rule that it breaks. The
// same seeds are clean without it (SimulationTests). The first ones show without any fault from outside; the others wait for
// a stalled release, a power cut at the right operation, a program with wrong bits, resets in a row, a clock that wraps.
using System.Text.Json;
using EsyncTests.Mutants;
using Xunit;

namespace EsyncTests.HostSim.Simulation;

public sealed class SimMutantTests(SimMutantProgram shared) : IClassFixture<SimMutantProgram>
{
    private const string EcuM = "agent-firmware/src/EcuM/";
    private const string Fota = "agent-firmware/src/Fota/";
    private const string NvM = "agent-firmware/src/NvM/";
    private const string Data = "agent-firmware/src/Data/";
    private const string Host = "host-sim/src/";

    private static readonly Mutant ResumeWithoutErase = new(
        "a resumed transfer does not erase its first sector",
        Fota + "BankWriter.cs",
        "_erasedEnd = area.Start + (firstChunk * ChunkLength);",
        "_erasedEnd = area.Start + ((firstChunk > 0 ? firstChunk + 1 : 0) * ChunkLength);");

    private static readonly Mutant ConfirmWhateverRuns = new(
        "confirm does not ask how the application is",
        Fota + "RoutineConfirm.cs",
        """
                if (_application.State != ApplicationState.Running)
                {
                    return Fail(_application.State == ApplicationState.Starting ? FotaError.SelfTestPending : FotaError.SelfTestFailed, 0);
                }

                // Just after a reset a stall is not known yet: what never made a turn would be confirmed and run for good.
                if (_application.AliveCounter == 0)
                {
                    return Fail(FotaError.SelfTestPending, 0);
                }
        """,
        string.Empty);

    // The first seed is a little before the one that finds it, since what is run before that one proves nothing; the last one is
    // far behind it, for another program may need another seed.
    /// <summary>Mutant, rule that it breaks, seeds among which it is found.</summary>
    public static TheoryData<Mutant, string, string> Mutants => new()
    {
        {
            new("chunk tags are not compared", Fota + "ChunkTags.cs", "return Csm.IsMacAt(_mac, table, offset);", "return true;"),
            "bootable",
            "1..60"
        },
        {
            new("one role is enough", Fota + "EnvelopeVerifier.cs", "isMissing |= (_validRoles >> required[i] & 1) == 0;", "isMissing &= (_validRoles >> required[i] & 1) == 0;"),
            "signed",
            "1..60"
        },
        {
            new("older manifests are taken", Fota + "RoutineAuthenticateManifest.cs", "if (manifest.SequenceNumber < record.SequenceNumberMax || (manifest.SequenceNumber == record.SequenceNumberMax && !isKnown))", "if (manifest.SequenceNumber == record.SequenceNumberMax && !isKnown)"),
            "forward",
            "120..200"
        },
        {
            new("the floor does not rise", Fota + "BankTransitions.cs", "draft.SecurityVersionFloor = securityVersion;", "draft.SecurityVersionFloor = draft.SecurityVersionFloor;"),
            "confirmed",
            "1..5"
        },
        {
            new("the slot is written while the record names it", Fota + "RoutineAuthenticateManifest.cs", "BankTransitions.Clear(Banks.BeginChange(), bank);", "Banks.BeginChange();"),
            "bootable",
            "1..20"
        },
        {
            new("two records have one sequence", Fota + "BootRecordStore.cs", "_lastSequence++;", "_lastSequence += 0;"),
            "confirmed",
            "1..10"
        },
        {
            new("a rejected trial stays on trial", Fota + "BankTransitions.cs", "draft.State[bank] = BankState.Rejected;\n        draft.AttemptsLeft = 0;", "draft.AttemptsLeft = 0;"),
            "liveness",
            "1..20"
        },
        {
            new("stored values are not copied into a new area", NvM + "NvM.cs", "while (_baseNext < NvMBlock.Count)", "while (_baseNext < 0)"),
            "confirmed",
            "1..10"
        },
        { ConfirmWhateverRuns, "confirmed", "41..120" },
        { ResumeWithoutErase, "program", "74..200" },
        {
            new("copies of the boot record are not mended", Fota + "BootRecordStore.cs", "if (!isUneven)", "if (_lastSequence != 0)"),
            "bootable",
            "8..100"
        },
        {
            new("a read-back that fails counts as good", Fota + "BankWriter.cs", "if (!Await(FotaError.ReadBackMismatch))", "if (_job.Result == StdReturn.Pending)"),
            "bootable",
            "144..300"
        },
        {
            new("a boot of a trial costs no attempt", EcuM + "BootSequence.cs", "_banks.BeginChange().AttemptsLeft--;", "_banks.BeginChange().EsyncState = EsyncState.InstallInProgress;"),
            "forward",
            "373..760"
        },
        {
            new("a client repeats nothing", Host + "Vehicle/Outbox.cs", "foreach (EsyncMessage message in _journal.Unacknowledged)", "foreach (EsyncMessage message in _journal.Unacknowledged.Take(0))"),
            "liveness",
            "1..20"
        },
        {
            new("a server takes doubles", Host + "Server/ServerLedger.cs", "bool isNext = number == received.Last + 1;", "bool isNext = number == received.Last + 1 || number == received.Last;"),
            "reports",
            "1..60"
        },
        {
            new("an ECU forgets reports that nobody has", Data + "ReportLog.cs", "_state.Acknowledge(upTo);", "_state.Acknowledge(_state.Next - 1);"),
            "data",
            "1..90"
        },
        {
            new("an ECU samples no more after a restart", Data + "RuleStore.cs", "_engine.Load(InForce, nowMs);", "if (InForce.SequenceNumber == 0) { _engine.Load(InForce, nowMs); }"),
            "data",
            "1..90"
        },
        {
            new("a client's disk forgets what the server does not have", Host + "Data/ReportForwarder.cs", "_queue.Acknowledge(_ecu, epoch, upTo);", "_queue.Acknowledge(_ecu, epoch, upTo + 1);"),
            "data",
            "28..120"
        },
        {
            new("a timer does not survive the wrap of the clock", EcuM + "ApplicationSupervisor.cs", "return nowMs - _startedMs > _config.TrialConfirmMsMax;", "return nowMs > _startedMs + _config.TrialConfirmMsMax;"),
            "liveness",
            "10..22"
        },
    };

    [Theory]
    [MemberData(nameof(Mutants))]
    public async Task A_fault_is_found_by_the_rule_that_it_breaks(Mutant mutant, string rule, string seeds)
    {
        shared.Program.Select([mutant]);

        MutantRun run = await shared.Program.RunAsync("sim", "--seeds", seeds, "--failures", "1", "--no-shrink", "--config", Repository.PathOf("nf.config"));

        Assert.True(run.ExitCode == 1, run.Output + run.Error);
        Assert.True(run.Output.Contains($"breaks `{rule}`", StringComparison.Ordinal), run.Output);
        TestContext.Current.TestOutputHelper?.WriteLine($"{mutant}: {run.Output.Split('\n').First(line => line.Contains(" breaks `", StringComparison.Ordinal))}");
    }

    [Fact]
    public async Task A_failing_seed_is_shown_with_the_faults_that_it_needs_alone_and_its_traffic()
    {
        string folder = Directory.CreateTempSubdirectory().FullName, path = Path.Combine(folder, "sim.json");
        shared.Program.Select([ResumeWithoutErase]);

        MutantRun run = await shared.Program.RunAsync("sim", "--seeds", "74..200", "--failures", "1", "--candump-dir", folder, "--json", path, "--config", Repository.PathOf("nf.config"));

        Assert.Equal(1, run.ExitCode);
        using JsonDocument json = JsonDocument.Parse(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        JsonElement failure = json.RootElement.GetProperty("failures")[0];
        ulong seed = failure.GetProperty("seed").GetUInt64();
        string[] faults = [.. failure.GetProperty("faults").EnumerateArray().Select(fault => fault.GetString()!)];
        Assert.Equal("fail", json.RootElement.GetProperty("outcome").GetString());
        Assert.Contains($"seed {seed} breaks `program` at ", run.Output);
        Assert.InRange(faults.Length, 1, 5);
        Assert.All(faults, fault => Assert.Contains(fault, run.Output));
        Assert.True(new FileInfo(Path.Combine(folder, $"seed-{seed}.log")).Length > 0);

        MutantRun replay = await shared.Program.RunAsync("sim", "--seed", $"{seed}", "--config", Repository.PathOf("nf.config"));
        Assert.Equal(1, replay.ExitCode);
        Assert.Contains("BROKEN program", replay.Output);
    }
}

/// <summary>The program with all faults behind a switch: warming it up for each would be most of what the tests do.</summary>
public sealed class SimMutantProgram : IDisposable
{
    /// <summary>The program.</summary>
    public MutatedProgram Program { get; } = MutatedProgram.Switched("sim mutants", [.. SimMutantTests.Mutants.Select(row => row.Data.Item1)]);

    /// <inheritdoc/>
    public void Dispose() => Program.Dispose();
}
