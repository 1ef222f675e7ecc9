// HSS public keys and signatures: 60 bytes of key, then a signature over a fixed message. Whatever the agent takes the host takes
// too, and the other way round.
// Tests: tests/Fuzz/Checks.
using EsyncAgent;
using EsyncSim.Signing;

namespace EsyncTests.Fuzzing.Targets;

/// <summary>HssVerifier, LmsVerifier, LmsParameters; HssSignatures, TrustAnchor.</summary>
internal sealed class SignatureTarget : FuzzTarget
{
    private const int KeyLength = LmsParameters.HssPublicKeyLength;

    private static readonly byte[] Message = [.. Enumerable.Range(0, 56).Select(i => (byte)(3 * i))];

    private readonly Shelf _shelf = new();
    private readonly FlsWindow _window;
    private readonly HssVerifier _verifier;

    public SignatureTarget()
    {
        _window = new FlsWindow(_shelf.Fls, FlsPriority.Fota, HssVerifier.WindowLengthMin);
        _verifier = new HssVerifier(_shelf.Csm);
    }

    public override string What => "HSS public key and signature at the agent's verifier and the host's, which must agree";

    public override IReadOnlyList<string> Parsers => ["EsyncAgent.HssVerifier", "EsyncAgent.LmsVerifier", "EsyncAgent.LmsParameters", "EsyncSim.Signing.HssSignatures"];

    public override int LengthMax => 20_000;

    public override int SmokeInputs => 500;

    public override IReadOnlyList<byte[]> Words => [[0, 0, 0, 1], [0, 0, 0, 2], [0, 0, 0, 3], [0, 0, 0, 4], [0, 0, 0, 5], [0, 0, 0, 6], [0, 0, 0, 7], [0, 0, 0, 0]];

    public override long StepsMax(int length) => 1_500_000;

    // The host's verifier is a library that copies what it reads.
    public override long AllocationMax(int length) => 4_000_000 + (20 * length);

    public override IReadOnlyList<byte[]> Seeds() =>
    [
        Sign(new SigningParameters(1, 5, 4)),
        Sign(new SigningParameters(1, 5, 1)),
        Sign(new SigningParameters(1, 5, 2)),
        Sign(new SigningParameters(2, 5, 4)),
    ];

    public override void Run(byte[] input)
    {
        if (input.Length < KeyLength)
        {
            return;
        }

        byte[] signature = input[KeyLength..];
        _shelf.Put(signature);
        _window.Open(Shelf.Address, (uint)signature.Length);
        uint compressions = _shelf.Csm.CompressionCount;
        long before = GC.GetAllocatedBytesForCurrentThread();
        _verifier.Begin(input, 0, _window, 0, (uint)signature.Length, Message, Message.Length);
        StdReturn result = StdReturn.Pending;
        for (int i = 0; result == StdReturn.Pending; i++)
        {
            Require(i < 20_000, "no verdict");
            uint former = _shelf.Csm.CompressionCount;
            result = _verifier.Step(8);
            Require(_shelf.Csm.CompressionCount - former <= 11, "a step does too many compressions");
            _shelf.Turn();
        }

        RequireNoAllocation(before, "the verifier");
        Require(_shelf.Csm.CompressionCount - compressions < 20_000, "compressions without end");
        Require(!_verifier.IsReadFailed, "the signature was read beyond its end");
        bool isTaken = HssSignatures.Verify(input[..KeyLength], Message, signature);
        Require(isTaken == (result == StdReturn.Ok), isTaken ? "the host takes a signature that the agent refuses" : "the agent takes a signature that the host refuses");
    }

    private static byte[] Sign(SigningParameters parameters)
    {
        SigningKey key = SigningKey.FromSeedText(SigningRole.Author, parameters, "fuzz signature");
        return [.. key.PublicKey, .. new MemorySigner(key).Sign(Message)];
    }
}
