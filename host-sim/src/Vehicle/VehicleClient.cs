// The vehicle's client: takes the server's eSync messages, does on the bus what they ask, and reports up.
//   query-package   → version report              ready-download → preconditions, then the package's bytes
//   prepare-update  → manifest, image, check      ready-update   → activate, restart, trial
//   confirm-update  → confirm
// Trust manifests and collection rules go the same way, as packages of their own kind: without a trial, ready-update installs them.
// Invariants: one request after the other on each bus, buses side by side; each is answered once, whatever the network loses or doubles and
// whenever the client is stopped and started again on its journal; a package is used only when its SHA-256 is the announced one; what
// an ECU refuses is told with the ECU's own reason, and before a smaller form is given up for the whole image. Percentages and requests for a package are not kept: newer ones follow.
// It holds the ECUs' secrets for access, and no signing key. Whatever brings or keeps an application passes FleetGuard first.
// Tests: tests/Vehicle.
using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Data;
using EsyncSim.Packages;
using EsyncSim.Rules;
using EsyncSim.Server;

namespace EsyncSim.Vehicle;

/// <summary>Client of one vehicle.</summary>
public sealed class VehicleClient
{
    private const string FakeVersion = "0.0.0-to-be-replaced";

    private readonly IMessageLink _link;
    private readonly Topics _topics;
    private readonly VehicleJournal _journal;
    private readonly Outbox _outbox;
    private readonly Dictionary<string, VehicleEcu> _ecus;
    private readonly RequestLines _lines;
    private readonly PackageFetcher _packages;
    private readonly VehicleOptions _options;
    private ExceptionDispatchInfo? _fault;
    private bool _isStopped;

    /// <summary>Makes the client and listens to the server; <see cref="RunAsync"/> does the work.</summary>
    public VehicleClient(VirtualTime time, IMessageLink link, Topics topics, IEnumerable<VehicleEcu> ecus, VehicleJournal journal, VehicleOptions? options = null)
    {
        _link = link;
        _topics = topics;
        _journal = journal;
        _outbox = new Outbox(time, link, topics.FromVehicle, journal);
        _ecus = ecus.ToDictionary(ecu => EsyncTarget.Of(ecu.Name));
        _lines = new RequestLines(time, _ecus.Values);
        _options = options ?? new VehicleOptions();
        _packages = new PackageFetcher(time, link, topics, _options.Disk, _options.Sources, Tell);
        link.Subscribe(topics.ToVehicle, ReceiveRequest);
        link.Restored += _outbox.Repeat;
    }

    private FleetGuard Guard => new(_options.Fleet, _journal, () => _isStopped);

    /// <summary>
    /// Publishes what a former run left, finishes what it had begun, and answers requests. Ends after <see cref="Stop"/>, or with
    /// an error of the program or of the journal's disk.
    /// </summary>
    public async Task RunAsync()
    {
        _outbox.Repeat();
        EsyncMessage[] left = [.. _journal.UnderWay];
        Task[] work = [.. _lines.All.Select(line => WorkAsync(line, [.. left.Where(request => _lines.Of(request.Body.Package) == line)]))];
        await await Task.WhenAny(work);
    }

    private async Task WorkAsync(RequestLine line, IReadOnlyList<EsyncMessage> left)
    {
        foreach (EsyncMessage request in left)
        {
            await BeginAsync(request, isResumed: true);
        }

        while (!_isStopped)
        {
            _fault?.Throw();
            long waitNs = -1;
            if (_journal.IsFull || line.TryTake(out waitNs) is not { } request)
            {
                await line.Changed.Wait(waitNs);
            }
            else if (_journal.Take(request))
            {
                await BeginAsync(request, isResumed: false);
            }
        }
    }

    // A download takes its time, and the bus is free meanwhile.
    private Task BeginAsync(EsyncMessage request, bool isResumed)
    {
        Task work = request.Type == EsyncType.ReadyDownload ? AnswerBesideAsync(request, isResumed) : AnswerAsync(request, isResumed);
        return request.Type == EsyncType.ReadyDownload ? Task.CompletedTask : work;
    }

    private async Task AnswerBesideAsync(EsyncMessage request, bool isResumed)
    {
        try
        {
            await AnswerAsync(request, isResumed);
        }
        catch (Exception exception)
        {
            // It ends the client by way of the lines, as what they do themselves would.
            _fault = ExceptionDispatchInfo.Capture(exception);
        }

        _lines.WakeAll();
    }

    /// <summary>
    /// Ends the client as a crash of its process would: from now on it hears, says and writes nothing. What it has in hand with an
    /// ECU ends by itself; the caller takes its testers off the bus.
    /// </summary>
    public void Stop()
    {
        _isStopped = true;
        _outbox.Stop();
        _packages.Stop();
        _link.Leave();
        _lines.WakeAll();
    }

    private void ReceiveRequest(string topic, ReadOnlyMemory<byte> payload)
    {
        EsyncMessage? message = EsyncJson.TryDecode(payload);
        if (message is { Type: EsyncType.Acknowledge, Epoch: { } epoch, Body.Sequence: { } number })
        {
            _outbox.Acknowledge(epoch, number);
            _lines.WakeAll();
        }
        else if (message is { ReplyId: not null })
        {
            _lines.Of(message.Body.Package).Add(message);
        }
    }

    private async Task AnswerAsync(EsyncMessage request, bool isResumed)
    {
        try
        {
            Guard.Require(request, request.Type == EsyncType.CommitUpdate && _journal.IsCommitted(request.Body));
            await ServeAsync(request, isResumed);
        }
        catch (FleetRefusedException refusal)
        {
            Reply(request, EsyncType.UpdateStatus, VehicleAnswers.Refused(request, refusal), new EsyncEcu { Reason = refusal.Error.Reason() });
        }
    }

    private async Task ServeAsync(EsyncMessage request, bool isResumed)
    {
        if (request.Type is EsyncType.CommitUpdate or EsyncType.RollbackUpdate)
        {
            await AnswerGroupAsync(request);
            return;
        }

        EsyncPackage package = request.Body.Package;
        TargetPart part = EsyncTarget.PartOf(package.Type, out string application);
        if (!_ecus.TryGetValue(application, out VehicleEcu? ecu))
        {
            Reply(request, EsyncType.UpdateStatus, VehicleAnswers.Failed(package, $"this vehicle has no {package.Type}", isTerminal: true), null);
            return;
        }

        using EcuTurn? turn = request.Type == EsyncType.ReadyDownload ? null : await ecu.Gate.EnterAsync();
        try
        {
            await (request.Type switch
            {
                EsyncType.QueryPackage => QueryAsync(request, ecu, part),
                EsyncType.ReadyDownload => ReadyDownloadAsync(request, ecu),
                EsyncType.PrepareUpdate or EsyncType.ReadyUpdate or EsyncType.ConfirmUpdate when part != TargetPart.Application => InstallAsync(request, ecu, part),
                EsyncType.PrepareUpdate => UpdateAsync(request, ecu, ecu.Policy with { Goal = UpdateGoal.Verified }),
                EsyncType.ReadyUpdate => UpdateAsync(request, ecu, ecu.Policy with { Goal = UpdateGoal.OnTrial, IsTriedBefore = isResumed }),
                EsyncType.ConfirmUpdate => UpdateAsync(request, ecu, ecu.Policy with { Goal = UpdateGoal.Confirmed, IsTriedBefore = true }),
                _ => throw new UserErrorException(ExitCode.BadFile, $"this vehicle's client does not know requests of type {request.Type}"),
            });
        }
        catch (DiagnosticException exception)
        {
            Reply(request, EsyncType.UpdateStatus, VehicleAnswers.Failed(package, exception.Message, isTerminal: false), null);
        }
        catch (UserErrorException exception)
        {
            // The package that the server sent is none, or the request is of a kind that comes after this client's time.
            Reply(request, EsyncType.UpdateStatus, VehicleAnswers.Failed(package, exception.Message, isTerminal: true), null);
        }
    }

    private async Task QueryAsync(EsyncMessage request, VehicleEcu ecu, TargetPart part)
    {
        await ecu.Client.SessionAsync(0x03);
        VersionReport report = await ecu.Client.ReadVersionReportAsync();
        string version = part switch
        {
            TargetPart.Trust => report.TrustSequence.ToString(CultureInfo.InvariantCulture),
            TargetPart.Rules => RulesState.Of(await new ReportChannel(ecu.Client).ReadStateAsync()).Version,
            _ => report.ApplicationVersion,
        };
        string? limits = part == TargetPart.Application ? await EcuQuestions.LimitsAsync(ecu) : null;
        await ecu.Client.SessionAsync(0x01);
        bool isFaked = ecu.FakesVersionOnRollback && part == TargetPart.Application && request.Body.Package.RollbackVersion == version;
        EsyncPackage installed = request.Body.Package with { Version = isFaked ? FakeVersion : version, VersionList = null };
        Reply(request, EsyncType.QueryPackage, installed, VehicleAnswers.Said(ecu, report, limits), fleet: part == TargetPart.Application ? _journal.Fleet.With(ReportedEcu.Of(ecu.Name, report)) : null);
    }

    // The ECU is asked first and is free then: how long a download takes is the network's matter.
    private async Task ReadyDownloadAsync(EsyncMessage request, VehicleEcu ecu)
    {
        EsyncPackage package = request.Body.Package;
        if (VehicleAnswers.OutOfHours(package, _options) is { } answer)
        {
            Reply(request, EsyncType.UpdateStatus, answer, null);
            return;
        }

        EsyncPackage said = await EcuQuestions.ConsentAsync(ecu, package);
        PackageArrival? arrival = said.Status == EsyncStatus.DownloadConsent ? await ArriveAsync(request.Body, package) : null;
        Reply(request, EsyncType.UpdateStatus, arrival is { File: null } ? VehicleAnswers.Failed(package, arrival.Why, isTerminal: false) : said, null);
    }

    private async Task UpdateAsync(EsyncMessage request, VehicleEcu ecu, UpdatePolicy policy)
    {
        EsyncPackage package = request.Body.Package;
        if (await BringAsync(request, package, ecu, policy) is { } outcome)
        {
            ReplyOutcome(request, ecu, outcome);
        }
        else
        {
            Reply(request, EsyncType.UpdateStatus, VehicleAnswers.Failed(package, "the package is not here", isTerminal: false), null);
        }
    }

    // Null when the package does not come.
    private async Task<UpdateOutcome?> BringAsync(EsyncMessage request, EsyncPackage package, VehicleEcu ecu, UpdatePolicy policy)
    {
        EsyncBody body = request.Body with { Package = package };
        if (await FetchAsync(body, package) is not { } file)
        {
            return null;
        }

        UpdateImages images = PackageImages.Forms(Package.Decode(file, package.Name));
        bool isWholeOnly = _journal.HasFallenBack(body, Sha256Of(package));
        UpdateProgress progress = new(ecu.Observer, (image, position) => Tell(VehicleAnswers.Progress(package, image, position)));
        bool hasOther = !isWholeOnly && (PackageFetcher.FilesOf(package).Count > 1 || images.All.Count > 1);
        PackageUpdate update = new(ecu, isWholeOnly ? images.WholeOnly() : images, progress, hasOther ? (image, refusal) => FallBackAsync(body, image, refusal) : null);
        return await update.RunAsync(policy);
    }

    private async Task<byte[]?> FetchAsync(EsyncBody request, EsyncPackage package) => (await ArriveAsync(request, package)).File;

    // The chosen form; the last one, which is the whole image, when the ECU has refused it.
    private async Task<PackageArrival> ArriveAsync(EsyncBody request, EsyncPackage package)
    {
        IReadOnlyList<EsyncDownloadable> files = PackageFetcher.FilesOf(package);
        bool isWholeOnly = _journal.HasFallenBack(request with { Package = package }, Sha256Of(package));
        if (files.Count == 0)
        {
            return new PackageArrival(null, "the offer names no file");
        }

        PackageArrival arrival = await _packages.FetchAsync(package, isWholeOnly ? files[^1] : files[0]);
        return arrival with { File = Guard.Inspected(request, package, arrival.File) };
    }

    private static string Sha256Of(EsyncPackage package) => package.VersionList?.GetValueOrDefault(package.Version ?? string.Empty)?.Sha256 ?? string.Empty;

    private async Task AnswerGroupAsync(EsyncMessage request)
    {
        List<GroupMember> members = [];
        foreach (EsyncPackage package in request.Body.Group ?? [])
        {
            if (!_ecus.TryGetValue(package.Type, out VehicleEcu? ecu))
            {
                Reply(request, EsyncType.UpdateStatus, VehicleAnswers.Failed(request.Body.Package, $"this vehicle has no {package.Type}", isTerminal: true), null);
                return;
            }

            members.Add(new GroupMember(package, ecu));
        }

        GroupUpdate group = new(members, _journal.IsCommitted(request.Body), () => Commit(request.Body), (member, policy) => KeepAsync(request, member, policy));
        GroupOutcome? outcome = request.Type == EsyncType.CommitUpdate ? await group.CommitAsync() : await group.RevertAsync("the server takes the group back");
        if (outcome is not null)
        {
            EsyncPackage said = request.Body.Package with { Status = outcome.Status, Message = outcome.Text, IsTerminalFailure = outcome.Status == EsyncStatus.InstallFailed ? true : null };
            Reply(request, EsyncType.UpdateStatus, said, null, outcome.Members);
        }
    }

    // False when the client has been stopped: the next run finds the group as it is.
    private bool Commit(EsyncBody request)
    {
        if (!_isStopped)
        {
            _journal.Commit(request);
        }

        return !_isStopped;
    }

    private async Task<UpdateOutcome> KeepAsync(EsyncMessage request, GroupMember member, UpdatePolicy policy)
    {
        using EcuTurn turn = await member.Ecu.Gate.EnterAsync();
        try
        {
            return await BringAsync(request, member.Package, member.Ecu, policy) ?? new UpdateOutcome(UpdateEnd.Lost, FotaError.None, "the package is not here");
        }
        catch (UserErrorException exception)
        {
            return new UpdateOutcome(UpdateEnd.Refused, FotaError.None, exception.Message);
        }
    }

    // There is nothing to prepare in the ECU: what the vehicle has is looked at, and ready-update brings and installs it.
    private async Task InstallAsync(EsyncMessage request, VehicleEcu ecu, TargetPart part)
    {
        EsyncPackage package = request.Body.Package;
        if (await FetchAsync(request.Body, package) is not { } file)
        {
            Reply(request, EsyncType.UpdateStatus, VehicleAnswers.Failed(package, "the package is not here", isTerminal: false), null);
            return;
        }

        DocumentSession session = part == TargetPart.Trust
            ? new TrustSession(ecu.Client, TrustFile.Decode(file, package.Name).ToUpdate(), ecu.Policy, ecu.Observer)
            : new RulesSession(ecu.Client, RulesFile.Decode(file, package.Name).ToUpdate(), ecu.Policy, ecu.Observer, ecu.Signals);
        UpdateOutcome outcome = request.Type == EsyncType.PrepareUpdate
            ? new UpdateOutcome(UpdateEnd.Verified, FotaError.None, $"{session.Content} is in the vehicle")
            : await session.RunAsync();
        ReplyOutcome(request, ecu, outcome);
    }

    private void ReplyOutcome(EsyncMessage request, VehicleEcu ecu, UpdateOutcome outcome)
    {
        string status = outcome.End switch
        {
            UpdateEnd.Verified => EsyncStatus.InstallReady,
            UpdateEnd.OnTrial => EsyncStatus.InstallInProgress,
            UpdateEnd.Confirmed => EsyncStatus.InstallCompleted,
            UpdateEnd.RolledBack => EsyncStatus.InstallRollback,
            _ => EsyncStatus.InstallFailed,
        };
        bool isRefused = outcome.End == UpdateEnd.Refused;
        EsyncEcu said = new() { Reason = outcome.Reason.ToString() };
        EsyncPackage result = request.Body.Package with { Status = status, Message = outcome.Text, VersionList = null, IsTerminalFailure = isRefused ? true : null };
        bool isFailure = status is EsyncStatus.InstallRollback or EsyncStatus.InstallFailed;
        Reply(request, EsyncType.UpdateStatus, isFailure ? RollbackStatus.Of(ecu.Rollback, request.Body.Package, result) : result, said, fleet: outcome.End == UpdateEnd.OnTrial ? Guard.Tried(request.Body, ecu.Name) : null);
    }

    // Null when the client has been stopped: the next run finds out by itself; or when the whole image does not come.
    private async Task<UpdateImages?> FallBackAsync(EsyncBody request, UpdateImage image, UpdateOutcome refusal)
    {
        if (_isStopped)
        {
            return null;
        }

        _outbox.FallBack(VehicleAnswers.IncrementalFailed(request, image, refusal), Sha256Of(request.Package));
        return await FetchAsync(request, request.Package) is { } file ? PackageImages.Forms(Package.Decode(file, request.Package.Name)).WholeOnly() : null;
    }

    private void Reply(EsyncMessage request, string type, EsyncPackage package, EsyncEcu? said, IReadOnlyList<EsyncPackage>? group = null, FleetMemory? fleet = null)
    {
        // What a stopped client still finds out is nobody's: the next run asks the ECU again.
        if (_isStopped)
        {
            return;
        }

        _outbox.Answer(new EsyncMessage
        {
            Type = type,
            ReplyTo = request.ReplyId,
            Body = new EsyncBody { Package = package, Group = group, Campaign = request.Body.Campaign, Ecu = said },
        }, fleet);
        foreach (EsyncPackage one in request.Body.Group ?? [package])
        {
            bool isOnTrial = request.Body.Group is null && package.Status == EsyncStatus.InstallInProgress;
            _lines.Of(one).Answered(one.Type, isOnTrial);
        }
    }

    // Said once, and lost when nobody hears it.
    private void Tell(EsyncMessage message) => _link.Publish(_topics.FromVehicle, EsyncJson.Encode(message));
}
