// What is judged: a virtual ECU that is made anew for each case from the same memory, or the one on a real bus, which all
// cases share and which is brought back to a known state after each.
// Invariants: a virtual ECU was provisioned and updated twice over its bus before the first case, and what a case does to
// it ends with the case; on a real bus a case begins in the default session, without access, on a quiet bus.
// Tests: tests/host-sim/Conformance.
using EsyncSim.Attack;
using EsyncSim.Bus;
using EsyncSim.Bus.Real;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Packages;

namespace EsyncSim.Conformance;

/// <summary>What is at hand beside the bus.</summary>
/// <param name="Entropy">Random bytes.</param>
/// <param name="Secret">Identity and secret of the ECU; null when they are not known.</param>
/// <param name="Access">Keys and proofs; null when there are none.</param>
/// <param name="Packages">Packages that the ECU would install, each newer than the one before; signed when first asked for.</param>
/// <param name="Keys">The signing keys that it trusts; null when they are not at hand.</param>
internal sealed record ConformanceMeans(
    Func<int, byte[]> Entropy, DeviceCredentials? Secret, ConformanceAccess? Access, Lazy<IReadOnlyList<Package>> Packages, AttackKeys? Keys);

/// <summary>An ECU for one case, running.</summary>
/// <param name="Tester">The tester.</param>
/// <param name="Evidence">What was on the bus.</param>
/// <param name="Model">The ECU itself, when it is a virtual one; else null.</param>
internal sealed record ConformanceBench(FrameTester Tester, EvidenceRecorder Evidence, ModelEcu? Model);

/// <summary>A target of cases.</summary>
internal interface IConformanceTarget : IDisposable
{
    /// <summary>What there is.</summary>
    ConformanceNeeds Offers { get; }

    /// <summary>Where it is, in words.</summary>
    string Place { get; }

    /// <summary>What it is.</summary>
    ConformanceProfile Profile { get; }

    /// <summary>What is at hand.</summary>
    ConformanceMeans Means { get; }

    /// <summary>True when the next case meets the same ECU.</summary>
    bool IsShared { get; }

    /// <summary>The ECU for the next case.</summary>
    ConformanceBench Begin();
}

/// <summary>Makes the tester's controller another: for frames that are changed on their way.</summary>
internal delegate ITesterCan CanWrapper(VirtualTime time, ITesterCan can);

/// <summary>A virtual ECU.</summary>
internal sealed class VirtualConformanceTarget : IConformanceTarget
{
    private readonly ModelTarget _model;
    private readonly CanWrapper? _wrapper;
    private VirtualTime? _last;
    private long _logNs;

    /// <summary>Makes and prepares it.</summary>
    /// <param name="definition">Its part of nf.config.</param>
    /// <param name="profile">What it is to be judged by.</param>
    /// <param name="seed">Seed of chance.</param>
    /// <param name="stop">Ends whatever runs.</param>
    /// <param name="memory">What a former target of this seed was prepared to (<see cref="Memory"/>); null prepares it.</param>
    /// <param name="wrapper">Changes the tester's controller; null leaves it.</param>
    /// <exception cref="UserErrorException">It cannot be prepared.</exception>
    public VirtualConformanceTarget(
        EcuDefinition definition, ConformanceProfile profile, ulong seed, CancellationToken stop, byte[]? memory = null, CanWrapper? wrapper = null)
    {
        _model = new ModelTarget(definition, seed, stop, memory);
        _wrapper = wrapper;
        Profile = profile;
        AttackKeys keys = _model.Means.Keys!;
        Lazy<IReadOnlyList<Package>> packages = new(() =>
        [
            keys.Package(AttackKeys.NextVersion, AttackKeys.RunningSequence + 1, AttackKeys.Floor),
            keys.Package(AttackKeys.RunningVersion, AttackKeys.RunningSequence + 2, AttackKeys.Floor),
        ]);
        Means = new ConformanceMeans(
            _model.Means.Entropy, _model.Means.Secret, new ConformanceAccess(profile, _model.Means.Secret), packages, keys);
    }

    /// <summary>Is told of the traffic of all cases, one after the other on one clock; null: nobody.</summary>
    public IBusObserver? Log { get; init; }

    /// <summary>The ECU's memory as it is before each case.</summary>
    public byte[] Memory => _model.Memory;

    /// <inheritdoc/>
    public ConformanceNeeds Offers => RealConformanceTarget.Allowed(Profile, Means)
        | ConformanceNeeds.Package | ConformanceNeeds.Destructive | ConformanceNeeds.Model | ConformanceNeeds.Keys;

    /// <inheritdoc/>
    public string Place => _model.Place;

    /// <inheritdoc/>
    public ConformanceProfile Profile { get; }

    /// <inheritdoc/>
    public ConformanceMeans Means { get; }

    /// <inheritdoc/>
    public bool IsShared => false;

    /// <inheritdoc/>
    public ConformanceBench Begin()
    {
        ModelEcu model = _model.Begin();
        VirtualTime time = model.Bus.Time;
        EvidenceRecorder evidence = new(time);
        model.Bus.Observe(evidence);
        if (Log is { } log)
        {
            _logNs += _last?.NowNs ?? 0;
            _last = time;
            model.Bus.Observe(new LaterObserver(log, _logNs));
        }

        ITesterCan can = model.CreateCan("conformance");
        return new ConformanceBench(new FrameTester(time, _wrapper is null ? can : _wrapper(time, can), Profile.Addressing), evidence, model);
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    // Each case has a clock of its own that begins at zero; a log of all of them has one.
    private sealed class LaterObserver(IBusObserver log, long byNs) : IBusObserver
    {
        public void OnRecord(in BusRecord record) => log.OnRecord(record with { StartNs = record.StartNs + byNs, EndNs = record.EndNs + byNs });
    }
}

/// <summary>An ECU on a real bus.</summary>
internal sealed class RealConformanceTarget : IConformanceTarget
{
    private readonly RealBus _bus;
    private readonly ConformanceBench _bench;
    private readonly bool _isDestructive;

    /// <summary>Takes a bus, which is left with this object.</summary>
    /// <param name="bus">The bus that the ECU is on.</param>
    /// <param name="place">The bus in words.</param>
    /// <param name="profile">What the ECU is.</param>
    /// <param name="means">What is at hand.</param>
    /// <param name="isDestructive">True: cases may write and erase.</param>
    public RealConformanceTarget(RealBus bus, string place, ConformanceProfile profile, ConformanceMeans means, bool isDestructive)
    {
        _bus = bus;
        _isDestructive = isDestructive;
        Place = $"{profile.Name} on {place}";
        Profile = profile;
        Means = means;
        EvidenceRecorder evidence = new(bus.Time);
        bus.Observe(evidence);
        if (profile.Addressing.Periodic is { } periodic)
        {
            bus.CreateCan().SetFilter((periodic, profile.Addressing.IsExtended)); // nobody takes these frames, but they are evidence
        }

        _bench = new ConformanceBench(new FrameTester(bus.Time, bus.CreateCan(), profile.Addressing), evidence, null);
    }

    /// <inheritdoc/>
    public ConformanceNeeds Offers => Allowed(Profile, Means)
        | (_isDestructive ? ConformanceNeeds.Destructive : ConformanceNeeds.Bus)
        | (Means.Packages.Value.Count > 0 ? ConformanceNeeds.Package : ConformanceNeeds.Bus);

    /// <inheritdoc/>
    public string Place { get; }

    /// <inheritdoc/>
    public ConformanceProfile Profile { get; }

    /// <inheritdoc/>
    public ConformanceMeans Means { get; }

    /// <inheritdoc/>
    public bool IsShared => true;

    /// <inheritdoc/>
    public ConformanceBench Begin() => _bench;

    /// <inheritdoc/>
    public void Dispose() => _bus.Dispose();

    /// <summary>What the profile allows, and access where it can be opened.</summary>
    internal static ConformanceNeeds Allowed(ConformanceProfile profile, ConformanceMeans means) =>
        (profile.Allowed.Reset ? ConformanceNeeds.Reset : ConformanceNeeds.Bus)
        | (profile.Allowed.Programming ? ConformanceNeeds.Programming : ConformanceNeeds.Bus)
        | (means.Access is { IsPossible: true } ? ConformanceNeeds.Access : ConformanceNeeds.Bus);
}
