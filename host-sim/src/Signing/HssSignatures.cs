// Verifying HSS signatures on the host. BouncyCastle does the hashing; lengths and types are checked here first, because
// its parser takes short input for zeros and accepts parameter sets that the ECU does not have.
// Clause: RFC 8554 §6.3. The ECU has its own verifier (agent-firmware/src/Csm); the two are checked against one another.
// Tests: tests/host-sim/Signing.
using System.Buffers.Binary;
using Org.BouncyCastle.Pqc.Crypto.Lms;

namespace EsyncSim.Signing;

/// <summary>HSS verification.</summary>
public static class HssSignatures
{
    /// <summary>True when <paramref name="signature"/> is one of <paramref name="message"/> by the key. Never throws for bad input.</summary>
    /// <param name="publicKey">HSS public key, 60 bytes.</param>
    /// <param name="message">What was signed.</param>
    /// <param name="signature">HSS signature.</param>
    public static bool Verify(byte[] publicKey, byte[] message, byte[] signature)
    {
        if (!TrustAnchor.IsPublicKey(publicKey) || !IsShaped(publicKey, signature))
        {
            return false;
        }

        int levels = BinaryPrimitives.ReadInt32BigEndian(publicKey);
        HssPublicKeyParameters key = HssPublicKeyParameters.GetInstance(publicKey);
        return Hss.VerifySignature(key, HssSignature.GetInstance(signature, levels), message);
    }

    /// <summary>The index that a signature was made with, over both levels; the signature is one that verifies.</summary>
    /// <param name="publicKey">HSS public key, 60 bytes.</param>
    /// <param name="signature">HSS signature.</param>
    public static long IndexOf(byte[] publicKey, byte[] signature)
    {
        SigningParameters parameters = SigningParameters.Of(publicKey);
        long top = BinaryPrimitives.ReadUInt32BigEndian(signature.AsSpan(4));
        int lowerOffset = 4 + parameters.LmsSignatureLength + SigningParameters.PublicKeyLength - 4;
        return parameters.Levels == 1 ? top : (top << parameters.Height) + BinaryPrimitives.ReadUInt32BigEndian(signature.AsSpan(lowerOffset));
    }

    // Every type word is the one that the level's public key announces, and the length is the one that follows from them.
    private static bool IsShaped(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> signature)
    {
        uint levels = BinaryPrimitives.ReadUInt32BigEndian(publicKey);
        ReadOnlySpan<byte> key = publicKey[4..];
        if (signature.Length < 4 || BinaryPrimitives.ReadUInt32BigEndian(signature) != levels - 1)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = signature[4..];
        for (uint level = 1; level <= levels; level++)
        {
            uint lmsType = BinaryPrimitives.ReadUInt32BigEndian(key);
            uint lmotsType = BinaryPrimitives.ReadUInt32BigEndian(key[4..]);
            if (!SigningParameters.AreTypesKnown(lmsType, lmotsType))
            {
                return false;
            }

            int length = SigningParameters.LmsSignatureLengthOf((int)lmsType, (int)lmotsType);
            int pathLength = (int)(lmsType - 4) * 5 * SigningParameters.HashLength;
            int embeddedLength = level < levels ? key.Length : 0;
            if (rest.Length < length + embeddedLength
                || BinaryPrimitives.ReadUInt32BigEndian(rest) >> (int)((lmsType - 4) * 5) != 0
                || BinaryPrimitives.ReadUInt32BigEndian(rest[4..]) != lmotsType
                || BinaryPrimitives.ReadUInt32BigEndian(rest[(length - pathLength - 4)..]) != lmsType)
            {
                return false;
            }

            key = rest.Slice(length, embeddedLength);
            rest = rest[(length + embeddedLength)..];
        }

        return rest.IsEmpty;
    }
}
