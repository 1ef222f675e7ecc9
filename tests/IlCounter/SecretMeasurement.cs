// What comparing with a secret, and deriving from one, costs an interpreter: in instructions, which is its time. The same
// whatever the secrets and whatever the guess, or somebody with a clock could guess byte by byte.
// Here is everything of the agent that a guess from the bus meets: Csm.ConstantTimeEquals, and the proofs of 29 and 27 with
// derivation, HMAC (managed, so that it counts too) and comparison. Digests, chunk tags and seals are no secrets: their
// keys are public.
// Tests: tests/agent-firmware/Csm/ConstantTimeTests.cs.
using EsyncAgent;
using EsyncAgent.Drivers;
using EsyncSim.Flash;

namespace EsyncTests.IlCounting;

/// <summary>Entry points inside a <see cref="CountingContext"/>; only types of the base library go in and out.</summary>
public static class SecretMeasurement
{
    private const int TagLength = 32;
    private const int ChallengeLength = 16;

    /// <summary>Instructions by "what: guess"; the guesses are the same for each what.</summary>
    public static Dictionary<string, long> Figures(long[] counts)
    {
        IlMeter meter = new(counts);
        return new Dictionary<string, long>(OfComparison(meter).Concat(OfProofs(meter)).Concat(OfDerivation(meter)));
    }

    private static IEnumerable<KeyValuePair<string, long>> OfComparison(IlMeter meter)
    {
        byte[] secret = [.. Enumerable.Range(40, TagLength).Select(i => (byte)i)];
        foreach ((string name, byte[] guess) in Guesses(secret))
        {
            yield return new($"ConstantTimeEquals: {name}", meter.Of(() => Csm.ConstantTimeEquals(secret, 0, guess, 0, TagLength)));
        }
    }

    private static IEnumerable<KeyValuePair<string, long>> OfProofs(IlMeter meter)
    {
        Csm csm = new(new ManagedCrypto());
        KeyStore keys = Provisioned(csm, 0x80);
        byte[] challenge = [.. Enumerable.Range(1, ChallengeLength).Select(i => (byte)i)];
        foreach ((string what, KeyPurpose purpose, string label, int challenges, int length) in new[]
        {
            ("proof of 29", KeyPurpose.Authentication, "esync/v1/proof-29", 2 * ChallengeLength, TagLength),
            ("key of 27", KeyPurpose.SecurityAccess, "esync/v1/proof-27", ChallengeLength, ChallengeLength),
        })
        {
            AccessProof proof = new(csm, keys, purpose, label, challenges);
            byte[] key = new byte[TagLength], right = new byte[TagLength], client = new byte[ChallengeLength];
            keys.DeriveKey(purpose, key);
            csm.Hmac(key, [.. Csm.Label(label, 0), .. keys.DeviceId, 1, .. challenge, .. client.AsSpan(0, challenges - ChallengeLength)], right);
            foreach ((string name, byte[] guess) in Guesses(right[..length]))
            {
                byte[] request = [.. client, .. guess];
                bool isGood = false;
                yield return new($"{what}: {name}", meter.Of(() => isGood = proof.IsGood(challenge, request, 0, ChallengeLength, length)));
                if (isGood != (name == "right"))
                {
                    throw new InvalidOperationException($"{what}, {name}: the proof was {(isGood ? "taken" : "refused")}");
                }
            }
        }
    }

    private static IEnumerable<KeyValuePair<string, long>> OfDerivation(IlMeter meter)
    {
        Csm csm = new(new ManagedCrypto());
        foreach (byte first in new byte[] { 0x00, 0x55, 0x80, 0xFF })
        {
            KeyStore keys = Provisioned(csm, first);
            byte[] key = new byte[TagLength];
            yield return new($"derivation: secret {first:X2}", meter.Of(() => keys.DeriveKey(KeyPurpose.Authentication, key)));
        }
    }

    private static IEnumerable<(string Name, byte[] Guess)> Guesses(byte[] right)
    {
        yield return ("right", right);
        for (int i = 0; i < right.Length; i++)
        {
            byte[] one = [.. right];
            one[i] ^= (byte)(1 << (i % 8));
            yield return ($"byte {i} wrong", one);
        }

        yield return ("all wrong", [.. right.Select(value => (byte)~value)]);
        yield return ("zeros", new byte[right.Length]);
    }

    private static KeyStore Provisioned(Csm csm, byte firstOfSecret)
    {
        FlashModel flash = new(FlashGeometries.W25Q32);
        Fls fls = new(
            new FlsConfig { NvM0 = new FlsArea { Start = 0, Length = 4096 }, NvM1 = new FlsArea { Start = 4096, Length = 4096 } }, flash);
        NvM nvm = new(new NvMConfig(), fls);
        KeyStore keys = new(csm, nvm);
        Run(() => nvm.IsReady);
        byte[] anchor = [1, 0, 0, 0, 1, 0, 0, 0, 6, 0, 0, 0, 3, .. Enumerable.Range(1, 48).Select(i => (byte)i)];
        byte[] record = [.. Enumerable.Range(0x40, 16).Select(i => (byte)i), .. Enumerable.Range(firstOfSecret, TagLength).Select(i => (byte)i), 1, .. anchor];
        keys.Provision(record, 0, record.Length);
        Run(() => nvm.IsIdle);
        return keys;

        void Run(Func<bool> isDone)
        {
            for (uint ms = 0; !isDone(); ms++)
            {
                nvm.MainFunction(ms);
                fls.MainFunction(ms);
            }
        }
    }
}
