// esync replay: plays a log to a real bus, or its tester's part to one ECU, virtual or real, and compares what that answers.
// Invariant: the memory of a virtual ECU is read and never written, so that a replay can be repeated.
// Tests: tests/host-sim/Cli/ReplayCommandTests.cs.
using System.CommandLine;
using System.Globalization;
using EsyncSim.Bench;
using EsyncSim.Bus;
using EsyncSim.Bus.Real;
using EsyncSim.Config;
using EsyncSim.Decode;
using EsyncSim.Flash;
using EsyncSim.Logs;
using EsyncSim.Replay;

namespace EsyncSim.Cli;

/// <summary>The command `replay`.</summary>
internal static class ReplayCommand
{
    private const int BitRateDefault = 500_000;
    private const long LimitNs = long.MaxValue / 3;

    // The last question's answer, response pendings included.
    private const long TailNs = 2 * VirtualTime.NsPerSecond;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<string> file = new("log") { Description = "The log: candump (.log) or Vector ASC (.asc)", HelpName = "FILE" };
        Option<string> bus = new("--bus") { Description = $"Where to: {BusAddress.Forms}. On virtual: there is the ECU of --ecu", HelpName = "ADDRESS", DefaultValueFactory = _ => BusAddress.Virtual.ToString() };
        Option<string?> ecu = new("--ecu") { Description = "Play the tester's frames to this ECU of nf.config only, and say what it answers", HelpName = "NAME" };
        Option<string?> flash = new("--flash") { Description = "Memory of the virtual ECU, which stays as it is; without it the ECU is new", HelpName = "FILE" };
        Option<string> speed = new("--speed") { Description = "How fast: 1 as recorded, 2 twice as fast, unlimited one frame after the other", HelpName = "N", DefaultValueFactory = _ => "1" };
        Option<string[]> only = new("--only") { Description = "Play this identifier only, hexadecimal, as it stands in the log; may stand several times", HelpName = "ID" };
        Option<string[]> map = new("--map") { Description = "Play identifier A as B; may stand several times", HelpName = "A=B" };
        Option<bool> compare = new("--compare") { Description = "Compare the recorded answers of --ecu with those that come now; ends with 1 when one is another" };
        Option<string?> json = new("--json") { Description = "Write the result as JSON", HelpName = "FILE" };
        Option<ulong> seed = new("--seed") { HelpName = "N", Description = "Decides the challenges of a virtual ECU: with the seed of the recorded run they are the recorded ones", DefaultValueFactory = _ => 1 };
        Option<string?> config = new("--config") { Description = "ECU configuration; nf.config by default", HelpName = "FILE" };
        ToolCommand command = new("replay", "Play a log to a bus, or its tester's part to one ECU, and compare what the ECU answers with what it answered then.")
        {
            file, bus, ecu, flash, speed, only, map, compare, json, seed, config,
        };
        LogOption log = new(command);
        command.WithExample("esync replay drive.asc --bus socketcan:can0 --only 120 --only 121", "two messages of a drive to a bus, as they came")
            .WithExample("esync replay update.log --ecu motor --flash motor.flash", "what a tester asked, to a virtual ECU, and what it answers")
            .WithExample("esync replay fault.log --bus socketcan:can0 --ecu motor --compare --json replay.json", "does the board still answer as on the day of the log?")
            .WithExample("esync replay other.log --ecu motor --map 7E2=7E0 --map 7EA=7E8 --compare", "the log of an ECU with other identifiers");
        command.SetAction((parsed, stop) => Task.Run(
            () =>
            {
                ReplayTarget target = new(
                    BusAddress.Parse(parsed.GetRequiredValue(bus)),
                    parsed.GetValue(ecu) is { } name ? NfConfig.Load(parsed.GetValue(config) ?? NfConfig.FindDefault()).Ecu(name) : null,
                    parsed.GetValue(flash), parsed.GetValue(seed), parsed.GetValue(compare));
                RequireSound(target);
                ReplayChoice choice = new()
                {
                    Only = [.. (parsed.GetValue(only) ?? []).Select(CanId.Parse)],
                    Map = Pairs(parsed.GetValue(map) ?? []),
                    Speed = SpeedOf(parsed.GetRequiredValue(speed)),
                    LeadNs = target.LeadNs,
                    BitRate = (int)(target.Ecu?.Bus.BitRate ?? BitRateDefault),
                };
                OutputFiles.RequireWritable(parsed.GetValue(json));
                string path = parsed.GetRequiredValue(file);
                IReadOnlyList<LoggedFrame> frames = BusLogReader.ReadAll(path, out LogLeftOut leftOut);
                using BusLog? copy = log.Open(parsed);
                TextWriter output = parsed.InvocationConfiguration.Output;
                ReplayReport report = Play(frames, choice, target, copy, output, stop) with { File = path, LeftOut = leftOut.Words };
                OutputFiles.Write(parsed.GetValue(json), report.ToJson());
                report.Write(output, target.Ecu is null ? null : UdsText.Of(target.Ecu));
                return report.IsPassed ? ExitCode.Ok : ExitCode.UnexpectedOutcome;
            },
            CancellationToken.None));
        return command;
    }

    private static void RequireSound(ReplayTarget target)
    {
        if (target.Ecu is null && (target.Bus.IsVirtual || target.IsCompared))
        {
            throw new UserErrorException(ExitCode.BadUsage, target.IsCompared
                ? "--compare needs --ecu NAME, whose answers are compared"
                : "on virtual: there is nobody yet: --ecu NAME puts an ECU of nf.config there, with --flash FILE its memory; --bus ADDRESS plays to a real bus");
        }

        if (target.FlashPath is not null && !target.Bus.IsVirtual)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"--flash is the memory of a virtual ECU; the one on {target.Bus} keeps its own");
        }
    }

    private static double SpeedOf(string text) => text == "unlimited" ? double.PositiveInfinity
        : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double speed) && speed is >= 0.001 and <= 1000 ? speed
        : throw new UserErrorException(ExitCode.BadUsage, $"--speed {text} is none; it takes a number from 0.001 to 1000, or unlimited");

    private static Dictionary<CanId, CanId> Pairs(string[] texts)
    {
        Dictionary<CanId, CanId> map = [];
        foreach (string text in texts)
        {
            string[] parts = text.Split('=');
            if (parts.Length != 2 || !map.TryAdd(CanId.Parse(parts[0]), CanId.Parse(parts[1])))
            {
                throw new UserErrorException(ExitCode.BadUsage, $"--map {text} is none, or its first identifier stands twice; it takes two identifiers, as 7E2=7E0");
            }
        }

        return map;
    }

    private static ReplayReport Play(IReadOnlyList<LoggedFrame> frames, ReplayChoice choice, ReplayTarget target, IBusObserver? log, TextWriter output, CancellationToken stop)
    {
        VirtualTime time = new();
        (ICanBus bus, ITesterCan can, IDisposable? connection) = target.Open(time, stop, BitRateDefault);
        using (connection)
        {
            Conversation? now = target.Ecu is { } ecu ? new Conversation(ecu.Config.CanIf) : null;
            foreach (IBusObserver observer in new IBusObserver?[] { log, now, target.Monitor(output) }.OfType<IBusObserver>())
            {
                bus.Observe(observer);
            }

            ReplayPlan plan = ReplayPlan.Of(frames, choice, target.Takes);
            ReplayRun run = new(time, can);
            ReplayCount count = time.Run(
                async () =>
                {
                    ReplayCount played = await run.PlayAsync(plan);
                    await time.Delay(target.Ecu is null ? 0 : TailNs);
                    return played;
                },
                LimitNs);
            IReadOnlyList<ReplayAnswer>? answers = now is not null && target.IsCompared ? ReplayComparison.Of(target.Recorded(frames, choice).Exchanges, now.Exchanges) : null;
            return new ReplayReport(string.Empty, target.ToString(), count, string.Empty, answers);
        }
    }
}
