// Attacks on what others conclude from the bus: listening, showing old reports, and using a signing key's index twice.
// The defences are in part the client's and the signer's, and are tried here as the vehicle uses them.
// Clause: PROTOCOL.md, "Access", "Version report"; RFC 8554 §9.1; Uptane Standard 2.1.0 §4.3 (eavesdrop, freeze).
// Tests: tests/host-sim/Attack.
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Files;
using EsyncSim.Signing;

namespace EsyncSim.Attack;

/// <summary>Attacks beside the ECU.</summary>
internal static class VehicleAttacks
{
    private static readonly SigningParameters Parameters = new(1, 5, 4);

    // Data identifiers of the update target.
    private const ushort FirstOfUpdate = 0xFD00;
    private const ushort LastOfUpdate = 0xFD0F;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<AttackCase> All { get; } =
    [
        new("eavesdrop", AttackOrigin.Uptane, "Listen to access by 29 and 27 and to all that an owner reads, and look for secrets in it", AttackNeeds.Secret, AttackTrace.Nothing, ListenAsync)
        {
            Limit = "an image can be read on the bus unless its package is encrypted for its devices; provisioning sends the secret itself, so it belongs where nobody listens",
        },
        new("freeze", AttackOrigin.Uptane, "Show the client an old version report, or another ECU's, as the present one", AttackNeeds.Secret, AttackTrace.Nothing, FreezeAsync)
        {
            Limit = "an ECU has no clock and cannot know that newer software exists: that nobody offers it is seen by the server alone, when fresh reports are missing or show the old version",
        },
        new("signature-index-reuse", AttackOrigin.Design, "Have two documents signed with one LMS index, which gives one-time key material away", AttackNeeds.Secret | AttackNeeds.Keys, AttackTrace.OtherBank, ReuseIndexAsync)
        {
            Limit = "an ECU keeps no list of indices: under a higher sequence number it takes the second document, so the signer must never make it",
        },
    ];

    private static async Task ListenAsync(AttackScene scene)
    {
        Listener listener = new();
        scene.Access.Bus.Observe(listener);
        await scene.OpenAsync();
        await scene.Client.ReadInventoryAsync();
        for (ushort identifier = FirstOfUpdate; identifier <= LastOfUpdate; identifier++)
        {
            await scene.AskAsync([0x22, (byte)(identifier >> 8), (byte)identifier]);
        }

        await scene.AskAsync(AttackScene.Routine(0x0204, scene.Means.Entropy(16)));
        await scene.EnterAsync(DcmSession.Extended);
        byte[] seed = await scene.SeedAsync() ?? throw new NoResponseException(0x27, "request seed");
        byte[] key = [0x27, 0x02, .. scene.Secret.SecurityAccessKey(seed)];
        await scene.ExpectAsync("the owner's key of 27", key, Answer.Positive);
        byte[] heard = listener.Bytes();
        foreach ((string name, byte[] secret) in Secrets(scene.Secret))
        {
            scene.Log.Add($"{name} in {heard.Length} bytes heard", "not heard", Contains(heard, secret) ? "heard" : "not heard");
        }

        // Whoever replays needs the challenge to come back; so none may.
        HashSet<string> challenges = [];
        const int Asked = 32;
        for (int i = 0; i < Asked; i++)
        {
            challenges.Add(Convert.ToHexString(await scene.ChallengeAsync() ?? []));
        }

        scene.Log.Add($"{Asked} challenges", $"{Asked} different ones", $"{challenges.Count} different ones");
    }

    private static (string Name, byte[] Secret)[] Secrets(DeviceCredentials credentials)
    {
        byte[] Derive(string label) => HMACSHA256.HashData(credentials.Secret, (byte[])[.. Encoding.ASCII.GetBytes(label), .. credentials.DeviceId]);
        return
        [
            ("the device secret", credentials.Secret),
            ("the key of 29", Derive("esync/v1/key-29")),
            ("the key of 27", Derive("esync/v1/key-27")),
            ("the report key", Derive("esync/v1/key-report")),
            ("the key that wraps keys", Derive("esync/v1/key-wrap")),
        ];
    }

    // Eight bytes of a secret in a row are no chance.
    private static bool Contains(byte[] heard, byte[] secret)
    {
        const int Window = 8;
        for (int i = 0; i + Window <= secret.Length; i++)
        {
            if (heard.AsSpan().IndexOf(secret.AsSpan(i, Window)) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    private static async Task FreezeAsync(AttackScene scene)
    {
        await scene.EnterAsync(DcmSession.Extended);
        byte[] oldNonce = scene.Means.Entropy(16);
        byte[] newNonce = scene.Means.Entropy(16);
        byte[] old = await ReportAsync(scene, oldNonce);
        byte[] fresh = await ReportAsync(scene, newNonce);
        byte[] patched = [.. old];
        newNonce.CopyTo(patched, VersionReport.NonceOffset);
        byte[] raised = [.. fresh];
        raised[32]++;
        DeviceCredentials other = scene.Secret with { Secret = scene.Means.Entropy(32) };
        scene.Log.Add("the ECU's report over a fresh nonce", "taken", Judge(fresh, newNonce, scene.Secret));
        scene.Log.Add("an old report for a new nonce", "refused", Judge(old, newNonce, scene.Secret));
        scene.Log.Add("an old report with the new nonce written in", "refused", Judge(patched, newNonce, scene.Secret));
        scene.Log.Add("a report with another sequence number", "refused", Judge(raised, newNonce, scene.Secret));
        scene.Log.Add("a report under another ECU's secret", "refused", Judge(fresh, newNonce, other));
    }

    private static async Task<byte[]> ReportAsync(AttackScene scene, byte[] nonce) =>
        (await scene.Client.Tester.RequestAsync(AttackScene.Routine(0x0204, nonce), "version report"))[4..];

    private static string Judge(byte[] report, byte[] nonce, DeviceCredentials credentials)
    {
        try
        {
            return VersionReport.Parse(report, nonce, credentials).IsAuthentic ? "taken" : "not authentic";
        }
        catch (UnexpectedResponseException)
        {
            return "refused";
        }
    }

    private static async Task ReuseIndexAsync(AttackScene scene)
    {
        using (KeyFolder folder = new())
        {
            byte[] seed = scene.Means.Entropy(16);
            string demonstration = folder.Create("demonstration.key", SigningKey.FromSeedText(SigningRole.Author, Parameters, Convert.ToHexString(seed)));
            uint first = IndexOf(folder.Store.Sign(demonstration, "one document"u8.ToArray()));
            uint second = IndexOf(folder.Store.Sign(demonstration, "another document"u8.ToArray()));
            scene.Log.Add("two documents signed by one key file", "two indices", first == second ? $"index {first} twice" : "two indices");
            string key = folder.Create("author.key", SigningKey.Generate(SigningRole.Author, Parameters));
            byte[] backup = File.ReadAllBytes(key);
            folder.Store.Sign(key, "one document"u8.ToArray());
            File.WriteAllBytes(key, backup);
            scene.Log.Add("another document signed by the key file's backup", "refused", folder.TrySign(key));
        }

        // What an attacker gets who has made a signer sign again with indices that were used: the state of two copies of a key.
        AttackKeys copy = scene.Keys.Copy();
        byte[] one = scene.Keys.Copy().Sign(scene.Keys.NextManifest());
        byte[] two = copy.Sign(scene.Keys.NextManifest() with { Uri = "another" });
        await scene.OpenAsync();
        scene.Log.Add("the first document of a copied key, 31 01 02 10", Answer.Result(FotaError.None), await scene.AuthenticateAsync(one));
        scene.Log.Add("the second, of the same indices and sequence number", Answer.Result(FotaError.SequenceTooLow), await scene.AuthenticateAsync(two));
    }

    // HSS signature of one level: Nspk (4), then q.
    private static uint IndexOf(byte[] signature) => BinaryPrimitives.ReadUInt32BigEndian(signature.AsSpan(4));

    private sealed class Listener : IBusObserver
    {
        private readonly Dictionary<uint, List<byte>> _heard = [];

        // Payload only, each direction by itself: PCI bytes in between would hide what they cut in two.
        public byte[] Bytes() => [.. _heard.Values.SelectMany(bytes => bytes)];

        public void OnRecord(in BusRecord record)
        {
            if (!_heard.TryGetValue(record.Frame.Identifier, out List<byte>? bytes))
            {
                _heard.Add(record.Frame.Identifier, bytes = []);
            }

            int skipped = record.Frame[0] >> 4 == 1 ? 2 : 1;
            for (int i = skipped; i < record.Frame.Length && record.Frame[0] >> 4 != 3; i++)
            {
                bytes.Add(record.Frame[i]);
            }
        }
    }

    // Key files as a bench has them, with a register of used signatures, in a folder that is gone afterwards.
    private sealed class KeyFolder : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("esync-attack-").FullName;

        public KeyFolder() => Store = new SigningKeyStore(DiskFileSystem.Instance, Thread.Sleep, new KeyRegister(DiskFileSystem.Instance, Path.Combine(_folder, "register")));

        public SigningKeyStore Store { get; }

        public string Create(string name, SigningKey key)
        {
            string path = Path.Combine(_folder, name);
            Store.Create(path, key);
            return path;
        }

        public string TrySign(string path)
        {
            try
            {
                return $"signed with index {IndexOf(Store.Sign(path, "another document"u8.ToArray()))}";
            }
            catch (UserErrorException refusal) when (refusal.ExitCode == ExitCode.KeyProblem)
            {
                return "refused";
            }
        }

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
