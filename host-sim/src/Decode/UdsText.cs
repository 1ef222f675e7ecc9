// A UDS message in words: service, subfunction, what it is about, negative response codes, the agent's own values, and which eSync
// message it is a part of. A pure function of its bytes, of who sent it, and of the signals and DTCs that the ECU has. Of an ECU that is not
// ours it says what the standard names, and no more.
// Invariant: it takes any bytes: what is too short, unknown or malformed is said with what there is, and never throws.
// Clause: ISO 14229-1:2020 §8 (forms of requests and responses).
// Tests: tests/host-sim/Decode/UdsTextTests.cs.
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using EsyncAgent;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Data;
using SignalQuality = EsyncSim.Data.SignalQuality;

namespace EsyncSim.Decode;

/// <summary>What a message says.</summary>
/// <param name="Text">In words.</param>
/// <param name="Step">The eSync message that it is a part of; empty for none.</param>
/// <param name="IsNegative">True for a negative response other than "pending".</param>
public readonly record struct UdsSight(string Text, string Step, bool IsNegative);

/// <summary>Reads UDS messages.</summary>
/// <param name="signals">Signals of the ECU.</param>
/// <param name="dtcs">Names of its DTCs; null for none.</param>
/// <param name="isForeign">True: not our agent; only the standard's own names are told.</param>
/// <param name="outputs">Names of its outputs by data identifier; null for none.</param>
public sealed class UdsText(
    SignalCatalogue signals, IReadOnlyDictionary<uint, string>? dtcs = null, bool isForeign = false, IReadOnlyDictionary<ushort, string>? outputs = null)
{
    private const byte NegativeResponse = 0x7F;
    private const byte Positive = 0x40;
    private const byte ResponsePending = 0x78;
    private const uint StagingAddress = 0x10000000;
    private const int TextLengthMax = 48;

    private readonly UdsDtcText _dtcs = new(dtcs ?? new Dictionary<uint, string>());

    /// <summary>Reads messages of an ECU of nf.config.</summary>
    public static UdsText Of(EcuDefinition ecu) => new(
        ecu.Signals, DtcNames.Of(ecu.Config.Dem), outputs: ecu.Outputs.ToDictionary(output => output.Did, output => output.Name));

    /// <summary>Reads messages of an ECU of which nothing is known.</summary>
    public static UdsText Foreign() => new(new SignalCatalogue([]), isForeign: true);

    /// <summary>Reads a request.</summary>
    public UdsSight Request(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 0)
        {
            return new UdsSight("an empty request", string.Empty, false);
        }

        byte sid = bytes[0];
        string about = sid switch
        {
            0x22 or 0x2E => Identifiers(bytes, sid == 0x22),
            0x2F => Control(bytes),
            0x14 or 0x19 => Joined(Subfunction(bytes), _dtcs.Request(bytes)),
            0x31 => Routine(bytes),
            0x34 => Download(bytes),
            0x36 when bytes.Length > 1 => string.Create(CultureInfo.InvariantCulture, $"block {bytes[1]}, {bytes.Length - 2} bytes"),
            _ => Subfunction(bytes),
        };
        return new UdsSight(Words(sid, about), StepOf(bytes), false);
    }

    /// <summary>Reads a response.</summary>
    public UdsSight Response(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 0)
        {
            return new UdsSight("an empty response", string.Empty, false);
        }

        if (bytes[0] == NegativeResponse)
        {
            return Negative(bytes);
        }

        byte sid = (byte)(bytes[0] - Positive);
        string about = sid switch
        {
            0x22 => Values(bytes[1..]),
            0x2E => Identifiers(bytes, false),
            0x2F => Control(bytes),
            0x19 => Joined(Subfunction(bytes, sid), _dtcs.Response(bytes)),
            0x31 => RoutineResult(bytes),
            0x34 when bytes.Length >= 4 => string.Create(CultureInfo.InvariantCulture, $"blocks of up to {BinaryPrimitives.ReadUInt16BigEndian(bytes[2..])} bytes"),
            0x36 when bytes.Length > 1 => string.Create(CultureInfo.InvariantCulture, $"block {bytes[1]} taken"),
            _ => Subfunction(bytes, sid),
        };
        return new UdsSight(Words(sid, about), StepOf([sid, .. bytes[1..]]), false);
    }

    private static string Words(byte sid, string about)
    {
        string service = UdsNames.Service(sid) is { Length: > 0 } name ? name : string.Create(CultureInfo.InvariantCulture, $"service {sid:X2}");
        return about.Length > 0 ? $"{service}: {about}" : service;
    }

    private static string Joined(string first, string second) => first.Length > 0 && second.Length > 0 ? $"{first}, {second}" : first + second;

    private static UdsSight Negative(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 3)
        {
            return new UdsSight("a negative response that is too short", string.Empty, true);
        }

        string reason = string.Create(CultureInfo.InvariantCulture, $"{NrcText.Of(bytes[2])} (NRC {bytes[2]:X2})");
        return new UdsSight(Words(bytes[1], reason), string.Empty, bytes[2] != ResponsePending);
    }

    private static string Subfunction(ReadOnlySpan<byte> bytes, byte? service = null)
    {
        byte sid = service ?? bytes[0];
        if (!UdsNames.HasSubfunction(sid) || bytes.Length < 2)
        {
            return string.Empty;
        }

        byte subfunction = (byte)(bytes[1] & 0x7F);
        string name = UdsNames.Subfunction(sid, subfunction) is { Length: > 0 } known ? known : string.Create(CultureInfo.InvariantCulture, $"subfunction {subfunction:X2}");
        return (bytes[1] & 0x80) != 0 && service is null ? $"{name}, no answer wanted" : name;
    }

    private string Routine(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 4)
        {
            return Subfunction(bytes);
        }

        ushort routine = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        string name = !IsNamed(routine) ? "routine" : UdsNames.Routines.TryGetValue(routine, out (string Name, string Step) known) ? known.Name : "unknown routine";
        string start = bytes[1] == 0x01 ? string.Empty : $"{Subfunction(bytes)} ";
        return string.Create(CultureInfo.InvariantCulture, $"{start}{name} ({routine:X4})");
    }

    private string RoutineResult(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 4)
        {
            return string.Empty;
        }

        ReadOnlySpan<byte> status = bytes[4..];
        string name = Routine([0x31, .. bytes[1..4]]);
        string said = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]) switch
        {
            _ when isForeign => string.Empty,
            0x0203 when status.Length >= 2 => status[0] switch { 1 => "consent", 2 => "postponed", _ => "denied" } + Reasons(status[1]),
            0x0204 when status.Length == VersionReport.Length => ReportWords(status),
            0x0204 => string.Empty,
            _ when status.Length >= 2 && BinaryPrimitives.ReadUInt16BigEndian(status) is var result => result == 0 ? "done" : FotaErrorText.Of((FotaError)result),
            _ => string.Empty,
        };
        return said.Length > 0 ? $"{name}: {said}" : name;
    }

    private static string Reasons(byte bits)
    {
        string[] reasons = [.. new[] { (1, "the application"), (2, "a trial runs"), (4, "not provisioned") }.Where(reason => (bits & reason.Item1) != 0).Select(reason => reason.Item2)];
        return reasons.Length == 0 ? string.Empty : $" ({string.Join(", ", reasons)})";
    }

    private static string ReportWords(ReadOnlySpan<byte> report)
    {
        string version = Printable(report.Slice(97, 24));
        return $"{(version.Length > 0 ? version : "no application")}, {Banks(report[20..25])}";
    }

    // dataFormatIdentifier, then 44 or 33 and so on: lengths of size and address.
    private string Download(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 11 || bytes[2] != 0x44)
        {
            return string.Empty;
        }

        uint address = BinaryPrimitives.ReadUInt32BigEndian(bytes[3..]);
        uint size = BinaryPrimitives.ReadUInt32BigEndian(bytes[7..]);
        string what = isForeign ? string.Create(CultureInfo.InvariantCulture, $"to {address:X8}")
            : address == StagingAddress ? "document to the staging slot"
            : string.Create(CultureInfo.InvariantCulture, $"{EncodingText.Of(bytes[1])} image from byte {address & 0x0FFFFFFF:N0}");
        return string.Create(CultureInfo.InvariantCulture, $"{what}, {size:N0} bytes");
    }

    private string StepOf(ReadOnlySpan<byte> bytes) => isForeign ? string.Empty : bytes[0] switch
    {
        0x31 when bytes.Length >= 4 && UdsNames.Routines.TryGetValue(BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), out (string Name, string Step) routine) => routine.Step,
        0x34 or 0x36 or 0x37 => "prepare-update",
        0x11 => "ready-update",
        _ => string.Empty,
    };

    private static string Printable(ReadOnlySpan<byte> bytes)
    {
        string text = Encoding.ASCII.GetString(bytes).Trim('\0', '\x01', ' ');
        return text.Length is > 0 and <= TextLengthMax && text.All(c => c is >= ' ' and <= '~') ? text : string.Empty;
    }

    private static string Banks(ReadOnlySpan<byte> bytes)
    {
        string running = bytes[1] switch { 0 => "A runs", 1 => "B runs", _ => "none runs" };
        return string.Create(CultureInfo.InvariantCulture, $"bank A {(BankState)bytes[2]}, B {(BankState)bytes[3]}, {running}, {bytes[4]} attempts left");
    }

    // What a number of another maker's ECU means only the standard's own ranges tell: F180 to F19E, FF00 and FF01.
    private bool IsNamed(ushort number) => !isForeign || number is (>= 0xF180 and <= 0xF19E) or 0xFF00 or 0xFF01;

    private string Identifiers(ReadOnlySpan<byte> bytes, bool isList)
    {
        List<string> names = [];
        for (int i = 1; i + 1 < bytes.Length && (isList || names.Count == 0); i += 2)
        {
            names.Add(NameOf(BinaryPrimitives.ReadUInt16BigEndian(bytes[i..])));
        }

        return string.Join(", ", names);
    }

    // dataIdentifier, inputOutputControlParameter, and the value where one is set (ISO 14229-1:2020 §13.2).
    private string Control(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 4)
        {
            return Identifiers(bytes, false);
        }

        string parameter = bytes[3] switch { 0 => "back to the ECU", 1 => "default", 2 => "frozen", 3 => "set", _ => "reserved" };
        return $"{Identifiers(bytes, false)}, {parameter}{(bytes.Length > 4 ? $" {Convert.ToHexString(bytes[4..])}" : string.Empty)}";
    }

    private string NameOf(ushort did)
    {
        string name = signals.Find(did)?.Path ?? outputs?.GetValueOrDefault(did) ?? (IsNamed(did) ? UdsNames.Identifier(did) : string.Empty);
        return string.Create(CultureInfo.InvariantCulture, $"{did:X4}{(name.Length > 0 ? $" {name}" : string.Empty)}");
    }

    // Where one value ends and the next begins is known of signals only; of all others the first takes the rest.
    private string Values(ReadOnlySpan<byte> bytes)
    {
        List<string> said = [];
        while (bytes.Length >= 2)
        {
            ushort did = BinaryPrimitives.ReadUInt16BigEndian(bytes);
            bytes = bytes[2..];
            if (signals.Find(did) is { } signal && ReportBody.TryReadValue(bytes, signal) is { } value)
            {
                string quality = value.Quality == SignalQuality.Valid ? string.Empty : $" ({value.Quality})";
                said.Add(string.Create(CultureInfo.InvariantCulture, $"{NameOf(did)} = {value.Physical:0.###} {signal.Unit}").TrimEnd() + quality);
                bytes = bytes[(1 + signal.ValueLength)..];
                continue;
            }

            string words = ValueOf(did, bytes);
            said.Add(words.Length > 0 ? $"{NameOf(did)} = {words}" : string.Create(CultureInfo.InvariantCulture, $"{NameOf(did)}, {bytes.Length} bytes"));
            break;
        }

        return string.Join("; ", said);
    }

    private string ValueOf(ushort did, ReadOnlySpan<byte> value) => !IsNamed(did) ? string.Empty : did switch
    {
        0xF186 when value.Length == 1 => UdsNames.Subfunction(0x10, value[0]),
        0xF180 or 0xF181 or (>= 0xF187 and <= 0xF1EF) => Printable(value),
        0xFD01 when value.Length >= 2 => string.Create(CultureInfo.InvariantCulture, $"{(EsyncState)value[0]}, {value[1]} %"),
        0xFD02 when value.Length >= 8 => string.Create(
            CultureInfo.InvariantCulture, $"next byte {BinaryPrimitives.ReadUInt32BigEndian(value):N0} of {BinaryPrimitives.ReadUInt32BigEndian(value[4..]):N0}"),
        0xFD03 when value.Length >= 8 => string.Create(
            CultureInfo.InvariantCulture, $"{FotaErrorText.Of((FotaError)BinaryPrimitives.ReadUInt16BigEndian(value))}, {BinaryPrimitives.ReadUInt16BigEndian(value[6..])} rollbacks so far"),
        0xFD04 when value.Length >= 5 => Banks(value),
        _ => string.Empty,
    };
}
