// One LMS tree: the secret it grows from, the hashes near its root, and the signature of its q-th leaf.
// BouncyCastle makes the leaves and the one-time signatures; the tree stands here because BouncyCastle cannot keep one: it
// computes all leaves anew in each process, half a million hashes and more for H10. The nodes down to depth 10 are kept
// (64 KiB at most); a higher tree computes the 32 leaves below the depth-10 node that it needs.
// Invariant: q is used as told. Whoever calls Sign has already made sure that q was never used and never will be again.
// Clause: RFC 8554 §5.3 (tree), §5.4.1 (signature), Appendix A (leaves from one seed).
// Tests: tests/host-sim/Signing.
using System.Buffers.Binary;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Pqc.Crypto.Lms;
using Cryptography = System.Security.Cryptography;

namespace EsyncSim.Signing;

/// <summary>Private key of one LMS tree with its cached nodes.</summary>
internal sealed class LmsTree
{
    private const int CachedDepthMax = 10;
    private const int N = SigningParameters.HashLength;
    private const ushort DLeaf = 0x8282;
    private const ushort DInterior = 0x8383;

    private readonly SigningParameters _parameters;
    private readonly byte[] _keyId;
    private readonly byte[] _seed;
    private readonly byte[] _nodes;
    private readonly int _cachedDepth;

    private LmsTree(SigningParameters parameters, byte[] keyId, byte[] seed, byte[] nodes)
    {
        _parameters = parameters;
        _keyId = keyId;
        _seed = seed;
        _nodes = nodes;
        _cachedDepth = int.Log2((nodes.Length / N) + 1) - 1;
    }

    /// <summary>I of RFC 8554 §5.3.</summary>
    public byte[] KeyId => _keyId;

    /// <summary>Nodes 1 to 2^(depth+1) − 1 in the numbering of RFC 8554 §5.3, 32 bytes each, without node 0.</summary>
    public byte[] Nodes => _nodes;

    /// <summary>LMS public key: type, LM-OTS type, I, root (56 bytes).</summary>
    public byte[] PublicKey
    {
        get
        {
            byte[] key = new byte[SigningParameters.PublicKeyLength - 4];
            BinaryPrimitives.WriteInt32BigEndian(key, _parameters.LmsType);
            BinaryPrimitives.WriteInt32BigEndian(key.AsSpan(4), _parameters.LmotsType);
            _keyId.CopyTo(key, 8);
            Node(1).CopyTo(key.AsSpan(24));
            return key;
        }
    }

    /// <summary>Bytes of <see cref="Nodes"/> for a parameter set.</summary>
    public static int NodesLength(SigningParameters parameters, int cachedDepthMax = CachedDepthMax) =>
        ((2 << Math.Min(parameters.Height, cachedDepthMax)) - 1) * N;

    /// <summary>The tree of a secret, computed: 2^height one-time keys, on all processors.</summary>
    public static LmsTree Grow(SigningParameters parameters, byte[] keyId, byte[] seed, int cachedDepthMax = CachedDepthMax)
    {
        LmsTree tree = new(parameters, keyId, seed, new byte[NodesLength(parameters, cachedDepthMax)]);
        int first = 1 << tree._cachedDepth;
        Parallel.For(first, 2 * first, r => tree.Subtree(r)[1].CopyTo(tree.Node(r)));
        for (int r = first - 1; r >= 1; r--)
        {
            tree.Join(r, tree.Node(2 * r), tree.Node((2 * r) + 1)).CopyTo(tree.Node(r));
        }

        return tree;
    }

    /// <summary>The tree of a secret with the nodes that were kept. What is signed with damaged ones does not verify.</summary>
    public static LmsTree Restore(SigningParameters parameters, byte[] keyId, byte[] seed, byte[] nodes) => new(parameters, keyId, seed, nodes);

    /// <summary>LMS signature by leaf <paramref name="q"/> (RFC 8554 §5.4.1). The randomizer follows from the seed and q.</summary>
    public byte[] Sign(int q, byte[] message)
    {
        LmsContext context = new LMOtsPrivateKey(_parameters.Lmots, _keyId, q, _seed).GetSignatureContext(_parameters.Lms, Path(q));
        context.BlockUpdate(message, 0, message.Length);
        return Lms.GenerateSign(context).GetEncoded();
    }

    /// <summary>Secret and identifier of the tree that leaf <paramref name="q"/> of this one signs, as BouncyCastle derives them.</summary>
    public (byte[] Seed, byte[] KeyId) DeriveChild(int q)
    {
        SeedDerive derive = new(_keyId, _seed, new Sha256Digest()) { Q = q, J = ~1 };
        byte[] childSeed = derive.DeriveSeed(true, new byte[N], 0);
        byte[] childKeyId = derive.DeriveSeed(false, new byte[N], 0)[..SigningParameters.KeyIdLength];
        return (childSeed, childKeyId);
    }

    private Span<byte> Node(int r) => _nodes.AsSpan((r - 1) * N, N);

    // The siblings from leaf q to the root.
    private byte[][] Path(int q)
    {
        byte[][] path = new byte[_parameters.Height][];
        int below = _parameters.Height - _cachedDepth;
        if (below > 0)
        {
            byte[][] subtree = Subtree(((1 << _parameters.Height) + q) >> below);
            int leaf = (1 << below) + (q & ((1 << below) - 1));
            for (int i = 0; i < below; i++)
            {
                path[i] = subtree[(leaf >> i) ^ 1];
            }
        }

        for (int i = below; i < path.Length; i++)
        {
            path[i] = Node((((1 << _parameters.Height) + q) >> i) ^ 1).ToArray();
        }

        return path;
    }

    // The nodes below node r, numbered from 1 as if r were a root; with a low tree that is a leaf alone.
    private byte[][] Subtree(int r)
    {
        int below = _parameters.Height - _cachedDepth;
        byte[][] subtree = new byte[2 << below][];
        for (int i = (2 << below) - 1; i >= 1; i--)
        {
            int depth = int.Log2(i);
            int node = (r << depth) + i - (1 << depth);
            subtree[i] = depth == below ? Leaf(node) : Join(node, subtree[2 * i], subtree[(2 * i) + 1]);
        }

        return subtree;
    }

    private byte[] Leaf(int r)
    {
        LMOtsPrivateKey oneTimeKey = new(_parameters.Lmots, _keyId, r - (1 << _parameters.Height), _seed);
        return Hash(r, DLeaf, LMOts.LmsOtsGeneratePublicKey(oneTimeKey).GetK(), []);
    }

    private byte[] Join(int r, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => Hash(r, DInterior, left, right);

    private byte[] Hash(int r, ushort kind, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> input = stackalloc byte[SigningParameters.KeyIdLength + 4 + 2 + N + N];
        _keyId.CopyTo(input);
        BinaryPrimitives.WriteInt32BigEndian(input[16..], r);
        BinaryPrimitives.WriteUInt16BigEndian(input[20..], kind);
        left.CopyTo(input[22..]);
        right.CopyTo(input[(22 + left.Length)..]);
        return Cryptography.SHA256.HashData(input[..(22 + left.Length + right.Length)]);
    }
}
