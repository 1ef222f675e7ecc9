// eSync messages as JSON. Types, field names and states are those of eSync's update agent library libua, so that a
// reader who knows it finds them again; what only this project has stands below "ecu".
// Invariants: absent fields are not written; unknown fields are ignored; a message is UTF-8 without byte order mark.
// Documented with examples in host-sim/README.md, "Messages".
// Tests: tests/host-sim/Server.
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace EsyncSim.Server;

/// <summary>Types of messages.</summary>
public static class EsyncType
{
    /// <summary>What is installed?</summary>
    public const string QueryPackage = "esync.query-package";

    /// <summary>May this be downloaded?</summary>
    public const string ReadyDownload = "esync.ready-download";

    /// <summary>The vehicle asks for the package's bytes.</summary>
    public const string StartDownload = "esync.start-download";

    /// <summary>Bring the image into the ECU, without starting it.</summary>
    public const string PrepareUpdate = "esync.prepare-update";

    /// <summary>Start the image on trial.</summary>
    public const string ReadyUpdate = "esync.ready-update";

    /// <summary>Keep the image.</summary>
    public const string ConfirmUpdate = "esync.confirm-update";

    /// <summary>Keep the images of a group of ECUs, all that are on trial, or take all back; not part of libua.</summary>
    public const string CommitUpdate = "esync.commit-update";

    /// <summary>Take all images of a group of ECUs back that are on trial; not part of libua.</summary>
    public const string RollbackUpdate = "esync.rollback-update";

    /// <summary>How a step ended.</summary>
    public const string UpdateStatus = "esync.update-status";

    /// <summary>How far a step is.</summary>
    public const string UpdateReport = "esync.update-report";

    /// <summary>An ECU has refused a compressed, encrypted or delta form of the image, and gets it in full.</summary>
    public const string IncrementalFailed = "esync.incremental-failed";

    /// <summary>The vehicle is there, with these ECUs; not part of libua.</summary>
    public const string Announce = "esync.announce";

    /// <summary>The server has the vehicle's numbered messages up to this one; not part of libua.</summary>
    public const string Acknowledge = "esync.acknowledge";
}

/// <summary>What of an ECU a package is for.</summary>
public enum TargetPart
{
    /// <summary>The application that it runs.</summary>
    Application,

    /// <summary>The keys that it trusts.</summary>
    Trust,

    /// <summary>The rules that it collects data by.</summary>
    Rules,
}

/// <summary>Kinds of targets, the values of <c>package.type</c>.</summary>
public static class EsyncTarget
{
    /// <summary>Several ECUs of the vehicle: <c>body.group</c> names them.</summary>
    public const string Vehicle = "/vehicle";

    private const string Ecu = "/ECU/";

    private static readonly (TargetPart Part, string Ending)[] Endings = [(TargetPart.Trust, "/trust"), (TargetPart.Rules, "/rules")];

    /// <summary>A part of an ECU.</summary>
    public static string Of(string ecu, TargetPart part = TargetPart.Application) => $"{Ecu}{ecu}{Endings.FirstOrDefault(entry => entry.Part == part).Ending}";

    /// <summary>Name of the ECU that a type is about; the type itself when it is none of these.</summary>
    public static string EcuOf(string type)
    {
        PartOf(type, out string application);
        return application.StartsWith(Ecu, StringComparison.Ordinal) ? application[Ecu.Length..] : type;
    }

    /// <summary>Name of the ECU whose application a type means; null when it means no ECU.</summary>
    public static string? NameOf(string application) => application.StartsWith(Ecu, StringComparison.Ordinal) && application.Length > Ecu.Length ? application[Ecu.Length..] : null;

    /// <summary>The part that a type means; <paramref name="application"/> is the type of the same ECU's application.</summary>
    public static TargetPart PartOf(string type, out string application)
    {
        (TargetPart part, string? ending) = Endings.FirstOrDefault(entry => type.EndsWith(entry.Ending, StringComparison.Ordinal));
        application = ending is null ? type : type[..^ending.Length];
        return part;
    }
}

/// <summary>One message.</summary>
public sealed record EsyncMessage
{
    /// <summary>One of <see cref="EsyncType"/>.</summary>
    [JsonPropertyName("type")]
    public required string Type { get; init; }

    /// <summary>Set on a request: the answer carries it as <see cref="ReplyTo"/>.</summary>
    [JsonPropertyName("reply-id")]
    public string? ReplyId { get; init; }

    /// <summary>Set on an answer: the request's <see cref="ReplyId"/>.</summary>
    [JsonPropertyName("reply-to")]
    public string? ReplyTo { get; init; }

    /// <summary>
    /// Set on messages that count: which run of the sender numbered it by <see cref="EsyncBody.Sequence"/>; on an
    /// acknowledgement whose number it repeats. Not part of libua.
    /// </summary>
    [JsonPropertyName("epoch")]
    public string? Epoch { get; init; }

    /// <summary>
    /// On numbered answers: the lowest number that is not acknowledged, for a server that does not know the epoch (any more). On requests:
    /// the lowest number that is awaited as well, for a vehicle that gets them in another order; absent when there is none below its own.
    /// </summary>
    [JsonPropertyName("oldest")]
    public int? Oldest { get; init; }

    /// <summary>Content.</summary>
    [JsonPropertyName("body")]
    public required EsyncBody Body { get; init; }
}

/// <summary>Content of a message.</summary>
public sealed record EsyncBody
{
    /// <summary>What it is about.</summary>
    [JsonPropertyName("package")]
    public required EsyncPackage Package { get; init; }

    /// <summary>Packages of the ECUs that a request to a group is about; in its answer the end of each. Not part of libua.</summary>
    [JsonPropertyName("group")]
    public IReadOnlyList<EsyncPackage>? Group { get; init; }

    /// <summary>What a fleet key has signed of the versions that belong together, base64: see <see cref="Packages.SignedVehicleManifest"/>. Not part of libua.</summary>
    [JsonPropertyName("vehicle-manifest")]
    public string? VehicleManifest { get; init; }

    /// <summary>Campaign that it belongs to.</summary>
    [JsonPropertyName("campaign")]
    public EsyncCampaign? Campaign { get; init; }

    /// <summary>Counts the sender's messages that matter, from 1 within <see cref="EsyncMessage.Epoch"/>: a double or an older one that comes late is recognised.</summary>
    [JsonPropertyName("sequence")]
    public int? Sequence { get; init; }

    /// <summary>Percent of the stage, 0 to 100.</summary>
    [JsonPropertyName("progress")]
    public int? Progress { get; init; }

    /// <summary>True when the percentage says nothing.</summary>
    [JsonPropertyName("indeterminate")]
    public bool? IsIndeterminate { get; init; }

    /// <summary>Stage of <c>esync.update-report</c>, one of <see cref="EsyncStage"/>.</summary>
    [JsonPropertyName("stage")]
    public string? Stage { get; init; }

    /// <summary>ECUs of the vehicle, on <c>esync.announce</c>. Not part of libua.</summary>
    [JsonPropertyName("ecus")]
    public IReadOnlyList<EsyncAnnouncedEcu>? Ecus { get; init; }

    /// <summary>What the ECU itself says; not part of libua.</summary>
    [JsonPropertyName("ecu")]
    public EsyncEcu? Ecu { get; init; }
}

/// <summary>An ECU that a vehicle has.</summary>
public sealed record EsyncAnnouncedEcu
{
    /// <summary>Its application as a target: see <see cref="EsyncTarget"/>.</summary>
    [JsonPropertyName("type")]
    public required string Type { get; init; }

    /// <summary>Name of its bus.</summary>
    [JsonPropertyName("bus")]
    public string? Bus { get; init; }

    /// <summary>Hardware class, a UUID, where the client knows it.</summary>
    [JsonPropertyName("class")]
    public string? ClassId { get; init; }
}

/// <summary>A campaign's name.</summary>
public sealed record EsyncCampaign([property: JsonPropertyName("id")] string Id);

/// <summary>A package, and what is to become or has become of it.</summary>
public sealed record EsyncPackage
{
    /// <summary>Kind of target, a path: see <see cref="EsyncTarget"/>.</summary>
    [JsonPropertyName("type")]
    public required string Type { get; init; }

    /// <summary>Name of the package.</summary>
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>Wanted version in a request, installed version in an answer to query-package.</summary>
    [JsonPropertyName("version")]
    public string? Version { get; init; }

    /// <summary>One of <see cref="EsyncStatus"/>.</summary>
    [JsonPropertyName("status")]
    public string? Status { get; init; }

    /// <summary>Versions that may be had, by name.</summary>
    [JsonPropertyName("version-list")]
    public IReadOnlyDictionary<string, EsyncVersion>? VersionList { get; init; }

    /// <summary>Which form of the image the server has chosen. Not part of libua.</summary>
    [JsonPropertyName("encoding")]
    public string? Encoding { get; init; }

    /// <summary>Why it has, and why no other one; a sentence for people.</summary>
    [JsonPropertyName("encoding-reason")]
    public string? EncodingReason { get; init; }

    /// <summary>Versions to return to, in order.</summary>
    [JsonPropertyName("rollback-versions")]
    public IReadOnlyList<string>? RollbackVersions { get; init; }

    /// <summary>In a request the version of that list which is being returned to; in a status the next one to return to.</summary>
    [JsonPropertyName("rollback-version")]
    public string? RollbackVersion { get; init; }

    /// <summary>True when the ECU cannot say what it runs, so that it cannot be updated.</summary>
    [JsonPropertyName("update-incapable")]
    public bool? IsUpdateIncapable { get; init; }

    /// <summary>With a postponed download: when to ask again at the earliest, in milliseconds since 1970; such a postponement does not count. Not part of libua.</summary>
    [JsonPropertyName("not-before")]
    public long? NotBeforeMs { get; init; }

    /// <summary>A sentence for people.</summary>
    [JsonPropertyName("message")]
    public string? Message { get; init; }

    /// <summary>True when trying again is of no use.</summary>
    [JsonPropertyName("terminal-failure")]
    public bool? IsTerminalFailure { get; init; }
}

/// <summary>One version of a package.</summary>
public sealed record EsyncVersion
{
    /// <summary>True when the vehicle has its bytes already.</summary>
    [JsonPropertyName("downloaded")]
    public bool IsDownloaded { get; init; }

    /// <summary>SHA-256 of the package, hexadecimal.</summary>
    [JsonPropertyName("sha-256")]
    public string? Sha256 { get; init; }

    /// <summary>Where the bytes are, in order of preference: the chosen form, then the whole image, should the ECU refuse that one.</summary>
    [JsonPropertyName("downloadables")]
    public IReadOnlyList<EsyncDownloadable>? Downloadables { get; init; }
}

/// <summary>One file to download.</summary>
public sealed record EsyncDownloadable
{
    /// <summary>Topic on which the package comes after <c>esync.start-download</c>, or an address of HTTP.</summary>
    [JsonPropertyName("url")]
    public required string Url { get; init; }

    /// <summary>Length in bytes.</summary>
    [JsonPropertyName("length")]
    public required int Length { get; init; }

    /// <summary>SHA-256, hexadecimal.</summary>
    [JsonPropertyName("sha-256")]
    public required string Sha256 { get; init; }

    /// <summary>Form of the image that is in it; absent where there is none to choose. Not part of libua.</summary>
    [JsonPropertyName("encoding")]
    public string? Encoding { get; init; }
}

/// <summary>What an ECU says of itself.</summary>
public sealed record EsyncEcu
{
    /// <summary>The version report of routine 0204, hexadecimal.</summary>
    [JsonPropertyName("version-report")]
    public string? VersionReport { get; init; }

    /// <summary>True when the report's HMAC is right.</summary>
    [JsonPropertyName("authentic")]
    public bool? IsAuthentic { get; init; }

    /// <summary>What its update target takes (DID FD05), hexadecimal.</summary>
    [JsonPropertyName("limits")]
    public string? Limits { get; init; }

    /// <summary>Hardware class, a UUID, where the client knows it.</summary>
    [JsonPropertyName("class")]
    public string? ClassId { get; init; }

    /// <summary>State of the running bank.</summary>
    [JsonPropertyName("state")]
    public string? State { get; init; }

    /// <summary>Name of the FotaError that ended the step.</summary>
    [JsonPropertyName("reason")]
    public string? Reason { get; init; }

    /// <summary>Form of the image that is sent, or was refused: full, heatshrink or delta, with +aes when encrypted.</summary>
    [JsonPropertyName("encoding")]
    public string? Encoding { get; init; }

    /// <summary>Bytes of that form that the ECU has.</summary>
    [JsonPropertyName("bytes")]
    public int? Bytes { get; init; }

    /// <summary>Bytes of that form in all.</summary>
    [JsonPropertyName("transfer-bytes")]
    public int? TransferBytes { get; init; }

    /// <summary>Bytes of the installed image.</summary>
    [JsonPropertyName("image-bytes")]
    public int? ImageBytes { get; init; }
}

/// <summary>Turns messages into bytes and back.</summary>
public static class EsyncJson
{
    /// <summary>The message as UTF-8.</summary>
    public static byte[] Encode(EsyncMessage message) => JsonSerializer.SerializeToUtf8Bytes(message, EsyncJsonContext.Default.EsyncMessage);

    /// <summary>Reads a message; null when the bytes are none.</summary>
    public static EsyncMessage? TryDecode(ReadOnlyMemory<byte> payload) =>
        TryDecode(payload.Span, EsyncJsonContext.Default.EsyncMessage) is { } message && IsWhole(message.Body.Package) && message.Body.Group?.All(IsWhole) != false && message.Body.Ecus?.Contains(null!) != true && SaysWhatFailed(message) ? message : null;

    /// <summary>Reads what holds messages, without a look into their lists; null when the bytes are none.</summary>
    internal static T? TryDecode<T>(ReadOnlySpan<byte> text, JsonTypeInfo<T> form)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(text, form);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool SaysWhatFailed(EsyncMessage message) =>
        message.Type != EsyncType.IncrementalFailed || message.Body.Ecu is { Encoding: not null, Reason: not null };

    // The serialiser refuses null for a property that may not be null, but not for what a list or a dictionary holds.
    private static bool IsWhole(EsyncPackage? package) =>
        package is not null && package.RollbackVersions?.Contains(null!) != true
        && package.VersionList?.Values.All(version => version is not null && version.Downloadables?.Contains(null!) != true) != false;
}

/// <summary>Serialisation code made by the compiler.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(EsyncMessage))]
internal sealed partial class EsyncJsonContext : JsonSerializerContext;
