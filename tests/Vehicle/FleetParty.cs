// What vehicle manifests need in a rig: the server's key, the vehicle's anchor and clock, and somebody in between who reads what the server
// asks and changes it.
using EsyncSim.Bus;
using EsyncSim.Packages;
using EsyncSim.Server;
using EsyncSim.Signing;
using EsyncSim.Vehicle;

namespace EsyncTests.Vehicle;

internal sealed class FleetParty
{
    private readonly VirtualTime _time;
    private readonly SigningKey _key = SigningKey.FromSeedText(SigningRole.Fleet, new SigningParameters(2, 5, 4), "the rig's fleet");

    internal FleetParty(VirtualTime time)
    {
        _time = time;
        Signer = new FleetSigner(new MemorySigner(_key), () => NowMs);
        Policy = new FleetPolicy("V1", [_key.Anchor], () => NowMs + VehicleAheadMs);
    }

    /// <summary>The server's; null for one without a key.</summary>
    internal FleetSigner? Signer { get; set; }

    internal FleetPolicy Policy { get; }

    /// <summary>By how much the vehicle's clock is ahead of the server's, in milliseconds.</summary>
    internal long VehicleAheadMs { get; set; }

    /// <summary>Signatures made so far.</summary>
    internal long SignatureCount => _key.NextIndex;

    /// <summary>What becomes of a request on its way to the vehicle.</summary>
    internal Func<EsyncMessage, EsyncMessage>? Change { get; set; }

    /// <summary>Requests as the server sends them, repetitions included.</summary>
    internal List<EsyncMessage> Sent { get; } = [];

    private long NowMs => _time.NowNs / VirtualTime.NsPerMs;

    /// <summary>A manifest under the server's key, whatever it says.</summary>
    internal string Sign(VehicleManifest manifest) => Convert.ToBase64String(SignedVehicleManifest.Sign(manifest, new MemorySigner(_key)).Document);

    /// <summary>What a request rests on.</summary>
    internal static VehicleManifest ManifestOf(EsyncMessage request) => SignedVehicleManifest.Decode(Convert.FromBase64String(request.Body.VehicleManifest!)).Manifest;

    /// <summary>The server's link, with somebody in it.</summary>
    internal IMessageLink Between(IMessageLink link) => new Tap(link, this);

    private sealed class Tap(IMessageLink inner, FleetParty party) : IMessageLink
    {
        public bool IsConnected => inner.IsConnected;

        public Action? Restored
        {
            get => inner.Restored;
            set => inner.Restored = value;
        }

        public void Subscribe(string filter, MessageHandler handler) => inner.Subscribe(filter, handler);

        public void Unsubscribe(string filter) => inner.Unsubscribe(filter);

        public void Publish(string topic, ReadOnlyMemory<byte> payload)
        {
            if (EsyncJson.TryDecode(payload) is not { ReplyId: not null } request)
            {
                inner.Publish(topic, payload);
                return;
            }

            party.Sent.Add(request);
            inner.Publish(topic, EsyncJson.Encode(party.Change?.Invoke(request) ?? request));
        }

        public void Leave() => inner.Leave();
    }
}
