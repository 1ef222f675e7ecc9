// The server's side of one vehicle's campaigns: sends what CampaignMachine wants asked, has each repeated until its answer is here
// (RequestBook), hands packages out, and stores each step before anybody is told of it.
// Invariants: each request has a number that its answer repeats; what a vehicle numbers is handed on once, in order, and
// acknowledged only when its effect is stored; an answer nobody asked for changes nothing; a vehicle that is silent costs a
// bounded time. A server that starts again on its store goes on with the requests that were under way, under their
// numbers. The server holds no image key: packages were signed before; with a fleet key it says which belong
// together, one signature for all requests that rest on the same reports. It must not know UDS or CAN.
// Tests: tests/host-sim/Server.
using System.Globalization;
using EsyncSim.Bus;
using EsyncSim.Client;

namespace EsyncSim.Server;

/// <summary>Hears what passes between server and vehicle.</summary>
public interface ICampaignObserver
{
    /// <summary>A message was sent to the vehicle (true) or came from it (false). Repetitions are not told.</summary>
    void Message(bool isToVehicle, EsyncMessage message);
}

/// <summary>Runs campaigns for one vehicle.</summary>
public sealed class CampaignServer
{
    private readonly VirtualTime _time;
    private readonly IMessageLink _link;
    private readonly Topics _topics;
    private readonly ICampaignStore _store;
    private readonly ICampaignObserver? _observer;
    private readonly SimSignal _changed;
    private readonly RequestBook _requests;
    private VehicleCampaign? _state;
    private bool _isStopped;

    /// <summary>Makes the server and listens to the vehicle.</summary>
    public CampaignServer(VirtualTime time, IMessageLink link, Topics topics, ICampaignStore store, ICampaignObserver? observer = null)
    {
        _time = time;
        _link = link;
        _topics = topics;
        _store = store;
        _observer = observer;
        _changed = new SimSignal(time);
        _requests = new RequestBook(time, Publish);
        link.Subscribe(topics.FromVehicle, Receive);
        link.Restored += _requests.RepeatAll;
    }

    /// <summary>Longest silence of a vehicle that is to answer, in nanoseconds.</summary>
    public long AnswerNsMax
    {
        get => _requests.SilenceNsMax;
        init => _requests.SilenceNsMax = value;
    }

    /// <summary>Packages that are handed out; servers of several vehicles may share it.</summary>
    public PackageShelf Shelf { get; init; } = new();

    /// <summary>Address below which the vehicle gets packages over HTTP, without a slash at its end; null sends them over the link.</summary>
    public string? PackagesUrl { get; init; }

    /// <summary>Signs vehicle manifests; null sends none.</summary>
    public FleetSigner? Fleet { get; init; }

    /// <summary>Where the vehicle is in the campaign under way; null when there is none.</summary>
    public VehicleCampaign? UnderWay => _state;

    /// <summary>Asks what an ECU runs; null when the vehicle does not answer.</summary>
    public async Task<EsyncMessage?> QueryAsync(string ecu, string packageName)
    {
        int number = _store.Ledger.NextRequest();
        _store.Save(null);
        SimSignal ended = new(_time);
        EsyncMessage? answer = null;
        Send(Request(EsyncType.QueryPackage, number, null, new EsyncPackage { Type = EsyncTarget.Of(ecu), Name = packageName }), said =>
        {
            answer = said;
            ended.Set();
        });
        await ended;
        return answer;
    }

    /// <summary>True after <see cref="Stop"/>, or when another server speaks with the vehicle.</summary>
    public bool IsStopped => _isStopped || !_store.IsOurs;

    /// <summary>Falls silent for good: hears, says and stores nothing any more. A campaign under way ends with a <see cref="LeaseLostException"/>.</summary>
    public void Stop()
    {
        if (_isStopped)
        {
            return;
        }

        _isStopped = true;
        _requests.Clear();
        _link.Unsubscribe(_topics.FromVehicle);
        _link.Restored -= _requests.RepeatAll;
        _changed.Set();
    }

    /// <summary>Takes all targets through the campaign; one that was under way when the server ended goes on where it was.</summary>
    public async Task<IReadOnlyList<TargetResult>> RunAsync(Campaign campaign)
    {
        foreach (byte[] file in campaign.Files)
        {
            Shelf.Put(file);
        }

        VehicleCampaign? left = _store.Find(campaign.Id);
        _state = left is null or { HasEnded: true } ? campaign.Begin() : left;
        foreach (CampaignAsk ask in _state.Asks)
        {
            Send(ask);
        }

        while (!IsStopped && await StepAsync())
        {
        }

        if (IsStopped)
        {
            throw new LeaseLostException(_topics.Vehicle);
        }

        VehicleCampaign ended = _state;
        _state = null;
        return [.. campaign.Targets.Zip(ended.Targets, TargetResult.Of)];
    }

    /// <summary>Gives the campaign under way up, as far as it can be: see <see cref="CampaignMachine.Cancelled"/>.</summary>
    public void Cancel(string why)
    {
        if (_state is { } state)
        {
            Become(CampaignMachine.Cancelled(state, why));
            _changed.Set();
        }
    }

    /// <summary>Somebody has consented, or not: see <see cref="CampaignMachine.Consented"/>.</summary>
    public void Consent(bool isGiven, string by)
    {
        if (_state is { } state)
        {
            Become(CampaignMachine.Consented(state, isGiven, by));
            _changed.Set();
        }
    }

    // False when nothing is left to be done.
    private async Task<bool> StepAsync()
    {
        _changed.Reset();
        CampaignMove move = CampaignMachine.Next(_state!, _time.NowNs);
        CampaignAsk[] asks = [.. move.Steps.Select(step => step with { Number = _store.Ledger.NextRequest() })];
        VehicleCampaign next = asks.Aggregate(move.State, CampaignMachine.Asked);
        if (Fleet is not null && asks.Any(ask => FleetSigner.IsCarrying(next, ask)))
        {
            next = Fleet.Sealed(next, _topics.Vehicle, _store.Ledger, sha256 => Shelf.FormsOf(sha256)?.Images?.All[0].ImageDigest);
        }

        if (next != _state)
        {
            Become(next);
        }

        if (IsStopped)
        {
            return false;
        }

        foreach (CampaignAsk ask in asks)
        {
            Send(ask);
        }

        if (next.Asks.Count == 0 && move.WakeNs is null)
        {
            return false;
        }

        await _changed.Wait(move.WakeNs is { } wake and < long.MaxValue ? wake - _time.NowNs : -1);
        return true;
    }

    private void Become(VehicleCampaign state)
    {
        _state = state;
        try
        {
            _store.Save(state);
        }
        catch (LeaseLostException)
        {
            Stop();
        }
    }

    private void Publish(EsyncMessage message)
    {
        if (!IsStopped)
        {
            _link.Publish(_topics.ToVehicle, EsyncJson.Encode(message));
        }
    }

    private void Send(CampaignAsk ask) => Send(RequestOf(_state!, ask), answer =>
    {
        VehicleCampaign answered = CampaignMachine.Answered(_state!, ask.Number, answer, _time.NowNs);
        if (answer is null)
        {
            Become(answered);
        }
        else
        {
            _state = Chosen(answered, ask, answer);
        }

        _changed.Set();
    });

    private void Send(EsyncMessage request, Action<EsyncMessage?> answered)
    {
        _observer?.Message(true, request);
        _requests.Send(request, answered);
    }

    private EsyncMessage RequestOf(VehicleCampaign state, CampaignAsk ask)
    {
        EsyncMessage request = BareRequestOf(state, ask);
        return FleetSigner.IsCarrying(state, ask) ? request with { Body = request.Body with { VehicleManifest = state.VehicleManifest } } : request;
    }

    private EsyncMessage BareRequestOf(VehicleCampaign state, CampaignAsk ask)
    {
        if (ask.Target < 0)
        {
            EsyncMessage request = Request(ask.Type, ask.Number, state.Id, new EsyncPackage { Type = EsyncTarget.Vehicle, Name = state.Id });
            return request with { Body = request.Body with { Group = [.. state.Targets.Where(target => target.MayBeOnTrial && target.End is null).Select(Offer)] } };
        }

        EsyncPackage package = Offer(state.Targets[ask.Target]);
        return Request(ask.Type, ask.Number, state.Id, ask.Type == EsyncType.QueryPackage ? package with { Version = null, VersionList = null, Encoding = null, EncodingReason = null } : package);
    }

    private EsyncMessage Request(string type, int number, string? campaign, EsyncPackage package) => new()
    {
        Type = type,
        ReplyId = IdOf(number),
        Epoch = _store.Ledger.Epoch,
        Body = new EsyncBody
        {
            Package = package,
            Campaign = campaign is null ? null : new EsyncCampaign(campaign),
            Sequence = number,
        },
    };

    private string IdOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{_store.Ledger.Epoch}-{number}");

    private EsyncPackage Offer(TargetState target)
    {
        OfferedVersion offer = target.Offer;
        string[] rollback = [.. target.Versions.Skip(1).Select(version => version.Version)];
        return new EsyncPackage
        {
            Type = target.Type,
            Name = offer.PackageName,
            Version = offer.Version,
            Encoding = target.Choice?.Encoding,
            EncodingReason = target.Choice?.Why,
            RollbackVersion = target.At > 0 ? offer.Version : null,
            RollbackVersions = rollback.Length == 0 ? null : rollback,
            VersionList = offer.Sha256 is null ? null : new Dictionary<string, EsyncVersion>
            {
                [offer.Version] = new()
                {
                    Sha256 = offer.Sha256,
                    Downloadables = target.Choice is { } choice
                        ? [.. choice.Files.Select(file => Downloadable(file.Sha256, file.Length, file.Encoding))]
                        : [Downloadable(offer.Sha256, offer.Length, null)],
                },
            },
        };
    }

    private EsyncDownloadable Downloadable(string sha256, int length, string? encoding) =>
        new() { Url = PackagesUrl is null ? _topics.Package(sha256) : $"{PackagesUrl}/{sha256}", Length = length, Sha256 = sha256, Encoding = encoding };

    private void Receive(string topic, ReadOnlyMemory<byte> payload)
    {
        if (IsStopped)
        {
            return;
        }

        try
        {
            Receive(payload);
        }
        catch (LeaseLostException)
        {
            // Nothing of it was stored, and nobody was told: the vehicle says it again to the server that has it now.
            Stop();
        }
    }

    private void Receive(ReadOnlyMemory<byte> payload)
    {
        EsyncMessage? message = EsyncJson.TryDecode(payload);
        _requests.Hear();
        if (message is { Epoch: { } epoch, Body.Sequence: { } number })
        {
            if (_store.Ledger.TryTake(_topics.Vehicle, epoch, number, message.Oldest ?? 1, out int handedOn))
            {
                HandOn(message);
                _store.Save(_state);
            }

            // A double is acknowledged too: it came because the first acknowledgement was lost.
            Acknowledge(message, epoch, handedOn);
        }
        else if (message is not null)
        {
            // What is not numbered may be lost and may come twice.
            VehicleCampaign? before = _state;
            HandOn(message);
            if (_state != before)
            {
                _store.Save(_state);
            }
        }
    }

    private void HandOn(EsyncMessage message)
    {
        _observer?.Message(false, message);
        if (message.Type == EsyncType.QueryPackage)
        {
            _store.Note(message);
        }

        if (message.Type == EsyncType.StartDownload)
        {
            HandOut(message.Body.Package);
        }
        else if (message is { Type: EsyncType.IncrementalFailed, Body: { Package: { } package, Campaign: { } campaign, Ecu: { Encoding: { } encoding, Reason: { } reason } } })
        {
            _state = campaign.Id == _state?.Id ? CampaignMachine.Refused(_state, package.Type, new IncrementalFailure(encoding, reason)) : _state;
        }
        else if (message.ReplyTo is { } reply)
        {
            _requests.Answer(reply, message);
        }
    }

    // With what an ECU says that it runs comes the form in which it gets what it should run.
    private VehicleCampaign Chosen(VehicleCampaign state, CampaignAsk ask, EsyncMessage answer)
    {
        if (ask.Type != EsyncType.QueryPackage || state.Targets[ask.Target] is not { Step: TargetStep.Consent } target)
        {
            return state;
        }

        EsyncEcu? said = answer.Body.Ecu;
        FormChoice? choice = Shelf.FormsOf(target.Offer.Sha256) is { } forms ? FormChoice.Of(forms, VersionReport.TryRead(said?.VersionReport), UpdateLimits.TryRead(said?.Limits)) : null;
        return state.With(ask.Target, target with { Choice = choice });
    }

    private void Acknowledge(EsyncMessage message, string epoch, int handedOn) => Publish(new EsyncMessage
    {
        Type = EsyncType.Acknowledge,
        Epoch = epoch,
        Body = new EsyncBody
        {
            Package = new EsyncPackage { Type = message.Body.Package.Type, Name = message.Body.Package.Name },
            Sequence = handedOn,
        },
    });

    private void HandOut(EsyncPackage wanted)
    {
        EsyncVersion? version = wanted.VersionList?.Values.FirstOrDefault();
        string sha256 = version?.Downloadables?.FirstOrDefault()?.Sha256 ?? version?.Sha256 ?? string.Empty;
        if (Shelf.FileOf(sha256) is { } file)
        {
            _link.Publish(_topics.Package(sha256), file);
        }
    }
}
