// Faults put into the agent, each of a kind that a run without power cuts never shows: the sweep names what they do.
using System.Text.Json;
using EsyncTests.Mutants;
using Xunit;

namespace EsyncTests.HostSim.Sweep;

public sealed class SweepMutantTests(SweepMutantProgram shared) : IClassFixture<SweepMutantProgram>
{
    private const string Fota = "agent-firmware/src/Fota/";
    private const string Log = "agent-firmware/src/Data/";

    public static TheoryData<Mutant, string, string, string> Mutants => new()
    {
        {
            new Mutant("the older copy of the boot record wins", Fota + "BootRecordStore.cs", "(int)(sequence - _record.Sequence) > 0", "(int)(sequence - _record.Sequence) < 0"),
            "confirm", "w25q32", "lostConfirmedState"
        },
        {
            new Mutant("a change of the boot record is appended where the last start may have been cut", Fota + "BootRecordStore.cs", "_copy++;", "_freePlaces[_copy++] = (byte)(_place + 1);"),
            "confirm", "w25q32", "bricks"
        },
        {
            new Mutant("a confirm mark is tried again in its place", Fota + "ConfirmMarker.cs", "MarkAddress(record.MarksTried[_bank] - 1)", "MarkAddress(0)"),
            "confirm", "w25q32", "bricks"
        },
        {
            new Mutant("a transfer goes on in the midst of a sector", Fota + "Download.cs", "return (sectorStart - start) / BankWriter.ChunkLength;", "return recorded;"),
            "full-image", "generic-16k-page-32", "bricks"
        },
        {
            new Mutant("a damaged image has no successor", "agent-firmware/src/EcuM/BootSequence.cs", "else if (draft.State[_banks.Secondary] == BankState.Previous)", "else if (draft.State[_banks.Secondary] == BankState.Trial)"),
            "flips-manifest-slots", "w25q32", "bricks"
        },
        {
            new Mutant("the window of a delta is not made anew", Fota + "PatchRestorer.cs", "_stream.Window[_position & (_stream.WindowLength - 1)] = value;", "_stream.Window[_position & (_stream.WindowLength - 1)] = 0;"),
            "delta-image", "w25q32", "bricks"
        },
        {
            new Mutant("a checkpoint is one bit too far", Fota + "TransferStart.cs", "BigEndian.WriteU32(data, 0, parts.Bits.Position);", "BigEndian.WriteU32(data, 0, parts.Bits.Position + 1);"),
            "compressed-image", "w25q32", "bricks"
        },
        {
            new Mutant("a list counts with a torn state behind its header", Fota + "CheckpointLog.cs", "!CheckpointRecord.IsWholeState(buffer, index + offset, recordLength)", "(offset == 0 && !CheckpointRecord.IsWholeState(buffer, index, recordLength))"),
            "resumed-delta", "w25q32", "bricks"
        },
        {
            new Mutant("only every fourth chunk is recorded", Fota + "BankWriter.cs", "return _state.Length > 0 && _fls.SectorStart(end) == end;", "return _state.Length > 0 && (_chunkIndex & 3) == 3;"),
            "compressed-image", "w25q32", "resentInFull"
        },
        {
            new Mutant("a state counts before its record is written", Fota + "CheckpointLog.cs", "        _nextState = state;\n", "        _nextState = state;\n        State.CopyFrom(state);\n"),
            "delta-image", "w25q32", "resentInFull"
        },
        {
            new Mutant("rules are answered as installed before they stand in flash", Fota + "RoutineInstallRules.cs", "StdReturn stored = _rules.WriteResult;", "StdReturn stored = StdReturn.Ok;"),
            "rules", "w25q32", "lostConfirmedState"
        },
        {
            new Mutant("reports go on in the sector of the last start", Log + "ReportMount.cs", "        _clock.Begin(_state.Next);", "        for (int p = 0; p < 3; p++) { int s = _sectors.Newest(p); if (s >= 0) { uint f = _sectors.FirstOf(s); _sectors.Open(s, f, p); } }\n        _clock.Begin(_state.Next);"),
            "report-append", "w25q32", "bricks"
        },
    };

    [Theory]
    [MemberData(nameof(Mutants))]
    public async Task A_fault_of_the_agent_is_found(Mutant mutant, string scenario, string geometry, string found)
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "sweep.json");
        shared.Program.Select([mutant]);
        MutantRun run = await shared.Program.RunAsync("sweep", "--scenario", scenario, "--geometry", geometry, "--double-every", "0", "--json", path);
        Assert.True(run.ExitCode == 1, $"{mutant}: exit code {run.ExitCode}\n{run.Output}{run.Error}");
        using JsonDocument json = JsonDocument.Parse(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        JsonElement row = json.RootElement.GetProperty("scenarios").EnumerateArray().Single();
        Assert.True(row.GetProperty(found).GetInt32() > 0, run.Output);
        Assert.Contains("repeat it: esync sweep --seed 1 --", run.Output);
        Assert.DoesNotContain("without any cut", run.Output);
        TestContext.Current.TestOutputHelper?.WriteLine($"{mutant}: {row.GetProperty(found)} {found} in {row.GetProperty("cuts")} cuts");
    }
}

/// <summary>The program with all faults behind a switch.</summary>
public sealed class SweepMutantProgram : IDisposable
{
    /// <summary>The program.</summary>
    public MutatedProgram Program { get; } = MutatedProgram.Switched("sweep mutants", [.. SweepMutantTests.Mutants.Select(row => row.Data.Item1)]);

    /// <inheritdoc/>
    public void Dispose() => Program.Dispose();
}
