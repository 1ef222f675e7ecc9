// A private signing key in memory: role, parameters, the secret, the next index, and the trees in use.
// Invariants: NextIndex only grows; an index is handed out by Reserve once. With two levels the upper part of the index is
// the leaf of the top tree that signs the lower tree, the lower part the leaf of the lower tree; the top signature is a
// function of seed and leaf and comes out the same each time, so that making it again is no second use of that leaf.
// Must not know files: SigningKeyStore makes the advanced index durable before a signature is made.
// Clause: RFC 8554 §6.
// Tests: tests/host-sim/Signing.
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace EsyncSim.Signing;

/// <summary>HSS private key.</summary>
public sealed class SigningKey
{
    private readonly LmsTree _top;
    private LmsTree? _lower;

    private SigningKey(SigningRole role, SigningParameters parameters, byte[] seed, LmsTree top, bool isDemonstration)
    {
        IsDemonstration = isDemonstration;
        Role = role;
        Parameters = parameters;
        Seed = seed;
        _top = top;
    }

    /// <summary>What its signatures stand for.</summary>
    public SigningRole Role { get; }

    /// <summary>Its parameter set.</summary>
    public SigningParameters Parameters { get; }

    /// <summary>True for a key made from a text: it protects nothing, and nobody keeps account of its signatures.</summary>
    public bool IsDemonstration { get; }

    /// <summary>I of the top tree, 16 bytes.</summary>
    public byte[] KeyId => _top.KeyId;

    /// <summary>Index that the next signature uses; all below are used or given up.</summary>
    public long NextIndex { get; private set; }

    /// <summary>Signatures that it can still make.</summary>
    public long Remaining => Parameters.SignatureCount - NextIndex;

    /// <summary>HSS public key: levels, then the top tree's LMS public key (60 bytes).</summary>
    public byte[] PublicKey
    {
        get
        {
            byte[] key = new byte[SigningParameters.PublicKeyLength];
            BinaryPrimitives.WriteInt32BigEndian(key, Parameters.Levels);
            _top.PublicKey.CopyTo(key, 4);
            return key;
        }
    }

    /// <summary>The public key with the role.</summary>
    public TrustAnchor Anchor => new(Role, PublicKey);

    internal byte[] Seed { get; }

    internal byte[] TopNodes => _top.Nodes;

    /// <summary>Nodes of the lower tree in use; null with one level.</summary>
    internal byte[]? LowerNodes => _lower?.Nodes;

    /// <summary>A new key from a random secret. Takes a third of a second for H10/W4 and some ten seconds for H15/W4.</summary>
    public static SigningKey Generate(SigningRole role, SigningParameters parameters) =>
        Grow(role, parameters, RandomNumberGenerator.GetBytes(SigningParameters.HashLength), RandomNumberGenerator.GetBytes(SigningParameters.KeyIdLength), isDemonstration: false);

    /// <summary>The key that follows from a text, always the same: for demonstrations and tests, where nothing depends on its secrecy.</summary>
    /// <param name="role">What its signatures stand for; another role gives another key.</param>
    /// <param name="parameters">Parameter set; another one gives another key.</param>
    /// <param name="seedText">The text.</param>
    public static SigningKey FromSeedText(SigningRole role, SigningParameters parameters, string seedText)
    {
        byte[] text = Encoding.UTF8.GetBytes(seedText);
        byte[] Derive(string purpose) => HMACSHA256.HashData(text, Encoding.ASCII.GetBytes($"esync/v1/{purpose}/{role.Name()}/{parameters.Name}"));
        return Grow(role, parameters, Derive("lms-seed"), Derive("lms-i")[..SigningParameters.KeyIdLength], isDemonstration: true);
    }

    /// <summary>A key from its parts. The lower nodes are those of the tree that the last used index lies in.</summary>
    internal static SigningKey Restore(
        SigningRole role, SigningParameters parameters, byte[] seed, byte[] keyId, long nextIndex, byte[] topNodes, byte[]? lowerNodes, bool isDemonstration)
    {
        SigningKey key = new(role, parameters, seed, LmsTree.Restore(parameters, keyId, seed, topNodes), isDemonstration) { NextIndex = nextIndex };
        if (lowerNodes is not null)
        {
            (byte[] childSeed, byte[] childKeyId) = key._top.DeriveChild(key.TopLeaf(key.LowerTreeIndex));
            key._lower = LmsTree.Restore(parameters, childKeyId, childSeed, lowerNodes);
        }

        return key;
    }

    /// <summary>Takes the next index out of use for everybody else. The caller stores the key before it signs with the index.</summary>
    /// <exception cref="InvalidOperationException">None is left.</exception>
    internal long Reserve()
    {
        if (Remaining <= 0)
        {
            throw new InvalidOperationException("the key is used up");
        }

        if (Parameters.Levels == 2 && TopLeaf(NextIndex) != TopLeaf(LowerTreeIndex))
        {
            _lower = GrowLower(TopLeaf(NextIndex));
        }

        return NextIndex++;
    }

    /// <summary>Gives up all indices below <paramref name="nextIndex"/>, which lies between the present one and the end.</summary>
    internal void SkipTo(long nextIndex)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nextIndex, NextIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(nextIndex, Parameters.SignatureCount);
        int treeBefore = TopLeaf(LowerTreeIndex);
        NextIndex = nextIndex;
        if (Parameters.Levels == 2 && TopLeaf(LowerTreeIndex) != treeBefore)
        {
            _lower = GrowLower(TopLeaf(LowerTreeIndex));
        }
    }

    /// <summary>HSS signature by an index from <see cref="Reserve"/>, before the next one is reserved.</summary>
    internal byte[] Sign(long index, byte[] message)
    {
        byte[] header = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(header, Parameters.Levels - 1);
        if (_lower is null)
        {
            return [.. header, .. _top.Sign((int)index, message)];
        }

        int lowerLeaf = (int)(index & ((1 << Parameters.Height) - 1));
        return [.. header, .. _top.Sign(TopLeaf(index), _lower.PublicKey), .. _lower.PublicKey, .. _lower.Sign(lowerLeaf, message)];
    }

    // The kept lower tree is the one of the last index handed out: a full one is replaced when the next index is asked for.
    private long LowerTreeIndex => Math.Max(NextIndex - 1, 0);

    private static SigningKey Grow(SigningRole role, SigningParameters parameters, byte[] seed, byte[] keyId, bool isDemonstration)
    {
        SigningKey key = new(role, parameters, seed, LmsTree.Grow(parameters, keyId, seed), isDemonstration);
        if (parameters.Levels == 2)
        {
            key._lower = key.GrowLower(0);
        }

        return key;
    }

    private int TopLeaf(long index) => (int)(index >> Parameters.Height);

    private LmsTree GrowLower(int topLeaf)
    {
        (byte[] childSeed, byte[] childKeyId) = _top.DeriveChild(topLeaf);
        return LmsTree.Grow(Parameters, childKeyId, childSeed);
    }
}
