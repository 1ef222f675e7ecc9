// The records of the agent's own identifiers and routines as lists of fields, for the ODX description.
// Invariant: every identifier and routine of PROTOCOL.md's tables that every ECU has is here; lengths are tested against a virtual ECU's answers.
// Tests: tests/host-sim/Describe/OdxAgainstEcuTests.cs.
using EsyncAgent;
using EsyncSim.Client;

namespace EsyncSim.Describe;

/// <summary>Adds the fields of a record to a message.</summary>
internal delegate OdxMessage RecordFields(OdxMessage message);

/// <summary>Records of the agent.</summary>
/// <param name="types">The dictionary of the ECU.</param>
internal sealed class OdxRecords(OdxDictionary types)
{
    private const int Digest = 32, ShortDigest = 16;

    /// <summary>Records by data identifier.</summary>
    public IEnumerable<(ushort Did, RecordFields Fields)> Identifiers() =>
    [
        (0xF15A, message => message.Value("date", 3, types.Bytes(3)).Value("tester_serial_number", 6, types.Bytes(6))),
        (0xF181, message => message.Value("count", 1, types.Unsigned(1)).Value("version", 24, types.Text(24))),
        (0xF186, message => message.Value("session", 1, types.Table("session", 1, [(1, "default"), (2, "programming"), (3, "extended")]))),
        (0xF189, message => message.Rest("version", types.TextRest())),
        (0xFD00, message => Numbers(message, 1, "protocol_version", "major", "minor", "patch", "runtime").Value("contract_version", 2, types.Unsigned(2))),
        (0xFD01, message => message.Value("state", 1, EsyncStates()).Value("progress", 1, types.Counted(1, "percent"))),
        (0xFD02, message => Numbers(message, 4, "next_byte", "transfer_size").Value("manifest_digest", ShortDigest, types.Bytes(ShortDigest)).Value("chunks", 4, types.Unsigned(4))),
        (0xFD03, message => message.Value("result", 2, Results()).Value("detail", 4, types.Unsigned(4)).Value("rollbacks", 2, types.Unsigned(2))),
        (0xFD04, Banks),
        (0xFD05, message => Numbers(Numbers(Numbers(message, 2, "chunk_length", "message_length_max"), 4, "envelope_length_max", "bank_length"), 2, "encodings")
            .Value("recipients_max", 1, types.Unsigned(1)).Value("window_bits_max", 1, types.Unsigned(1))),
        (0xFD06, message => message.Value("bank_a", Digest, types.Bytes(Digest)).Value("bank_b", Digest, types.Bytes(Digest))),
        (0xFD08, message => Numbers(message, 4, "receiver_overruns", "bus_offs")),
        (0xFD09, message => message.Value("sequence", 4, types.Unsigned(4)).Value("anchor_count", 1, types.Unsigned(1)).Rest("anchors", types.Rest())),
        (0xFD0A, message => Numbers(message, 4, "newest", "newest_in_flash").Value("boot", 2, types.Unsigned(2)).Value("since_start", 4, types.Counted(4, "ms"))
            .Value("count", 1, types.Unsigned(1)).Rest("events", types.Rest())),
        (0xFD10, message => message.Value("signal_table", 4, types.Unsigned(4)).Value("signals", 2, types.Unsigned(2)).Value("rules_sequence", 4, types.Unsigned(4))
            .Value("rules_digest", ShortDigest, types.Bytes(ShortDigest)).Value("rules", 1, types.Unsigned(1))),
        (0xFD11, message => Numbers(message, 4, "log_epoch", "next", "acknowledged", "dropped_low", "dropped_normal", "dropped_high", "expired")),
        (0xFD12, message => message.Value("boot", 2, types.Unsigned(2)).Value("since_start", 4, types.Counted(4, "ms")).Value("utc_ms", 8, types.Bytes(8))),
    ];

    /// <summary>Routines: sessions, access, what is asked, what is answered.</summary>
    public IEnumerable<(ushort Routine, string[] Sessions, bool NeedsAccess, RecordFields Options, RecordFields Status)> Routines()
    {
        string[] both = ["programming", "extended"], programming = ["programming"];
        yield return (0x0203, both, false, Nothing, message => message.Value("consent", 1, types.Table("consent", 1, [(1, "consent"), (2, "postponed"), (3, "denied")])).Value("reasons", 1, types.Unsigned(1)));
        yield return (0x0204, both, false, message => message.Value("nonce", 16, types.Bytes(16)), VersionReportFields);
        foreach (ushort plain in new ushort[] { 0x0210, 0x0211, 0x0214, 0x0215, 0xFF00, 0xFF01 })
        {
            yield return (plain, programming, true, Nothing, Result);
        }

        yield return (0x0212, both, true, Nothing, Result);
        yield return (0x0213, both, true, Nothing, Result);
        yield return (0x0220, both, false, message => message.Rest("record", types.Rest()), Result);
        yield return (0x0230, both, true, message => message.Value("from", 4, types.Unsigned(4)), message => Result(message).Rest("epoch_and_records", types.Rest()));
        yield return (0x0231, both, true, message => Numbers(message, 4, "log_epoch", "up_to"), Result);
        yield return (0x0232, both, true, message => message.Value("utc_ms", 8, types.Bytes(8)), message => Result(message).Rest("boot_and_ms", types.Rest()));
    }

    private static OdxMessage Nothing(OdxMessage message) => message;

    private OdxMessage Result(OdxMessage message) => message.Value("result", 2, Results());

    private OdxMessage Numbers(OdxMessage message, int bytes, params string[] names)
    {
        foreach (string name in names)
        {
            message.Value(name, bytes, types.Unsigned(bytes));
        }

        return message;
    }

    private OdxMessage Banks(OdxMessage message)
    {
        string bank = types.Table("bank", 1, [(0, "A"), (1, "B"), (0xFF, "none")]);
        string state = types.Table("bank_state", 1, Enum.GetValues<BankState>().Select(value => ((long)value, value.ToString())));
        return message.Value("active", 1, bank).Value("running", 1, bank).Value("state_a", 1, state).Value("state_b", 1, state).Value("trial_attempts_left", 1, types.Unsigned(1));
    }

    private OdxMessage VersionReportFields(OdxMessage message)
    {
        message.Value("format", 1, types.Unsigned(1)).Value("device_identifier", 16, types.Bytes(16));
        Banks(Numbers(message, 1, "agent_major", "agent_minor", "agent_patch"));
        Numbers(message, 4, "security_version_floor", "sequence");
        message.Value("digest_a", Digest, types.Bytes(Digest)).Value("digest_b", Digest, types.Bytes(Digest)).Value("version", 24, types.Text(24)).Value("last_result", 2, Results());
        return message.Value("trust_sequence", 4, types.Unsigned(4)).Value("security_events", 64, types.Bytes(64)).Value("nonce", 16, types.Bytes(16)).Value("hmac", 32, types.Bytes(32));
    }

    private string EsyncStates() => types.Table("esync_state", 1, Enum.GetValues<EsyncState>().Select(value => ((long)value, value.ToString())));

    private string Results() => types.Table("fota_error", 2, Enum.GetValues<FotaError>().Select(value => ((long)value, FotaErrorText.Of(value))));
}
