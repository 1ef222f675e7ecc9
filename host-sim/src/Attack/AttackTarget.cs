// What is attacked: a virtual ECU that is made anew for each attack, or the one on a real bus, which all of them share.
// Invariant: a virtual ECU was provisioned and updated twice over its bus, by the client that vehicles use, before the
// first attack; so it has a floor, a previous image and an old manifest that was once good.
// Tests: tests/host-sim/Attack.
using EsyncAgent;
using EsyncSim.Bench;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Packages;
using EsyncSim.Signing;
using EsyncSim.Vehicle;

namespace EsyncSim.Attack;

/// <summary>A target of attacks.</summary>
internal interface IAttackTarget : IDisposable
{
    /// <summary>What there is beside the bus.</summary>
    AttackNeeds Offers { get; }

    /// <summary>Where it is, in words.</summary>
    string Place { get; }

    /// <summary>What an attacker of it holds.</summary>
    AttackMeans Means { get; }

    /// <summary>True when the next attack meets the same ECU, so that access delays have to be worked off.</summary>
    bool IsShared { get; }

    /// <summary>The ECU for the next attack, running.</summary>
    IEcuAccess Begin();
}

/// <summary>A virtual ECU.</summary>
internal sealed class ModelTarget : IAttackTarget
{
    private readonly EcuDefinition _definition;
    private readonly ulong _seed;
    private readonly CancellationToken _stop;
    private readonly byte[] _flash;

    /// <summary>Makes and prepares it; <paramref name="memory"/>, when there is one, is what a former target of this seed was prepared to.</summary>
    /// <exception cref="UserErrorException">It cannot be prepared.</exception>
    public ModelTarget(EcuDefinition definition, ulong seed, CancellationToken stop, byte[]? memory = null)
    {
        _definition = definition;
        _seed = seed;
        _stop = stop;
        SeededRandom random = new(seed, "attack");
        DeviceCredentials secret = new(random.Bytes(DeviceFile.DeviceIdLength), random.Bytes(DeviceFile.DeviceSecretLength));
        AttackKeys keys = new(definition, secret, seed);
        Means = new AttackMeans(random.Bytes, secret, keys);
        _flash = memory ?? Prepare(keys);
    }

    /// <summary>What the ECU's flash holds when an attack begins.</summary>
    public byte[] Memory => _flash;

    /// <inheritdoc/>
    public AttackNeeds Offers => AttackNeeds.Secret | AttackNeeds.Keys | AttackNeeds.Model;

    /// <inheritdoc/>
    public string Place => $"{_definition.Name} on a virtual bus, seed {_seed}";

    /// <inheritdoc/>
    public AttackMeans Means { get; }

    /// <inheritdoc/>
    public bool IsShared => false;

    /// <inheritdoc/>
    IEcuAccess IAttackTarget.Begin() => Begin();

    /// <summary>A new ECU with the prepared memory, running.</summary>
    public ModelEcu Begin()
    {
        ModelEcu ecu = new(_definition, _seed, _flash);
        ecu.StopOn(_stop);
        ecu.Start();
        return ecu;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private byte[] Prepare(AttackKeys keys)
    {
        const int SettleMs = 500;
        using ModelEcu ecu = new(_definition, _seed, null);
        ecu.StopOn(_stop);
        ecu.Start();
        ecu.Bus.Time.Run(async () =>
        {
            EcuClient client = ecu.Connect(Means.Secret);
            await client.AwaitPresenceAsync();
            await client.SessionAsync(DcmSession.Extended);
            await client.RoutineAsync(0x0220, "provision", keys.ProvisioningRecord);
            foreach (Package package in new[] { keys.First, keys.Running })
            {
                UpdateOutcome outcome = await UpdateAsync(client, package, new UpdatePolicy());
                if (outcome.End != UpdateEnd.Confirmed)
                {
                    throw new UserErrorException(ExitCode.EcuRefused, $"the ECU {_definition.Name} could not be prepared for attacks: {outcome.Text}");
                }
            }

            await ecu.Bus.Time.DelayMs(SettleMs);
        });
        return ecu.Ecu.Flash.Memory.ToBytes();
    }

    /// <summary>An honest update.</summary>
    internal static Task<UpdateOutcome> UpdateAsync(EcuClient client, Package package, UpdatePolicy policy) =>
        new UpdateSession(client, PackageImages.Full(package), policy).RunAsync();
}

/// <summary>An ECU on a real bus.</summary>
/// <param name="access">The way to it.</param>
/// <param name="entropy">Random bytes.</param>
/// <param name="secret">Its identity and secret; null when they are not known.</param>
internal sealed class SharedTarget(IEcuAccess access, Func<int, byte[]> entropy, DeviceCredentials? secret) : IAttackTarget
{
    /// <inheritdoc/>
    public AttackNeeds Offers => secret is null ? AttackNeeds.Bus : AttackNeeds.Secret;

    /// <inheritdoc/>
    public string Place => $"{access.Definition.Name} {access.Place}";

    /// <inheritdoc/>
    public AttackMeans Means { get; } = new(entropy, secret, null);

    /// <inheritdoc/>
    public bool IsShared => true;

    /// <inheritdoc/>
    public IEcuAccess Begin() => access;

    /// <inheritdoc/>
    public void Dispose() => access.Dispose();
}
