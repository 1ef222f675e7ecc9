// The profile of an ECU of ours: identifiers and times from nf.config, services and records as PROTOCOL.md has them.
// It is the one place in which conformance knows what our ECUs are; cases do not.
// Clause: PROTOCOL.md, "Transport", "Services", "Data identifiers", "Routines", "Transfer", "Access".
// Tests: tests/host-sim/Conformance/ProfileTests.cs.
using EsyncAgent;
using EsyncSim.Config;

namespace EsyncSim.Conformance;

/// <summary>From nf.config to a profile.</summary>
internal static class ProfileOfConfig
{
    private const byte Default = DcmSession.Default;
    private const byte Programming = DcmSession.Programming;
    private const byte Extended = DcmSession.Extended;
    private const int KeyLength = 16;
    private static readonly byte[] All = [Default, Programming, Extended];
    private static readonly byte[] NonDefault = [Programming, Extended];
    private static readonly byte[] HmacSha256 = [0x06, 0x08, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x02, 0x09, 0, 0, 0, 0, 0, 0];

    /// <summary>Makes the profile of an ECU.</summary>
    public static ConformanceProfile Of(EcuDefinition ecu)
    {
        EcuConfig config = ecu.Config;
        return new ConformanceProfile
        {
            Name = ecu.Name,
            Source = "nf.config",
            Addressing = new AddressingProfile
            {
                IsExtended = config.CanIf.IsExtended,
                Request = config.CanIf.PhysicalRxId,
                Response = config.CanIf.TxId,
                Functional = Known(config.CanIf.FunctionalRxId),
                Periodic = Known(config.CanIf.PeriodicTxId),
                IsPadded = true,
                Padding = config.CanTp.Padding,
                TakesShortFrames = true,
                BitRate = (int)ecu.Bus.BitRate,
            },
            Transport = Transport(config),
            Timing = new TimingProfile { P2Ms = config.Dcm.P2ServerMsMax, P2StarMs = config.Dcm.P2StarServerMsMax, S3Ms = config.Dcm.S3ServerMs },
            Services = Services().ToDictionary(service => service.Identifier),
            Dids = [.. Dids(ecu).OrderBy(did => did.Identifier)],
            Routines = Routines(),
            Dtc = new DtcProfile { AvailabilityMask = 0x7F, Format = 0x01, Codes = [.. config.Dem.Dtcs] },
            SecurityAccess = new SecurityAccessProfile
            {
                Level = 1,
                SeedLength = KeyLength,
                KeyLength = KeyLength,
                Key = AccessKeyKind.Device,
                DelayMs = (int)config.Dcm.AccessDelayMs,
                DelayMsMax = (int)config.Dcm.AccessDelayMsMax,
            },
            Authentication = new AuthenticationProfile { Key = AccessKeyKind.Device, Algorithm = HmacSha256 },
            Outputs = [.. config.Data.OutputDids.Select((_, index) => Output(config.Data, index))],
            Periodic = Known(config.CanIf.PeriodicTxId) is null ? null : Periodic(config),
            LifeCycle = new LifeCycleProfile { TrialMs = (int)config.Fota.TrialConfirmMsMax, TrialStarts = config.Fota.TrialAttemptsMax },
            Download = new DownloadProfile
            {
                BlockLength = config.Dcm.MessageLengthMax,
                Format = 0x44,
                ManifestAddress = 0x10000000,
                ImageAddress = 0x20000000,
                ImageLength = config.Fls.BankA.Length,
            },
        };
    }

    private static TransportProfile Transport(EcuConfig config) => new()
    {
        BlockSize = config.CanTp.BlockSize,
        SeparationTimeMin = config.CanTp.SeparationTimeMin,
        NBsMs = config.CanTp.NBsMs,
        NCrMs = config.CanTp.NCrMs,
        WaitFrameMax = config.CanTp.WaitFrameMax,
        RequestLengthMax = config.Dcm.MessageLengthMax,
        ResponseLengthMax = config.Dcm.ResponseLengthMax,
    };

    private static OutputProfile Output(DataConfig data, int index)
    {
        byte[] inside = new byte[SignalType.Length(data.OutputTypes[index])];
        byte[] outside = new byte[inside.Length];
        SignalType.Write(data.OutputTypes[index], data.OutputMax[index], inside, 0);
        int most = inside.Length == 4 ? -1 : (1 << (8 * inside.Length)) - 1;
        SignalType.Write(data.OutputTypes[index], most, outside, 0);
        return new OutputProfile { Identifier = data.OutputDids[index], Inside = inside, Outside = data.OutputMax[index] == most ? null : outside };
    }

    private static PeriodicProfile Periodic(EcuConfig config) => new()
    {
        Identifier = config.Data.SignalDids.Where(did => did >> 8 == 0xF2).Select(did => (byte?)did).FirstOrDefault(),
        SlowMs = (int)config.Dcm.PeriodicSlowMs,
        MediumMs = (int)config.Dcm.PeriodicMediumMs,
        FastMs = (int)config.Dcm.PeriodicFastMs,
    };

    private static uint? Known(uint identifier) => identifier == CanIfConfig.NoIdentifier ? null : identifier;

    private static IEnumerable<ServiceProfile> Services()
    {
        yield return new ServiceProfile { Identifier = 0x10, SubFunctions = new Dictionary<byte, IReadOnlyList<byte>> { [1] = All, [2] = NonDefault, [3] = All } };
        yield return Service(0x11, NonDefault, 1, 3);
        yield return Service(0x14, [Default, Extended]);
        yield return Service(0x19, All, 0x01, 0x02, 0x04, 0x06, 0x0A, 0x14, 0x15);
        yield return Service(0x22, All);
        yield return Service(0x27, NonDefault, 1, 2);
        yield return Service(0x28, NonDefault, 0, 1, 2, 3);
        yield return Service(0x29, NonDefault, 0, 5, 6, 8);
        yield return Service(0x2A, [Extended]);
        yield return Service(0x2C, [Extended], 1, 3);
        yield return Service(0x2E, [Programming]) with { NeedsAccess = true };
        yield return Service(0x2F, [Extended]) with { NeedsAccess = true };
        yield return Service(0x31, NonDefault, 1);
        yield return Service(0x34, [Programming]) with { NeedsAccess = true };
        yield return Service(0x36, [Programming]) with { NeedsAccess = true };
        yield return Service(0x37, [Programming]) with { NeedsAccess = true };
        yield return Service(0x3E, All, 0);
        yield return Service(0x85, NonDefault, 1, 2);
    }

    private static ServiceProfile Service(byte identifier, byte[] sessions, params byte[] subFunctions) => new()
    {
        Identifier = identifier,
        Sessions = sessions,
        SubFunctions = subFunctions.ToDictionary(one => one, _ => (IReadOnlyList<byte>)sessions),
    };

    // Records whose length the configuration or PROTOCOL.md fixes; the application's own are read from the application.
    private static IEnumerable<DidProfile> Dids(EcuDefinition ecu)
    {
        (ushort Identifier, int Length)[] fixedLengths =
            [(0xF186, 1), (0xFD00, 7), (0xFD01, 2), (0xFD02, 28), (0xFD03, 8), (0xFD04, 5), (0xFD05, 16), (0xFD06, 64), (0xFD08, 8), (0xFD10, 27), (0xFD11, 28), (0xFD12, 14)];
        foreach ((ushort identifier, int length) in fixedLengths)
        {
            yield return new DidProfile { Identifier = identifier, Length = length };
        }

        DcmConfig dcm = ecu.Config.Dcm;
        for (int i = 0; i < dcm.ConstantIds.Length; i++)
        {
            yield return new DidProfile { Identifier = dcm.ConstantIds[i], Length = dcm.ConstantRecords[i].Length };
        }

        yield return new DidProfile { Identifier = 0xF15A, Length = 9, WriteSessions = [Programming], IsWriteProtected = true };
    }

    private static IReadOnlyList<RoutineProfile> Routines() =>
    [
        new() { Identifier = 0x0203, Sessions = NonDefault, HarmlessOption = [] },
        new() { Identifier = 0x0204, Sessions = NonDefault, HarmlessOption = new byte[16] },
        new() { Identifier = 0x0210, Sessions = [Programming], NeedsAccess = true },
        new() { Identifier = 0x0211, Sessions = [Programming], NeedsAccess = true },
        new() { Identifier = 0x0212, Sessions = NonDefault, NeedsAccess = true },
        new() { Identifier = 0x0213, Sessions = NonDefault, NeedsAccess = true },
        new() { Identifier = 0xFF00, Sessions = [Programming], NeedsAccess = true },
        new() { Identifier = 0xFF01, Sessions = [Programming], NeedsAccess = true },
    ];
}
