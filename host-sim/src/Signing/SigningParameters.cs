// The parameter sets that the ECU verifies: RFC 8554 with SHA-256 and 32-byte hashes, trees of height 5, 10 or 15,
// Winternitz 1 to 8, one or two levels. Both levels have the same set. All lengths follow from these three numbers.
// Clause: RFC 8554 §4.1 (table 1), §5.1 (table 2), §6; RFC 8778.
// Tests: tests/host-sim/Signing.
using System.Buffers.Binary;
using System.Globalization;
using Org.BouncyCastle.Pqc.Crypto.Lms;

namespace EsyncSim.Signing;

/// <summary>One HSS parameter set.</summary>
/// <param name="Levels">Trees above one another, 1 or 2.</param>
/// <param name="Height">Height of each tree, 5, 10 or 15: 2^height signatures.</param>
/// <param name="Winternitz">Bits signed by one hash chain, 1, 2, 4 or 8: longer chains make shorter signatures.</param>
public sealed record SigningParameters(int Levels, int Height, int Winternitz)
{
    /// <summary>Bytes of a hash.</summary>
    public const int HashLength = 32;

    /// <summary>Bytes of an HSS public key: levels, LMS type, LM-OTS type, I, root.</summary>
    public const int PublicKeyLength = 60;

    /// <summary>Bytes of I, the identifier of a tree; ours is also the COSE kid.</summary>
    public const int KeyIdLength = 16;

    /// <summary>For benches: 1,024 signatures of 2,512 bytes.</summary>
    public static SigningParameters Default { get; } = new(1, 10, 4);

    /// <summary>LMS type of RFC 8554 table 2: 5, 6, 7 for H5, H10, H15.</summary>
    public int LmsType => 4 + (Height / 5);

    /// <summary>LM-OTS type of RFC 8554 table 1: 1 to 4 for W1, W2, W4, W8.</summary>
    public int LmotsType => 1 + int.Log2(Winternitz);

    /// <summary>Hash chains of one one-time signature: p of RFC 8554 table 1.</summary>
    public int ChainCount => ChainCountOf(LmotsType);

    /// <summary>Bytes of one LMS signature.</summary>
    public int LmsSignatureLength => LmsSignatureLengthOf(LmsType, LmotsType);

    /// <summary>Bytes of one HSS signature.</summary>
    public int SignatureLength => 4 + (Levels * LmsSignatureLength) + ((Levels - 1) * (PublicKeyLength - 4));

    /// <summary>Signatures that a key can make in its life.</summary>
    public long SignatureCount => 1L << (Levels * Height);

    /// <summary>Typed name: "H10/W4", with "2x" before it for two levels.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{(Levels == 2 ? "2x" : string.Empty)}H{Height}/W{Winternitz}");

    internal LMSigParameters Lms => LMSigParameters.GetParametersByID(LmsType);

    internal LMOtsParameters Lmots => LMOtsParameters.GetParametersByID(LmotsType);

    /// <summary>The set of an HSS public key whose levels and types are known to be good.</summary>
    public static SigningParameters Of(ReadOnlySpan<byte> publicKey) => new(
        BinaryPrimitives.ReadInt32BigEndian(publicKey),
        (BinaryPrimitives.ReadInt32BigEndian(publicKey[4..]) - 4) * 5,
        1 << (BinaryPrimitives.ReadInt32BigEndian(publicKey[8..]) - 1));

    /// <summary>The set of this name, as <see cref="Name"/> writes it.</summary>
    /// <returns>False when there is none, or the ECU does not verify it.</returns>
    public static bool TryParse(string name, out SigningParameters parameters)
    {
        IEnumerable<SigningParameters> all = from levels in new[] { 1, 2 }
                                             from height in new[] { 5, 10, 15 }
                                             from winternitz in new[] { 1, 2, 4, 8 }
                                             select new SigningParameters(levels, height, winternitz);
        SigningParameters? found = all.FirstOrDefault(candidate => string.Equals(candidate.Name, name, StringComparison.OrdinalIgnoreCase));
        parameters = found ?? Default;
        return found is not null;
    }

    /// <summary>True when the three numbers are among those that the ECU verifies.</summary>
    public static bool AreValid(int levels, int height, int winternitz) =>
        levels is 1 or 2 && height is 5 or 10 or 15 && winternitz is 1 or 2 or 4 or 8;

    /// <summary>True for types that the ECU verifies.</summary>
    public static bool AreTypesKnown(uint lmsType, uint lmotsType) => lmsType is >= 5 and <= 7 && lmotsType is >= 1 and <= 4;

    /// <summary>Bytes of one LMS signature of these types: q, type, C, p chain values, type, path (RFC 8554 §5.4).</summary>
    public static int LmsSignatureLengthOf(int lmsType, int lmotsType) =>
        4 + 4 + HashLength + (ChainCountOf(lmotsType) * HashLength) + 4 + ((lmsType - 4) * 5 * HashLength);

    private static int ChainCountOf(int lmotsType) => lmotsType switch { 1 => 265, 2 => 133, 3 => 67, _ => 34 };
}
