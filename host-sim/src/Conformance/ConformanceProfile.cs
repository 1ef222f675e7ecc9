// What an ECU is, as far as conformance cases need to know: identifiers, times, services, records, access, memory.
// Invariants: plain data, made by ProfileReader from a file or by ProfileOfConfig from nf.config; what a profile does not
// name is null or empty, and a case that needs it is not applicable. No case knows any of this from elsewhere.
// Tests: tests/host-sim/Conformance/ProfileTests.cs.
namespace EsyncSim.Conformance;

/// <summary>One ECU as its maker describes it.</summary>
internal sealed record ConformanceProfile
{
    /// <summary>Name of the ECU, for reports.</summary>
    public required string Name { get; init; }

    /// <summary>Where this profile is from: a file, or nf.config.</summary>
    public required string Source { get; init; }

    /// <summary>Identifiers and frames.</summary>
    public required AddressingProfile Addressing { get; init; }

    /// <summary>ISO 15765-2.</summary>
    public TransportProfile Transport { get; init; } = new();

    /// <summary>ISO 14229-2.</summary>
    public TimingProfile Timing { get; init; } = new();

    /// <summary>Services, by identifier; empty: not told.</summary>
    public IReadOnlyDictionary<byte, ServiceProfile> Services { get; init; } = new Dictionary<byte, ServiceProfile>();

    /// <summary>Data identifiers, ascending; empty: not told.</summary>
    public IReadOnlyList<DidProfile> Dids { get; init; } = [];

    /// <summary>Routines, ascending; empty: not told.</summary>
    public IReadOnlyList<RoutineProfile> Routines { get; init; } = [];

    /// <summary>DTCs; null: not told.</summary>
    public DtcProfile? Dtc { get; init; }

    /// <summary>Outputs that service 2F controls; empty: none, or not told.</summary>
    public IReadOnlyList<OutputProfile> Outputs { get; init; } = [];

    /// <summary>Service 2A; null: none, or not told.</summary>
    public PeriodicProfile? Periodic { get; init; }

    /// <summary>Life cycle of an update as PROTOCOL.md has it; null: the ECU has another, or none.</summary>
    public LifeCycleProfile? LifeCycle { get; init; }

    /// <summary>Service 27; null: none, or not told.</summary>
    public SecurityAccessProfile? SecurityAccess { get; init; }

    /// <summary>Service 29; null: none, or not told.</summary>
    public AuthenticationProfile? Authentication { get; init; }

    /// <summary>Services 34 to 37; null: none, or not told.</summary>
    public DownloadProfile? Download { get; init; }

    /// <summary>What a run may do to the ECU.</summary>
    public AllowedProfile Allowed { get; init; } = new();

    /// <summary>The service with this identifier; ends the case as not applicable when the profile does not name it.</summary>
    public ServiceProfile Service(byte identifier) => Services.TryGetValue(identifier, out ServiceProfile? service)
        ? service : throw new NotApplicableException($"the profile names no service 0x{identifier:X2}");

    /// <summary>True when the profile names this service, and this session among its sessions.</summary>
    public bool Offers(byte identifier, byte session) => Services.TryGetValue(identifier, out ServiceProfile? service) && service.IsIn(session);
}

/// <summary>Identifiers and frames.</summary>
internal sealed record AddressingProfile
{
    /// <summary>True for 29-bit identifiers.</summary>
    public bool IsExtended { get; init; }

    /// <summary>Identifier of physically addressed requests.</summary>
    public required uint Request { get; init; }

    /// <summary>Identifier of responses.</summary>
    public required uint Response { get; init; }

    /// <summary>Identifier of functionally addressed requests; null: none.</summary>
    public uint? Functional { get; init; }

    /// <summary>Identifier of the frames of service 2A; null: none.</summary>
    public uint? Periodic { get; init; }

    /// <summary>True: the ECU's frames always have eight bytes; false: only as many as they need; null: not told.</summary>
    public bool? IsPadded { get; init; }

    /// <summary>Byte that the ECU fills frames with; null: not told, or none.</summary>
    public byte? Padding { get; init; }

    /// <summary>True: frames of fewer than eight bytes are taken when they hold what they announce.</summary>
    public bool TakesShortFrames { get; init; }

    /// <summary>Bits per second.</summary>
    public int BitRate { get; init; } = 500_000;
}

/// <summary>Parameters of ISO 15765-2:2016; times in milliseconds.</summary>
internal sealed record TransportProfile
{
    /// <summary>Largest BS that the ECU announces as a receiver, 0 is no limit; null: not told.</summary>
    public byte? BlockSize { get; init; }

    /// <summary>STmin code that the ECU announces as a receiver; null: not told.</summary>
    public byte? SeparationTimeMin { get; init; }

    /// <summary>N_Bs of the ECU as a sender.</summary>
    public int NBsMs { get; init; } = 1000;

    /// <summary>N_Cr of the ECU as a receiver.</summary>
    public int NCrMs { get; init; } = 1000;

    /// <summary>N_Br: a flow control comes within this after a first frame or a block.</summary>
    public int NBrMs { get; init; } = 100;

    /// <summary>N_WFTmax: flow controls WAIT that the ECU accepts in a row as a sender; null: not told.</summary>
    public int? WaitFrameMax { get; init; }

    /// <summary>Longest request in bytes; null: not told.</summary>
    public int? RequestLengthMax { get; init; }

    /// <summary>Longest response in bytes; null: not told.</summary>
    public int? ResponseLengthMax { get; init; }
}

/// <summary>Times of ISO 14229-2:2013 in milliseconds, and the tolerance that every measured time is given.</summary>
internal sealed record TimingProfile
{
    /// <summary>P2server_max.</summary>
    public int P2Ms { get; init; } = 50;

    /// <summary>P2*server_max.</summary>
    public int P2StarMs { get; init; } = 5000;

    /// <summary>S3server; null: not told.</summary>
    public int? S3Ms { get; init; }

    /// <summary>How much later than its limit something may be measured.</summary>
    public int ToleranceMs { get; init; } = 20;

    /// <summary>How much a time may differ from a timeout that is to run out, in percent of it.</summary>
    public int TolerancePercent { get; init; } = 20;

    /// <summary>From a reset to the first answer, at most.</summary>
    public int ResetMs { get; init; } = 5000;

    /// <summary>A limit with its tolerance.</summary>
    public double Late(double limitMs) => limitMs + ToleranceMs;
}

/// <summary>A service as the profile names it.</summary>
internal sealed record ServiceProfile
{
    /// <summary>Service identifier.</summary>
    public required byte Identifier { get; init; }

    /// <summary>Sessions in which it is offered: numbers of diagnosticSessionType.</summary>
    public IReadOnlyList<byte> Sessions { get; init; } = [1, 2, 3];

    /// <summary>True: only with access.</summary>
    public bool NeedsAccess { get; init; }

    /// <summary>Sub-functions with their sessions; empty: it has none, or they are not told.</summary>
    public IReadOnlyDictionary<byte, IReadOnlyList<byte>> SubFunctions { get; init; } = new Dictionary<byte, IReadOnlyList<byte>>();

    /// <summary>True when it is offered in a session.</summary>
    public bool IsIn(byte session) => Sessions.Contains(session);
}

/// <summary>A data identifier.</summary>
internal sealed record DidProfile
{
    /// <summary>The identifier.</summary>
    public required ushort Identifier { get; init; }

    /// <summary>Bytes of its record; null: not told, or not always the same.</summary>
    public int? Length { get; init; }

    /// <summary>Sessions in which it can be read; empty: it cannot.</summary>
    public IReadOnlyList<byte> ReadSessions { get; init; } = [1, 2, 3];

    /// <summary>Sessions in which it can be written; empty: it cannot.</summary>
    public IReadOnlyList<byte> WriteSessions { get; init; } = [];

    /// <summary>True: writing needs access.</summary>
    public bool IsWriteProtected { get; init; }
}

/// <summary>A routine.</summary>
internal sealed record RoutineProfile
{
    /// <summary>The identifier.</summary>
    public required ushort Identifier { get; init; }

    /// <summary>Sessions in which it can be started.</summary>
    public IReadOnlyList<byte> Sessions { get; init; } = [2, 3];

    /// <summary>True: only with access.</summary>
    public bool NeedsAccess { get; init; }

    /// <summary>Option record with which it may be started in any state of the ECU without changing it; null: there is none.</summary>
    public byte[]? HarmlessOption { get; init; }
}

/// <summary>DTCs of service 19.</summary>
internal sealed record DtcProfile
{
    /// <summary>DTCStatusAvailabilityMask; null: not told.</summary>
    public byte? AvailabilityMask { get; init; }

    /// <summary>DTCFormatIdentifier; null: not told.</summary>
    public byte? Format { get; init; }

    /// <summary>DTCs that the ECU supports; empty: not told.</summary>
    public IReadOnlyList<uint> Codes { get; init; } = [];
}

/// <summary>An output of service 2F, whose value has a length of its own and no mask.</summary>
internal sealed record OutputProfile
{
    /// <summary>Data identifier.</summary>
    public required ushort Identifier { get; init; }

    /// <summary>A value that it can be set to, in the bytes of controlState.</summary>
    public required byte[] Inside { get; init; }

    /// <summary>A value of the same length that it cannot be set to; null: every one is possible, or not told.</summary>
    public byte[]? Outside { get; init; }
}

/// <summary>Service 2A with frames of type 2 (UUDT) on an identifier of their own.</summary>
internal sealed record PeriodicProfile
{
    /// <summary>A periodic identifier that can be sent: the low byte of F2xx; null: not told.</summary>
    public byte? Identifier { get; init; }

    /// <summary>Period of the slow rate in milliseconds; null: not told.</summary>
    public int? SlowMs { get; init; }

    /// <summary>Period of the medium rate in milliseconds; null: not told.</summary>
    public int? MediumMs { get; init; }

    /// <summary>Period of the fast rate in milliseconds; null: not told.</summary>
    public int? FastMs { get; init; }
}

/// <summary>Times of the life cycle that PROTOCOL.md describes.</summary>
internal sealed record LifeCycleProfile
{
    /// <summary>Longest trial without confirmation in milliseconds.</summary>
    public int TrialMs { get; init; } = 60_000;

    /// <summary>Starts of a trial.</summary>
    public int TrialStarts { get; init; } = 3;
}

/// <summary>How keys and proofs are made.</summary>
internal enum AccessKeyKind
{
    /// <summary>Not told.</summary>
    None,

    /// <summary>From the device secret (PROTOCOL.md, "Access").</summary>
    Device,

    /// <summary>By a program that is given the seed.</summary>
    Program,
}

/// <summary>Service 27.</summary>
internal sealed record SecurityAccessProfile
{
    /// <summary>Sub-function requestSeed; sendKey is one more.</summary>
    public byte Level { get; init; } = 1;

    /// <summary>Bytes of the seed; null: not told.</summary>
    public int? SeedLength { get; init; }

    /// <summary>Bytes of the key; null: not told.</summary>
    public int? KeyLength { get; init; }

    /// <summary>How the key is made.</summary>
    public AccessKeyKind Key { get; init; }

    /// <summary>Command line of the program, which is given the seed in hexadecimal behind it and prints the key.</summary>
    public string Program { get; init; } = string.Empty;

    /// <summary>Delay after the first wrong key in milliseconds; null: not told.</summary>
    public int? DelayMs { get; init; }

    /// <summary>Largest delay in milliseconds; null: not told.</summary>
    public int? DelayMsMax { get; init; }
}

/// <summary>Service 29 by challenge and response with HMAC-SHA256 of the device secret (PROTOCOL.md, "Access").</summary>
internal sealed record AuthenticationProfile
{
    /// <summary>How the proof is made: <see cref="AccessKeyKind.Device"/>, or not told.</summary>
    public AccessKeyKind Key { get; init; }

    /// <summary>algorithmIndicator.</summary>
    public required byte[] Algorithm { get; init; }
}

/// <summary>Services 34 to 37.</summary>
internal sealed record DownloadProfile
{
    /// <summary>maxNumberOfBlockLength that the ECU answers; null: not told.</summary>
    public int? BlockLength { get; init; }

    /// <summary>addressAndLengthFormatIdentifier.</summary>
    public byte Format { get; init; } = 0x44;

    /// <summary>Address of the area that manifests go to; null: none.</summary>
    public uint? ManifestAddress { get; init; }

    /// <summary>Address of the area that images go to; null: not told.</summary>
    public uint? ImageAddress { get; init; }

    /// <summary>Bytes of that area; null: not told.</summary>
    public uint? ImageLength { get; init; }
}

/// <summary>What a run may do to the ECU.</summary>
internal sealed record AllowedProfile
{
    /// <summary>Reset it by service 11.</summary>
    public bool Reset { get; init; } = true;

    /// <summary>Enter the programming session.</summary>
    public bool Programming { get; init; } = true;

    /// <summary>Clear its DTCs.</summary>
    public bool ClearDtc { get; init; } = true;
}
