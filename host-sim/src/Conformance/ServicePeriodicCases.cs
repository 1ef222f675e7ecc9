// Services 2A and 2C: data that the ECU sends on its own, and identifiers that a tester puts together.
// Invariant: periodic frames come on an identifier of their own and are read from the evidence of the bus.
// Clauses: ISO 14229-1:2020 §11.5 (2A), §11.6 (2C).
// Tests: tests/host-sim/Conformance.
using static EsyncSim.Conformance.CaseSteps;

namespace EsyncSim.Conformance;

/// <summary>Cases of periodic data and defined identifiers.</summary>
internal static class ServicePeriodicCases
{
    private const string Periodic = "ISO 14229-1:2020 §11.5";
    private const string Define = "ISO 14229-1:2020 §11.6";
    private const ConformanceNeeds Bus = ConformanceNeeds.Bus;
    private const byte Fast = 3;
    private const byte Stop = 4;
    private const ushort Defined = 0xF3E0;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new("SVC-060", "2A: slow rate", Periodic, "After 6A the identifier comes once in each slow period", Bus, scene => RateAsync(scene, 1, scene.Profile.Periodic?.SlowMs)),
        new("SVC-061", "2A: medium rate", Periodic, "After 6A the identifier comes once in each medium period", Bus, scene => RateAsync(scene, 2, scene.Profile.Periodic?.MediumMs)),
        new("SVC-062", "2A: fast rate", Periodic, "After 6A the identifier comes once in each fast period", Bus, scene => RateAsync(scene, Fast, scene.Profile.Periodic?.FastMs)),
        new("SVC-063", "2A: stop", Periodic, "After 2A 04 nothing is sent any more", Bus, StopAsync),
        new("SVC-064", "2A: a change of session ends it", Periodic, "In a session without 2A nothing is sent any more", Bus, SessionAsync),
        new("SVC-065", "2A: unknown transmission mode", Periodic, "A transmission mode that does not exist is refused by 31; it has no suppress bit", Bus, UnknownModeAsync),
        new("SVC-066", "2A: unknown identifier", Periodic, "A periodic identifier that the ECU cannot send is refused by 31", Bus, UnknownIdentifierAsync),
        new("SVC-067", "2C: define and read", Define, "A defined identifier is read as the bytes that it was made of, in their order", Bus, DefineAsync),
        new("SVC-068", "2C: clear", Define, "An identifier that was cleared is unknown again (31)", Bus, ClearAsync),
        new("SVC-069", "2C: half a source", Define, "A definition whose last source is not whole is refused by 13", Bus, HalfAsync),
        new("SVC-074", "2C: past the end of a source", Define, "A part that is not in its source's record is refused by 31", Bus, PastEndAsync),
        new("SVC-075", "2C: unknown source", Define, "A source that the ECU does not have is refused by 31", Bus, UnknownSourceAsync),
        new("SVC-076", "2C: the default session forgets", Define, "In the default session, which does not have 2C, a defined identifier is unknown", Bus, ForgottenAsync),
    ];

    private static async Task<byte> GoForPeriodicAsync(ConformanceScene scene)
    {
        if (scene.Profile.Periodic?.Identifier is not { } identifier || scene.Profile.Addressing.Periodic is null)
        {
            throw new NotApplicableException("the profile names no periodic identifier (periodic.identifier) or no CAN identifier for it (addressing.periodic)");
        }

        await scene.GoForAsync(0x2A);
        return identifier;
    }

    private static async Task RateAsync(ConformanceScene scene, byte mode, int? periodMs)
    {
        const int Periods = 3;
        byte identifier = await GoForPeriodicAsync(scene);
        int period = periodMs ?? throw new NotApplicableException("the profile does not tell the period");
        await scene.ExpectExactlyAsync("start", [0x2A, mode, identifier], 0x6A);
        long fromNs = scene.Time.NowNs;
        await scene.Time.DelayMs((Periods * period) + (period / 2));
        long toNs = scene.Time.NowNs;
        await scene.RequireAsync(0x2A, Stop);
        double[] times = [.. scene.PeriodicFrames(identifier, fromNs, toNs).Select(ns => ns / 1e6)];
        double periods = (toNs - fromNs) / 1e6 / period; // on a real clock it may have become more than was waited for
        scene.Expect(times.Length >= Math.Floor(periods) && times.Length <= Math.Ceiling(periods), FormattableString.Invariant($"a frame in each of {periods:0.#} periods of {period} ms"), $"{times.Length} frames");
        for (int i = 1; i < times.Length; i++)
        {
            scene.ExpectMs($"frame {i + 1} after frame {i}", period - scene.Profile.Timing.ToleranceMs, period + scene.Profile.Timing.ToleranceMs, times[i] - times[i - 1]);
        }
    }

    private static async Task StopAsync(ConformanceScene scene)
    {
        byte identifier = await GoForPeriodicAsync(scene);
        await scene.RequireAsync(0x2A, Fast, identifier);
        await scene.ExpectExactlyAsync("stop", [0x2A, Stop], 0x6A);
        await ExpectNothingAsync(scene, identifier);
    }

    private static async Task SessionAsync(ConformanceScene scene)
    {
        byte identifier = await GoForPeriodicAsync(scene);
        await scene.RequireAsync(0x2A, Fast, identifier);
        await scene.RequireAsync(0x10, scene.SessionWithout(scene.Profile.Service(0x2A)));
        await ExpectNothingAsync(scene, identifier);
    }

    private static async Task ExpectNothingAsync(ConformanceScene scene, byte identifier)
    {
        await scene.Time.DelayMs(scene.Profile.Timing.ToleranceMs);
        long fromNs = scene.Time.NowNs;
        await scene.Time.DelayMs(5 * (scene.Profile.Periodic!.FastMs ?? 100));
        int count = scene.PeriodicFrames(identifier, fromNs, scene.Time.NowNs).Count();
        scene.Expect(count == 0, "no frame any more", $"{count} frames");
        await scene.ExpectExactlyAsync("the next request", [0x3E, 0x00], 0x7E, 0x00);
    }

    private static async Task UnknownModeAsync(ConformanceScene scene)
    {
        await scene.GoForAsync(0x2A);
        await scene.ExpectNrcAsync("mode 05", [0x2A, 0x05], 0x31);
        await scene.ExpectNrcAsync("stop with its highest bit", [0x2A, 0x84], 0x31);
    }

    private static async Task UnknownIdentifierAsync(ConformanceScene scene)
    {
        byte identifier = await GoForPeriodicAsync(scene);
        await scene.ExpectNrcAsync("unknown", [0x2A, Fast, (byte)(identifier ^ 0x55)], 0x31);
    }

    private static async Task<(ushort Source, byte[] Record)> GoForDefineAsync(ConformanceScene scene)
    {
        ServiceProfile service = await scene.GoForAsync(0x2C);
        byte session = scene.SessionOf(service);
        DidProfile source = scene.Profile.Dids.FirstOrDefault(did => did.ReadSessions.Contains(session) && did.Identifier is >= 0xF187 and <= 0xF19E && did.Length is null or >= 4)
            ?? throw new NotApplicableException("the profile names no identification record (F187 to F19E) of four bytes or more");
        byte[] answer = await scene.RequireAsync([0x22, .. Two(source.Identifier)]);
        return (source.Identifier, answer[3..]);
    }

    private static byte[] Part(ushort source, int position, int size) => [.. Two(source), (byte)position, (byte)size];

    private static async Task DefineAsync(ConformanceScene scene)
    {
        (ushort source, byte[] record) = await GoForDefineAsync(scene);
        byte[] request = [0x2C, 0x01, .. Two(Defined), .. Part(source, 3, 2), .. Part(source, 1, 1), .. Part(source, record.Length, 1)];
        await scene.ExpectExactlyAsync("define", request, [0x6C, 0x01, .. Two(Defined)]);
        await scene.ExpectExactlyAsync("read", [0x22, .. Two(Defined)], [0x62, .. Two(Defined), record[2], record[3], record[0], record[^1]]);
        await scene.RequireAsync([0x2C, 0x03, .. Two(Defined)]);
    }

    private static async Task ClearAsync(ConformanceScene scene)
    {
        (ushort source, _) = await GoForDefineAsync(scene);
        await scene.RequireAsync([0x2C, 0x01, .. Two(Defined), .. Part(source, 1, 1)]);
        await scene.ExpectExactlyAsync("clear", [0x2C, 0x03, .. Two(Defined)], [0x6C, 0x03, .. Two(Defined)]);
        await scene.ExpectNrcAsync("read", [0x22, .. Two(Defined)], 0x31);
    }

    private static async Task HalfAsync(ConformanceScene scene)
    {
        (ushort source, _) = await GoForDefineAsync(scene);
        await scene.ExpectNrcAsync("one and a half", [0x2C, 0x01, .. Two(Defined), .. Part(source, 1, 1), .. Two(source)], 0x13);
    }

    private static async Task PastEndAsync(ConformanceScene scene)
    {
        (ushort source, byte[] record) = await GoForDefineAsync(scene);
        await scene.ExpectNrcAsync("two bytes from the last one on", [0x2C, 0x01, .. Two(Defined), .. Part(source, record.Length, 2)], 0x31);
    }

    private static async Task UnknownSourceAsync(ConformanceScene scene)
    {
        await GoForDefineAsync(scene);
        await scene.ExpectNrcAsync("unknown", [0x2C, 0x01, .. Two(Defined), .. Part(scene.UnknownIdentifier(), 1, 1)], 0x31);
    }

    private static async Task ForgottenAsync(ConformanceScene scene)
    {
        (ushort source, _) = await GoForDefineAsync(scene);
        if (scene.Profile.Offers(0x2C, Default))
        {
            scene.NotApplicable("the default session has 2C");
        }

        await scene.RequireAsync([0x2C, 0x01, .. Two(Defined), .. Part(source, 1, 1)]);
        await scene.RequireAsync(0x10, Default);
        await scene.ExpectNrcAsync($"read {Defined:X4} in the default session", [0x22, .. Two(Defined)], 0x31);
    }

    /// <summary>Times of the frames with a periodic identifier in its first byte.</summary>
    private static IEnumerable<long> PeriodicFrames(this ConformanceScene scene, byte identifier, long fromNs, long toNs) =>
        scene.FramesOf(scene.Profile.Addressing.Periodic!.Value, fromNs, toNs).Where(frame => frame.Frame.Length > 0 && frame.Frame[0] == identifier).Select(frame => frame.AtNs);
}
