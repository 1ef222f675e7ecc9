// Writes a profile as YAML with a comment to each key: where a profile of another ECU starts from.
// Invariant: what is written reads back as the same profile; what is not known is left out.
// Tests: tests/host-sim/Conformance/ProfileTests.cs.
using System.Globalization;
using System.Text;

namespace EsyncSim.Conformance;

/// <summary>A profile to YAML.</summary>
internal sealed class ProfileWriter
{
    private const int CommentColumn = 44;
    private readonly StringBuilder _text = new();

    /// <summary>The text of a file.</summary>
    public static string Write(ConformanceProfile profile)
    {
        ProfileWriter writer = new();
        writer.Head(profile);
        writer.Services(profile);
        writer.Records(profile);
        writer.Access(profile);
        return writer._text.ToString();
    }

    private void Head(ConformanceProfile profile)
    {
        _text.Append("# What an ECU is, for `esync conformance --profile FILE`. Only `addressing` must be there: cases about what is left out do\n");
        _text.Append("# not apply. Numbers are decimal or 0x hexadecimal, times milliseconds, sessions default, programming, extended or numbers.\n");
        Line("format: 1", string.Empty);
        Line($"name: {Quoted(profile.Name)}", "for reports");
        AddressingProfile addressing = profile.Addressing;
        Line("addressing:", string.Empty);
        Line($"  identifierBits: {(addressing.IsExtended ? 29 : 11)}", "11 or 29");
        Line($"  request: 0x{addressing.Request:X}", "physical requests to the ECU");
        Line($"  response: 0x{addressing.Response:X}", "what it answers with");
        Line("  functional: 0x", addressing.Functional, "requests to all");
        Line("  periodic: 0x", addressing.Periodic, "frames of service 2A");
        string? padding = addressing.Padding is { } value ? $"0x{value:X2}" : addressing.IsPadded switch { true => "any", false => "none", _ => null };
        Text("  padding: ", padding, "byte that fills the ECU's frames; any; none: frames only as long as they need");
        Line($"  takesShortFrames: {Word(addressing.TakesShortFrames)}", "true: frames of fewer than eight bytes are taken");
        Line($"  bitRate: {addressing.BitRate}", "bits per second");
        TransportProfile transport = profile.Transport;
        Line("transport:", "ISO 15765-2");
        Text("  blockSize: ", transport.BlockSize, "largest BS that the ECU asks for; 0 is no limit");
        Text("  separationTimeMin: ", transport.SeparationTimeMin is { } code ? $"0x{code:X2}" : null, "STmin code that it asks for");
        Line($"  nBsMs: {transport.NBsMs}", "N_Bs: its wait for a flow control");
        Line($"  nCrMs: {transport.NCrMs}", "N_Cr: its wait for a consecutive frame");
        Line($"  nBrMs: {transport.NBrMs}", "N_Br: its flow control comes within this");
        Text("  waitFrameMax: ", transport.WaitFrameMax, "N_WFTmax: flow controls WAIT that it accepts in a row");
        Text("  requestLengthMax: ", transport.RequestLengthMax, "longest request");
        Text("  responseLengthMax: ", transport.ResponseLengthMax, "longest response");
        TimingProfile timing = profile.Timing;
        Line("timing:", "ISO 14229-2");
        Line($"  p2Ms: {timing.P2Ms}", "P2server_max");
        Line($"  p2StarMs: {timing.P2StarMs}", "P2*server_max");
        Text("  s3Ms: ", timing.S3Ms, "S3server");
        Line($"  toleranceMs: {timing.ToleranceMs}", "how much later than its limit something may be measured");
        Line($"  tolerancePercent: {timing.TolerancePercent}", "how much a timeout may differ from its value");
        Line($"  resetMs: {timing.ResetMs}", "from a reset to the first answer, at most");
    }

    private void Services(ConformanceProfile profile)
    {
        if (profile.Services.Count == 0)
        {
            return;
        }

        Line("services:", "sessions: all three when left out; access: needs it; subFunctions: a list, or a map to the sessions of each");
        foreach (ServiceProfile service in profile.Services.Values.OrderBy(service => service.Identifier))
        {
            string subFunctions = service.SubFunctions.Count == 0 ? string.Empty
                : service.SubFunctions.Values.All(sessions => sessions.SequenceEqual(service.Sessions))
                    ? $", subFunctions: [{string.Join(", ", service.SubFunctions.Keys.Select(Hex))}]"
                    : $", subFunctions: {{ {string.Join(", ", service.SubFunctions.Select(one => $"{Hex(one.Key)}: {Sessions(one.Value)}"))} }}";
            Line($"  {Hex(service.Identifier)}: {{ sessions: {Sessions(service.Sessions)}{(service.NeedsAccess ? ", access: true" : string.Empty)}{subFunctions} }}", string.Empty);
        }
    }

    private void Records(ConformanceProfile profile)
    {
        if (profile.Dids.Count > 0)
        {
            Line("dids:", "length: when it is always the same; read: all three sessions when left out; write: none when left out; writeAccess: writing needs access");
        }

        foreach (DidProfile did in profile.Dids)
        {
            string[] parts =
            [
                did.Length is { } length ? $"length: {length}" : string.Empty,
                did.ReadSessions.SequenceEqual<byte>([1, 2, 3]) ? string.Empty : $"read: {Sessions(did.ReadSessions)}",
                did.WriteSessions.Count == 0 ? string.Empty : $"write: {Sessions(did.WriteSessions)}",
                did.IsWriteProtected ? "writeAccess: true" : string.Empty,
            ];
            Line($"  0x{did.Identifier:X4}: {{ {Joined(parts)} }}", string.Empty);
        }

        if (profile.Routines.Count > 0)
        {
            Line("routines:", "harmlessOption: option record with which it may be started at any time");
        }

        foreach (RoutineProfile routine in profile.Routines)
        {
            string[] parts =
            [
                $"sessions: {Sessions(routine.Sessions)}",
                routine.NeedsAccess ? "access: true" : string.Empty,
                routine.HarmlessOption is { } option ? $"harmlessOption: \"{Bytes(option)}\"" : string.Empty,
            ];
            Line($"  0x{routine.Identifier:X4}: {{ {Joined(parts)} }}", string.Empty);
        }

        if (profile.Outputs.Count > 0)
        {
            Line("outputs:", "service 2F; inside: a value that it can be set to; outside: one that it cannot, of the same length");
        }

        foreach (OutputProfile output in profile.Outputs)
        {
            string outside = output.Outside is { } value ? $", outside: \"{Bytes(value)}\"" : string.Empty;
            Line($"  0x{output.Identifier:X4}: {{ inside: \"{Bytes(output.Inside)}\"{outside} }}", string.Empty);
        }

        Cycles(profile);
        if (profile.Dtc is { } dtc)
        {
            Line("dtc:", string.Empty);
            Text("  availabilityMask: ", dtc.AvailabilityMask is { } mask ? Hex(mask) : null, "DTCStatusAvailabilityMask");
            Text("  format: ", dtc.Format is { } format ? Hex(format) : null, "DTCFormatIdentifier");
            Text("  codes: ", dtc.Codes.Count == 0 ? null : $"[{string.Join(", ", dtc.Codes.Select(code => $"0x{code:X6}"))}]", "all that it supports");
        }
    }

    private void Cycles(ConformanceProfile profile)
    {
        if (profile.Periodic is { } periodic)
        {
            Line("periodic:", "service 2A, on the identifier addressing.periodic");
            Text("  identifier: ", periodic.Identifier is { } identifier ? Hex(identifier) : null, "one that can be sent: the low byte of F2xx");
            Text("  slowMs: ", periodic.SlowMs, "period of the slow rate");
            Text("  mediumMs: ", periodic.MediumMs, string.Empty);
            Text("  fastMs: ", periodic.FastMs, string.Empty);
        }

        if (profile.LifeCycle is { } cycle)
        {
            Line("lifeCycle:", "an update as PROTOCOL.md has it; leave it out where the ECU has another");
            Line($"  trialMs: {cycle.TrialMs}", "longest trial without confirmation");
            Line($"  trialStarts: {cycle.TrialStarts}", "starts of a trial");
        }
    }

    private void Access(ConformanceProfile profile)
    {
        const string Keys = "none; device: from the device secret (--device); exec: and a program, which is given the seed in hexadecimal and prints the key";
        if (profile.SecurityAccess is { } access)
        {
            Line("securityAccess:", "service 27");
            Line($"  level: {access.Level}", "requestSeed; sendKey is one more");
            Text("  seedLength: ", access.SeedLength, string.Empty);
            Text("  keyLength: ", access.KeyLength, string.Empty);
            Text("  key: ", access.Key == AccessKeyKind.Program ? $"\"exec:{access.Program}\"" : access.Key == AccessKeyKind.Device ? "device" : "none", Keys);
            Text("  delayMs: ", access.DelayMs, "after the first wrong key");
            Text("  delayMsMax: ", access.DelayMsMax, "the longest");
        }

        if (profile.Authentication is { } authentication)
        {
            Line("authentication:", "service 29, challenge and response");
            Line($"  algorithm: \"{Bytes(authentication.Algorithm)}\"", "algorithmIndicator");
            Line($"  key: {(authentication.Key == AccessKeyKind.Device ? "device" : "none")}", string.Empty);
        }

        if (profile.Download is { } download)
        {
            Line("download:", "services 34 to 37");
            Text("  blockLength: ", download.BlockLength, "maxNumberOfBlockLength");
            Line($"  addressAndLengthFormat: {Hex(download.Format)}", string.Empty);
            Line("  manifestAddress: 0x", download.ManifestAddress, "where manifests go");
            Line("  imageAddress: 0x", download.ImageAddress, "where images go");
            Line("  imageLength: 0x", download.ImageLength, "bytes of that area");
        }

        Line("allowed:", "what a run may do; erasing and writing needs --destructive as well");
        Line($"  reset: {Word(profile.Allowed.Reset)}", "service 11");
        Line($"  programming: {Word(profile.Allowed.Programming)}", "the programming session");
        Line($"  clearDtc: {Word(profile.Allowed.ClearDtc)}", "service 14");
    }

    private void Line(string text, string comment)
    {
        _text.Append(comment.Length == 0 ? text : $"{text.PadRight(CommentColumn)} # {comment}").Append('\n');
    }

    private void Line(string text, uint? value, string comment)
    {
        if (value is { } number)
        {
            Line(string.Create(CultureInfo.InvariantCulture, $"{text}{number:X}"), comment);
        }
    }

    private void Text(string key, object? value, string comment)
    {
        if (value is not null)
        {
            Line(string.Create(CultureInfo.InvariantCulture, $"{key}{value}"), comment);
        }
    }

    private static string Joined(string[] parts) => string.Join(", ", parts.Where(part => part.Length > 0));

    private static string Sessions(IEnumerable<byte> sessions) =>
        $"[{string.Join(", ", sessions.Select(session => session switch { 1 => "default", 2 => "programming", 3 => "extended", _ => Hex(session) }))}]";

    private static string Hex(byte value) => $"0x{value:X2}";

    private static string Bytes(byte[] bytes) => string.Join(' ', bytes.Select(value => value.ToString("X2", CultureInfo.InvariantCulture)));

    private static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static string Word(bool value) => value ? "true" : "false";
}
