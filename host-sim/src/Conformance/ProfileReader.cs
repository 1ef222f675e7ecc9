// Reads a profile from YAML, in the form that ProfileWriter writes: identifiers are all that must be there, and what is left
// out is not known, so that cases about it do not apply.
// Invariant: problems are told all at once, each with its line and what to do, as those of nf.config; an unknown key is one.
// Tests: tests/host-sim/Conformance/ProfileTests.cs.
using EsyncSim.Config;
using EsyncSim.Files;

namespace EsyncSim.Conformance;

/// <summary>YAML to a profile.</summary>
internal sealed class ProfileReader
{
    private const int FileLengthMax = 1024 * 1024;
    private const int TimeMsMax = 600_000;
    private const uint Standard = 0x7FF;
    private const uint Extended = 0x1FFFFFFF;
    private static readonly (string Name, byte Number)[] SessionNames = [("default", 1), ("programming", 2), ("extended", 3)];
    private readonly ConfigProblems _problems = new();
    private readonly string _file;

    private ProfileReader(string file) => _file = file;

    /// <summary>Reads a file.</summary>
    /// <exception cref="UserErrorException">It is not there, or not a profile: each problem on a line.</exception>
    public static ConformanceProfile Load(string path) =>
        Parse(path, System.Text.Encoding.UTF8.GetString(AtomicFile.ReadInput(path, "profile", FileLengthMax)));

    /// <summary>Reads the text of a file.</summary>
    /// <exception cref="UserErrorException">It is not a profile: each problem on a line.</exception>
    public static ConformanceProfile Parse(string file, string text)
    {
        ProfileReader reader = new(file);
        ConformanceProfile? profile = ConfigYaml.Read(file, text, reader._problems, "what `esync conformance --write-profile FILE` writes") is { } root ? reader.Read(root) : null;
        return reader._problems.Count == 0 && profile is not null
            ? profile
            : throw new UserErrorException(ExitCode.BadFile, string.Join(Environment.NewLine, reader._problems.InOrder));
    }

    private ConformanceProfile Read(ConfigNode node)
    {
        ConfigSection root = new(_problems, "profile", node, node);
        root.Number("format", 1, 1, "this version reads format 1");
        ConformanceProfile profile = new()
        {
            Name = root.Word("name"),
            Source = _file,
            Addressing = Addressing(root.Section("addressing")),
            Transport = Transport(root.OptionalSection("transport")),
            Timing = Timing(root.OptionalSection("timing")),
            Services = root.OptionalSection("services").Numbered().ToDictionary(entry => (byte)entry.Key, entry => Service(entry.Key, entry.Value)),
            Dids = [.. root.OptionalSection("dids").Numbered().Select(entry => Did(entry.Key, entry.Value))],
            Routines = [.. root.OptionalSection("routines").Numbered().Select(entry => Routine(entry.Key, entry.Value))],
            Outputs = [.. root.OptionalSection("outputs").Numbered().Select(entry => Output(entry.Key, entry.Value))],
            Periodic = Written(root.OptionalSection("periodic"), Periodic),
            LifeCycle = Written(root.OptionalSection("lifeCycle"), LifeCycle),
            Dtc = Written(root.OptionalSection("dtc"), Dtc),
            SecurityAccess = Written(root.OptionalSection("securityAccess"), SecurityAccess),
            Authentication = Written(root.OptionalSection("authentication"), Authentication),
            Download = Written(root.OptionalSection("download"), Download),
            Allowed = Allowed(root.OptionalSection("allowed")),
        };
        root.RefuseUnknown();
        return profile;
    }

    private AddressingProfile Addressing(ConfigSection section)
    {
        bool isExtended = section.Find("identifierBits") is not null && section.Number("identifierBits", 11, 29, "identifiers have 11 or 29 bits") == 29;
        uint most = isExtended ? Extended : Standard;
        string why = isExtended ? "29 bits hold no more" : "11 bits hold no more; identifierBits: 29 allows it";
        uint Identifier(string key) => section.Number(key, 0, most, why);
        string padding = section.Find("padding") is null ? string.Empty : section.Word("padding");
        AddressingProfile addressing = new()
        {
            IsExtended = isExtended,
            Request = Identifier("request"),
            Response = Identifier("response"),
            Functional = section.Find("functional") is null ? null : Identifier("functional"),
            Periodic = section.Find("periodic") is null ? null : Identifier("periodic"),
            IsPadded = padding.Length == 0 ? null : padding != "none",
            Padding = padding is "" or "none" or "any" ? null : (byte)section.Number("padding", 0, 0xFF, "it is a byte, or `none` where frames are only as long as they need, or `any`"),
            TakesShortFrames = Flag(section, "takesShortFrames", false),
            BitRate = (int)Optional(section, "bitRate", 10_000, 1_000_000, 500_000, "classic CAN has up to 1 Mbit/s"),
        };
        section.RefuseUnknown();
        return addressing;
    }

    private TransportProfile Transport(ConfigSection section)
    {
        TransportProfile plain = new();
        TransportProfile transport = new()
        {
            BlockSize = Byte(section, "blockSize"),
            SeparationTimeMin = Byte(section, "separationTimeMin"),
            NBsMs = Time(section, "nBsMs", plain.NBsMs),
            NCrMs = Time(section, "nCrMs", plain.NCrMs),
            NBrMs = Time(section, "nBrMs", plain.NBrMs),
            WaitFrameMax = Count(section, "waitFrameMax", 255),
            RequestLengthMax = Count(section, "requestLengthMax", 65536),
            ResponseLengthMax = Count(section, "responseLengthMax", 65536),
        };
        section.RefuseUnknown();
        return transport;
    }

    private TimingProfile Timing(ConfigSection section)
    {
        TimingProfile plain = new();
        TimingProfile timing = new()
        {
            P2Ms = Time(section, "p2Ms", plain.P2Ms),
            P2StarMs = Time(section, "p2StarMs", plain.P2StarMs),
            S3Ms = Count(section, "s3Ms", TimeMsMax),
            ToleranceMs = Time(section, "toleranceMs", plain.ToleranceMs),
            TolerancePercent = (int)Optional(section, "tolerancePercent", 0, 100, (uint)plain.TolerancePercent, "it is a share of a time"),
            ResetMs = Time(section, "resetMs", plain.ResetMs),
        };
        section.RefuseUnknown();
        return timing;
    }

    private ServiceProfile Service(uint identifier, ConfigEntry entry)
    {
        ConfigSection section = Entry("services", entry);
        Bound(entry, identifier, 0xFF, "a service identifier is a byte");
        byte[] sessions = Sessions(section, "sessions", [1, 2, 3]);
        Dictionary<byte, IReadOnlyList<byte>> subFunctions = [];
        ConfigNode? node = section.Find("subFunctions");
        foreach (ConfigNode item in node?.Kind == ConfigNodeKind.List ? node.Items : [])
        {
            subFunctions[(byte)Number(item, 0x7F, "a sub-function has seven bits")] = sessions;
        }

        foreach (KeyValuePair<uint, ConfigEntry> own in node?.Kind == ConfigNodeKind.Map ? section.OptionalSection("subFunctions").Numbered() : [])
        {
            Bound(own.Value, own.Key, 0x7F, "a sub-function has seven bits");
            subFunctions[(byte)own.Key] = SessionList(own.Value.Value);
        }

        ServiceProfile service = new() { Identifier = (byte)identifier, Sessions = sessions, NeedsAccess = Flag(section, "access", false), SubFunctions = subFunctions };
        section.RefuseUnknown();
        return service;
    }

    private DidProfile Did(uint identifier, ConfigEntry entry)
    {
        ConfigSection section = Entry("dids", entry);
        Bound(entry, identifier, 0xFFFF, "a data identifier has two bytes");
        DidProfile did = new()
        {
            Identifier = (ushort)identifier,
            Length = Count(section, "length", 65535),
            ReadSessions = Sessions(section, "read", [1, 2, 3]),
            WriteSessions = Sessions(section, "write", []),
            IsWriteProtected = Flag(section, "writeAccess", false),
        };
        section.RefuseUnknown();
        return did;
    }

    private RoutineProfile Routine(uint identifier, ConfigEntry entry)
    {
        ConfigSection section = Entry("routines", entry);
        Bound(entry, identifier, 0xFFFF, "a routine identifier has two bytes");
        RoutineProfile routine = new()
        {
            Identifier = (ushort)identifier,
            Sessions = Sessions(section, "sessions", [2, 3]),
            NeedsAccess = Flag(section, "access", false),
            HarmlessOption = Hex(section, "harmlessOption"),
        };
        section.RefuseUnknown();
        return routine;
    }

    private OutputProfile Output(uint identifier, ConfigEntry entry)
    {
        ConfigSection section = Entry("outputs", entry);
        Bound(entry, identifier, 0xFFFF, "a data identifier has two bytes");
        if (section.Find("inside") is null)
        {
            _problems.Add(entry.Key, ConfigRule.MissingKey, $"`outputs.{entry.Key.Text}` lacks `inside`", "Give a value that it can be set to, in hexadecimal: { inside: \"32\" }");
        }

        OutputProfile output = new() { Identifier = (ushort)identifier, Inside = Hex(section, "inside") ?? [], Outside = Hex(section, "outside") };
        section.RefuseUnknown();
        return output;
    }

    private PeriodicProfile Periodic(ConfigSection section) => new()
    {
        Identifier = Byte(section, "identifier"),
        SlowMs = Count(section, "slowMs", TimeMsMax),
        MediumMs = Count(section, "mediumMs", TimeMsMax),
        FastMs = Count(section, "fastMs", TimeMsMax),
    };

    private LifeCycleProfile LifeCycle(ConfigSection section) => new()
    {
        TrialMs = Time(section, "trialMs", new LifeCycleProfile().TrialMs),
        TrialStarts = (int)Optional(section, "trialStarts", 1, 255, (uint)new LifeCycleProfile().TrialStarts, "it is a number of starts"),
    };

    private DtcProfile Dtc(ConfigSection section) => new()
    {
        AvailabilityMask = Byte(section, "availabilityMask"),
        Format = Byte(section, "format"),
        Codes = section.Find("codes") is null ? [] : [.. section.List("codes", "[0x123456, 0x123457]").Select(node => Number(node, 0xFFFFFF, "a DTC has three bytes"))],
    };

    private SecurityAccessProfile SecurityAccess(ConfigSection section)
    {
        (AccessKeyKind kind, string program) = Key(section);
        return new SecurityAccessProfile
        {
            Level = (byte)Optional(section, "level", 1, 0x7D, 1, "requestSeed is an odd sub-function"),
            SeedLength = Count(section, "seedLength", 255),
            KeyLength = Count(section, "keyLength", 255),
            Key = kind,
            Program = program,
            DelayMs = Count(section, "delayMs", TimeMsMax),
            DelayMsMax = Count(section, "delayMsMax", TimeMsMax),
        };
    }

    private AuthenticationProfile Authentication(ConfigSection section) => new() { Key = Key(section).Kind, Algorithm = Hex(section, "algorithm") ?? [] };

    private DownloadProfile Download(ConfigSection section) => new()
    {
        BlockLength = Count(section, "blockLength", 65535),
        Format = (byte)Optional(section, "addressAndLengthFormat", 0x11, 0xFF, 0x44, "each nibble is a number of bytes"),
        ManifestAddress = Address(section, "manifestAddress"),
        ImageAddress = Address(section, "imageAddress"),
        ImageLength = Address(section, "imageLength"),
    };

    private static AllowedProfile Allowed(ConfigSection section)
    {
        AllowedProfile allowed = new() { Reset = Flag(section, "reset", true), Programming = Flag(section, "programming", true), ClearDtc = Flag(section, "clearDtc", true) };
        section.RefuseUnknown();
        return allowed;
    }

    private (AccessKeyKind Kind, string Program) Key(ConfigSection section)
    {
        const string Exec = "exec:";
        string text = section.Find("key") is null ? "none" : section.Word("key");
        switch (text)
        {
            case "none":
                return (AccessKeyKind.None, string.Empty);
            case "device":
                return (AccessKeyKind.Device, string.Empty);
            case not null when text.StartsWith(Exec, StringComparison.Ordinal) && text.Trim().Length > Exec.Length:
                return (AccessKeyKind.Program, text[Exec.Length..].Trim());
            default:
                _problems.Add(section.Place("key"), ConfigRule.UnknownName, $"`key` is `{text}`", "Write none, device, or exec: and a program that is given the seed in hexadecimal and prints the key");
                return (AccessKeyKind.None, string.Empty);
        }
    }

    private static T? Written<T>(ConfigSection section, Func<ConfigSection, T> read)
        where T : class
    {
        if (!section.IsWritten)
        {
            return null;
        }

        T value = read(section);
        section.RefuseUnknown();
        return value;
    }

    // An entry without anything behind its colon is one that only says that there is this number.
    private ConfigSection Entry(string path, ConfigEntry entry)
    {
        bool isBare = entry.Value.Kind == ConfigNodeKind.Scalar && entry.Value.Text.Length == 0;
        return new ConfigSection(_problems, $"{path}.{entry.Key.Text}", isBare ? null : entry.Value, entry.Key);
    }

    private void Bound(ConfigEntry entry, uint number, uint most, string why)
    {
        if (number > most)
        {
            _problems.Add(entry.Key, ConfigRule.OutOfRange, $"`{entry.Key.Text}` is too large: {why}", "Choose a smaller one");
        }
    }

    private byte[] Sessions(ConfigSection section, string key, byte[] otherwise) => section.Find(key) is { } node ? SessionList(node) : otherwise;

    private byte[] SessionList(ConfigNode node)
    {
        const string Form = "Write a list of default, programming, extended, or numbers: [default, 0x40]";
        if (node.Kind != ConfigNodeKind.List)
        {
            _problems.Add(node, ConfigRule.Malformed, $"sessions are {node.KindName}", Form);
            return [];
        }

        return [.. node.Items.Select(item => Array.Find(SessionNames, name => name.Name == item.Text) is { Name: not null } named
            ? named.Number
            : (byte)Number(item, 0x7F, "a session has seven bits; default, programming and extended have names"))];
    }

    private uint Number(ConfigNode node, uint most, string why)
    {
        if (!ConfigValues.TryNumber(node.Text, out ulong value) || value > most)
        {
            _problems.Add(node, ConfigRule.OutOfRange, $"`{node.Text}` is no number from 0 to 0x{most:X}: {why}", "Write a decimal number, or a hexadecimal one after 0x");
            return 0;
        }

        return (uint)value;
    }

    private byte[]? Hex(ConfigSection section, string key)
    {
        if (section.Find(key) is null || section.Scalar(key) is not { } node || node.Text.Length == 0)
        {
            return section.Find(key) is null ? null : [];
        }

        if (!ConfigValues.TryHexBytes(node.Text, out byte[] bytes))
        {
            _problems.Add(node, ConfigRule.Malformed, $"`{key}` is `{node.Text}`", "Write pairs of hexadecimal digits in quotes, such as \"01 02\"");
        }

        return bytes;
    }

    private static uint Optional(ConfigSection section, string key, uint min, uint max, uint otherwise, string why) =>
        section.Find(key) is null ? otherwise : section.Number(key, min, max, why);

    private static int Time(ConfigSection section, string key, int otherwise) =>
        (int)Optional(section, key, 0, TimeMsMax, (uint)otherwise, "it is a time in milliseconds");

    private static byte? Byte(ConfigSection section, string key) => section.Find(key) is null ? null : (byte)section.Number(key, 0, 0xFF, "it is a byte");

    private static int? Count(ConfigSection section, string key, uint max) => section.Find(key) is null ? null : (int)section.Number(key, 0, max, "it cannot be more");

    private static uint? Address(ConfigSection section, string key) => section.Find(key) is null ? null : section.Size(key, 0, uint.MaxValue, "it has four bytes");

    private static bool Flag(ConfigSection section, string key, bool otherwise) => section.Find(key) is null ? otherwise : section.Flag(key);
}
