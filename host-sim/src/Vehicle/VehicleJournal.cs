// What the vehicle's client must not forget: the requests that are under way, which requests it has taken, which packages an ECU
// gets in full because it refused a smaller form, which group of images is to be kept, what vehicle manifests are judged by, and the messages that the server has not acknowledged. One file, replaced
// as a whole (AtomicFile), so that a crash leaves the former state or the new one.
// Invariants: a number is given to one message only; what Take, FallBack and Answer return for is on the medium; the answer to
// a request and the end of that request are one step, as are a fallback and the message about it. The size is bounded: no more
// than MessageCountMax messages wait, and whoever finds it full takes no further request.
// It must not know what requests do to ECUs, nor the network.
// Tests: tests/host-sim/Vehicle (a crash at every file operation).
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using EsyncSim.Files;
using EsyncSim.Server;

namespace EsyncSim.Vehicle;

/// <summary>The client's journal.</summary>
public sealed class VehicleJournal
{
    /// <summary>First value of the file, with its version.</summary>
    public const string Format = "esync-vehicle-journal/2";

    /// <summary>Messages that wait for their acknowledgement at most.</summary>
    public const int MessageCountMax = 64;

    /// <summary>Server epochs that are remembered; the one that is silent for longest is forgotten first.</summary>
    public const int ServerCountMax = 8;

    /// <summary>ECUs whose fallback is remembered; the one that fell back longest ago is forgotten first.</summary>
    public const int FallbackCountMax = 64;

    /// <summary>Numbers below the last one taken that are remembered as not here yet, of each server epoch.</summary>
    public const int MissingCountMax = 64;

    // Of version 1, which had one request under way.
    private const string FormerFormat = "esync-vehicle-journal/1";

    // A request may bring about one message besides its answer.
    private const int MessagesPerRequestMax = 2;

    private readonly IFileSystem _files;
    private readonly string _path;
    private JournalForm _form;

    private VehicleJournal(IFileSystem files, string path, JournalForm form)
    {
        _files = files;
        _path = path;
        _form = form;
    }

    /// <summary>What this vehicle's messages are numbered under, for as long as the journal lives.</summary>
    public string Epoch => _form.Epoch;

    /// <summary>Requests that were taken and are not answered, in the order in which they were taken.</summary>
    public IReadOnlyList<EsyncMessage> UnderWay => _form.Requests;

    /// <summary>Messages that the server has not acknowledged, oldest first.</summary>
    public IReadOnlyList<EsyncMessage> Unacknowledged => _form.Messages;

    /// <summary>What vehicle manifests are judged by.</summary>
    public FleetMemory Fleet => _form.Fleet ?? new FleetMemory();

    /// <summary>True when no further request may be taken before the server has acknowledged something.</summary>
    public bool IsFull => _form.Messages.Count + (_form.Requests.Count * MessagesPerRequestMax) > MessageCountMax - MessagesPerRequestMax;

    /// <summary>Opens a journal, or begins one where there is none.</summary>
    /// <param name="files">Where it lies.</param>
    /// <param name="path">Its file.</param>
    /// <param name="newEpoch">Name of a new journal's life: one that the vehicle never used before.</param>
    /// <exception cref="UserErrorException">The file is damaged.</exception>
    public static VehicleJournal Open(IFileSystem files, string path, string newEpoch)
    {
        JournalForm form = files.Exists(path) ? Parse(files.Read(path), path) : new JournalForm { Format = Format, Epoch = newEpoch, NextNumber = 1 };
        return new VehicleJournal(files, path, form);
    }

    /// <summary>A journal that ends with the process: for a client whose server ends with it too.</summary>
    public static VehicleJournal InMemory(string epoch) => Open(new MemoryFileSystem(), "vehicle.journal", epoch);

    /// <summary>Takes a request, so that it is under way until it is answered; false when it was taken before.</summary>
    /// <exception cref="IOException">The journal cannot be written; the request is not taken.</exception>
    public bool Take(EsyncMessage request)
    {
        List<ServerForm> servers = [.. _form.Servers];
        if (request is { Epoch: { } epoch, Body.Sequence: { } number })
        {
            if ((servers.Find(server => server.Epoch == epoch) ?? new ServerForm(epoch, (request.Oldest ?? number) - 1)).Take(number, request.Oldest ?? number) is not { } taken)
            {
                return false;
            }

            servers.RemoveAll(server => server.Epoch == epoch);
            servers.Add(taken);
            servers.RemoveRange(0, Math.Max(servers.Count - ServerCountMax, 0));
        }

        Store(_form with { Servers = servers, Requests = [.. _form.Requests, request] });
        return true;
    }

    /// <summary>Ends the request under way that it answers, and keeps the answer, numbered, until it is acknowledged.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="fleet">What is known by now of what vehicle manifests rest on; null for what was known.</param>
    /// <returns>The answer as it is to be published.</returns>
    /// <exception cref="IOException">The journal cannot be written; the request is still under way.</exception>
    public EsyncMessage Answer(EsyncMessage answer, FleetMemory? fleet = null)
    {
        EsyncMessage numbered = Number(answer);
        Store(_form with
        {
            Fleet = fleet ?? _form.Fleet,
            Requests = [.. _form.Requests.Where(request => request.ReplyId != answer.ReplyTo)],
            NextNumber = _form.NextNumber + 1,
            Messages = [.. _form.Messages, numbered],
        });
        return numbered;
    }

    /// <summary>Notes what was learned about vehicle manifests; nothing is written when it is known.</summary>
    /// <exception cref="IOException">The journal cannot be written; nothing is noted.</exception>
    public void Learn(FleetMemory fleet)
    {
        if (fleet != Fleet)
        {
            Store(_form with { Fleet = fleet });
        }
    }

    /// <summary>Notes that an ECU gets a package in full for the rest of a campaign, and keeps the message that says so; the request goes on.</summary>
    /// <param name="message">For the server; it says which package and campaign.</param>
    /// <param name="sha256">SHA-256 of the package file, hexadecimal.</param>
    /// <returns>The message as it is to be published.</returns>
    /// <exception cref="IOException">The journal cannot be written; nothing is noted.</exception>
    public EsyncMessage FallBack(EsyncMessage message, string sha256)
    {
        FallbackForm fallback = new(message.Body.Package.Type, sha256, message.Body.Campaign?.Id);
        List<FallbackForm> fallbacks = [.. (_form.Fallbacks ?? []).Where(known => known.Type != fallback.Type), fallback];
        fallbacks.RemoveRange(0, Math.Max(fallbacks.Count - FallbackCountMax, 0));
        EsyncMessage numbered = Number(message);
        Store(_form with { NextNumber = _form.NextNumber + 1, Messages = [.. _form.Messages, numbered], Fallbacks = fallbacks });
        return numbered;
    }

    /// <summary>True when the ECU of a request gets the package in full in its campaign.</summary>
    public bool HasFallenBack(EsyncBody request, string sha256) =>
        _form.Fallbacks?.Contains(new FallbackForm(request.Package.Type, sha256, request.Campaign?.Id)) == true;

    /// <summary>Notes that the images of a group are to be kept, whatever happens from now on.</summary>
    /// <exception cref="IOException">The journal cannot be written; nothing is noted.</exception>
    public void Commit(EsyncBody request) => Store(_form with { Committed = CommitForm.Of(request) });

    /// <summary>True when this group is the one that was committed last.</summary>
    public bool IsCommitted(EsyncBody request) => _form.Committed == CommitForm.Of(request);

    /// <summary>
    /// Forgets what the server has. It reaches the medium with the next step that must: an acknowledgement that a crash takes
    /// along costs a repetition, which the server knows for one.
    /// </summary>
    public void Acknowledge(string epoch, int number)
    {
        if (epoch == Epoch)
        {
            _form = _form with { Messages = [.. _form.Messages.Where(message => message.Body.Sequence > number)] };
        }
    }

    private EsyncMessage Number(EsyncMessage message) => message with { Epoch = Epoch, Body = message.Body with { Sequence = _form.NextNumber } };

    private void Store(JournalForm form)
    {
        AtomicFile.Write(_files, _path, Encode(form));
        _form = form;
    }

    // The SHA-256 of what follows, in hexadecimal, is the first line: a flipped bit would answer a request twice, or never.
    private static byte[] Encode(JournalForm form)
    {
        byte[] text = JsonSerializer.SerializeToUtf8Bytes(form, VehicleJournalContext.Default.JournalForm);
        return [.. Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(text))), (byte)'\n', .. text];
    }

    private static JournalForm Parse(byte[] file, string path)
    {
        int end = Array.IndexOf(file, (byte)'\n');
        byte[] text = end < 0 ? [] : file[(end + 1)..];
        bool isWhole = end > 0 && Encoding.ASCII.GetString(file, 0, end) == Convert.ToHexStringLower(SHA256.HashData(text));
        JournalForm? form = isWhole ? EsyncJson.TryDecode(text, VehicleJournalContext.Default.JournalForm) : null;
        return form?.Format == Format ? form : form?.Format == FormerFormat ? form.Renewed(Format) : throw new UserErrorException(
            ExitCode.BadFile,
            $"{path} is no usable journal of a vehicle: {(isWhole ? "another version wrote it" : "it is damaged")}. Move it away to begin a new one; answers in it that the server never got are lost then");
    }
}

/// <summary>The journal as JSON.</summary>
internal sealed record JournalForm
{
    [JsonPropertyName("format")]
    public required string Format { get; init; }

    [JsonPropertyName("epoch")]
    public required string Epoch { get; init; }

    [JsonPropertyName("nextNumber")]
    public required int NextNumber { get; init; }

    [JsonPropertyName("servers")]
    public IReadOnlyList<ServerForm> Servers { get; init; } = [];

    [JsonPropertyName("requests")]
    public IReadOnlyList<EsyncMessage> Requests { get; init; } = [];

    /// <summary>The one request under way, in a file of version 1.</summary>
    [JsonPropertyName("underWay")]
    public EsyncMessage? UnderWay { get; init; }

    [JsonPropertyName("messages")]
    public IReadOnlyList<EsyncMessage> Messages { get; init; } = [];

    [JsonPropertyName("committed")]
    public CommitForm? Committed { get; init; }

    [JsonPropertyName("fallbacks")]
    public IReadOnlyList<FallbackForm>? Fallbacks { get; init; }

    [JsonPropertyName("fleet")]
    public FleetMemory? Fleet { get; init; }

    /// <summary>What a file of version 1 says, in the present form.</summary>
    public JournalForm Renewed(string format) => this with { Format = format, Requests = UnderWay is null ? [] : [UnderWay], UnderWay = null };
}

/// <summary>Requests of one epoch that were taken: all up to the last one, but for those that are missing.</summary>
internal sealed record ServerForm([property: JsonPropertyName("epoch")] string Epoch, [property: JsonPropertyName("last")] int Last)
{
    /// <summary>Numbers below the last one that another request has overtaken, ascending; null for none.</summary>
    [JsonPropertyName("missing")]
    public IReadOnlyList<int>? Missing { get; init; }

    /// <summary>The same with one more request taken; null when it was taken before, or is not awaited any more.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="oldest">The lowest number that the server waits for.</param>
    public ServerForm? Take(int number, int oldest)
    {
        if (number <= Last && Missing?.Contains(number) != true)
        {
            return null;
        }

        int from = Math.Max(Math.Max(Last + 1, oldest), number - VehicleJournal.MissingCountMax);
        IEnumerable<int> overtaken = number > Last ? Enumerable.Range(from, Math.Max(number - from, 0)) : [];
        int[] missing = [.. (Missing ?? []).Where(one => one != number && one >= oldest).Concat(overtaken).TakeLast(VehicleJournal.MissingCountMax)];
        return this with { Last = Math.Max(Last, number), Missing = missing.Length == 0 ? null : missing };
    }
}

/// <summary>A group of images that is kept, by its campaign and what it brings to which ECU.</summary>
internal sealed record CommitForm([property: JsonPropertyName("campaign")] string Campaign, [property: JsonPropertyName("versions")] string Versions)
{
    public static CommitForm Of(EsyncBody request) => new(
        request.Campaign?.Id ?? string.Empty,
        string.Join(' ', (request.Group ?? []).Select(package => $"{package.Type}={package.Version}")));
}

/// <summary>An ECU's target and the package that it gets in full, in one campaign.</summary>
internal sealed record FallbackForm(
    [property: JsonPropertyName("type")] string Type, [property: JsonPropertyName("sha-256")] string Sha256, [property: JsonPropertyName("campaign")] string? Campaign);

/// <summary>Serialisation code made by the compiler.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(JournalForm))]
internal sealed partial class VehicleJournalContext : JsonSerializerContext;
