// What services, data identifiers and routines are called: one table for all who show diagnostic traffic. Names of services are the
// standard's, those of identifiers and routines PROTOCOL.md's; which eSync message a request is a part of, DESIGN's table of both says.
// Invariant: every identifier and routine of PROTOCOL.md's tables has its row here.
// Clauses: ISO 14229-1:2020 Annexes A, C and F.
// Tests: tests/host-sim/Decode/UdsTextTests.cs.
namespace EsyncSim.Decode;

/// <summary>Names in diagnostic traffic.</summary>
internal static class UdsNames
{
    /// <summary>Identifiers that have a name of their own.</summary>
    public static readonly IReadOnlyDictionary<ushort, string> Identifiers = new Dictionary<ushort, string>
    {
        [0xF15A] = "fingerprint",
        [0xF180] = "boot software identification",
        [0xF181] = "application software identification",
        [0xF186] = "active diagnostic session",
        [0xF187] = "spare part number",
        [0xF188] = "ECU software number",
        [0xF189] = "ECU software version",
        [0xF18A] = "system supplier",
        [0xF18B] = "ECU manufacturing date",
        [0xF18C] = "ECU serial number",
        [0xF190] = "VIN",
        [0xF191] = "ECU hardware number",
        [0xF197] = "system name",
        [0xF19E] = "ODX file",
        [0xF1EF] = "RXSWIN",
        [0xFD00] = "agent",
        [0xFD01] = "update state",
        [0xFD02] = "resume point",
        [0xFD03] = "last result",
        [0xFD04] = "banks",
        [0xFD05] = "update limits",
        [0xFD06] = "manifest digests",
        [0xFD08] = "CAN counters",
        [0xFD09] = "trust state",
        [0xFD0A] = "security events",
        [0xFD10] = "what is collected",
        [0xFD11] = "report log",
        [0xFD12] = "time",
    };

    /// <summary>Routines, each with the eSync message that it serves; empty for none.</summary>
    public static readonly IReadOnlyDictionary<ushort, (string Name, string Step)> Routines = new Dictionary<ushort, (string Name, string Step)>
    {
        [0x0203] = ("check programming preconditions", "ready-download"),
        [0x0204] = ("authenticated version report", "query-package"),
        [0x0210] = ("authenticate manifest", "prepare-update"),
        [0x0211] = ("activate", "ready-update"),
        [0x0212] = ("confirm", "confirm-update"),
        [0x0213] = ("roll back", "rollback-update"),
        [0x0214] = ("install trust manifest", "ready-update"),
        [0x0215] = ("install collection rules", "ready-update"),
        [0x0220] = ("provision", string.Empty),
        [0x0230] = ("read reports", "data"),
        [0x0231] = ("acknowledge reports", "data"),
        [0x0232] = ("set time", "data"),
        [0xFF00] = ("erase memory", "prepare-update"),
        [0xFF01] = ("check programming dependencies", "prepare-update"),
    };

    /// <summary>Name of a service by its request's first byte; empty for one that is not in use here.</summary>
    public static string Service(byte sid) => sid switch
    {
        0x10 => "DiagnosticSessionControl",
        0x11 => "ECUReset",
        0x14 => "ClearDiagnosticInformation",
        0x19 => "ReadDTCInformation",
        0x22 => "ReadDataByIdentifier",
        0x27 => "SecurityAccess",
        0x28 => "CommunicationControl",
        0x29 => "Authentication",
        0x2A => "ReadDataByPeriodicIdentifier",
        0x2C => "DynamicallyDefineDataIdentifier",
        0x2E => "WriteDataByIdentifier",
        0x2F => "InputOutputControlByIdentifier",
        0x31 => "RoutineControl",
        0x34 => "RequestDownload",
        0x36 => "TransferData",
        0x37 => "RequestTransferExit",
        0x3E => "TesterPresent",
        0x85 => "ControlDTCSetting",
        _ => string.Empty,
    };

    /// <summary>Name of a subfunction; empty where the service has none, or it is not known.</summary>
    public static string Subfunction(byte sid, byte subfunction) => (sid, subfunction) switch
    {
        (0x10, 0x01) => "default session",
        (0x10, 0x02) => "programming session",
        (0x10, 0x03) => "extended session",
        (0x11, 0x01) => "hard reset",
        (0x11, 0x03) => "soft reset",
        (0x19, 0x01) => "number of DTCs by status mask",
        (0x19, 0x02) => "DTCs by status mask",
        (0x19, 0x03) => "snapshot identification",
        (0x19, 0x04) => "snapshot by DTC",
        (0x19, 0x06) => "extended data by DTC",
        (0x19, 0x0A) => "supported DTCs",
        (0x19, 0x14) => "fault detection counters",
        (0x19, 0x15) => "permanent DTCs",
        (0x27, _) when subfunction % 2 == 1 => "request seed",
        (0x27, _) => "send key",
        (0x28, 0x00) => "enable rx and tx",
        (0x28, 0x01) => "enable rx, disable tx",
        (0x28, 0x02) => "disable rx, enable tx",
        (0x28, 0x03) => "disable rx and tx",
        (0x29, 0x00) => "deauthenticate",
        (0x29, 0x05) => "request challenge",
        (0x29, 0x06) => "verify proof of ownership",
        (0x29, 0x08) => "authentication configuration",
        (0x2A, 0x01) => "send slowly",
        (0x2A, 0x02) => "send at medium rate",
        (0x2A, 0x03) => "send fast",
        (0x2A, 0x04) => "stop sending",
        (0x2C, 0x01) => "define by identifier",
        (0x2C, 0x03) => "clear definition",
        (0x31, 0x01) => "start",
        (0x31, 0x02) => "stop",
        (0x31, 0x03) => "results",
        (0x3E, 0x00) => "zero subfunction",
        (0x85, 0x01) => "on",
        (0x85, 0x02) => "off",
        _ => string.Empty,
    };

    /// <summary>True for services whose second byte is a subfunction.</summary>
    public static bool HasSubfunction(byte sid) => sid is 0x10 or 0x11 or 0x19 or 0x27 or 0x28 or 0x29 or 0x2A or 0x2C or 0x31 or 0x3E or 0x85;

    /// <summary>Name of an identifier: its own, that of a signal, or what its range is for.</summary>
    public static string Identifier(ushort did) => Identifiers.TryGetValue(did, out string? name) ? name : did switch
    {
        >= 0x0100 and <= 0x01FF => "application data",
        >= 0x0200 and <= 0x0FFF => "signal",
        >= 0x1000 and <= 0x10FF => "output",
        >= 0xF200 and <= 0xF3FF => "signal or dynamic identifier",
        _ => string.Empty,
    };
}
