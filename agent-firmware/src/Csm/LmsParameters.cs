// The parameter sets of RFC 8554 that the agent verifies: LMS_SHA256_M32_H5, H10 and H15 (§5.1, types 5 to 7) with
// LMOTS_SHA256_N32_W1, W2, W4 and W8 (§4.1, types 1 to 4). Everything follows from the two type codes.
// Invariant: an unknown type code has height or width 0, and nothing else is asked of it.
// Tests: tests/agent-firmware/Csm/HssVerifierTests.
namespace EsyncAgent;

/// <summary>Sizes that belong to LMS and LM-OTS type codes.</summary>
public static class LmsParameters
{
    /// <summary>n and m: length of a hash, in bytes.</summary>
    public const int HashLength = 32;

    /// <summary>Length of a tree's identifier I, in bytes.</summary>
    public const int IdentifierLength = 16;

    /// <summary>Length of an LMS public key: both types, I and T[1] (§5.3).</summary>
    public const int LmsPublicKeyLength = 56;

    /// <summary>Length of an HSS public key: L before the LMS public key (§6.1).</summary>
    public const int HssPublicKeyLength = 60;

    /// <summary>Height h of a tree; 0 for a type that is not supported.</summary>
    public static int Height(uint lmsType)
    {
        return lmsType >= 5 && lmsType <= 7 ? 5 * ((int)lmsType - 4) : 0;
    }

    /// <summary>Width w of a Winternitz coefficient in bits; 0 for a type that is not supported.</summary>
    public static int Width(uint otsType)
    {
        return otsType >= 1 && otsType <= 4 ? 1 << ((int)otsType - 1) : 0;
    }

    /// <summary>Number p of hash chains for a width of 1, 2, 4 or 8 (§4.1, table 1).</summary>
    public static int ChainCount(int width)
    {
        switch (width)
        {
            case 1:
                return 265;
            case 2:
                return 133;
            case 4:
                return 67;
            default:
                return 34;
        }
    }

    /// <summary>Left shift ls of the checksum for a width of 1, 2, 4 or 8 (§4.1, table 1).</summary>
    public static int ChecksumShift(int width)
    {
        switch (width)
        {
            case 1:
                return 7;
            case 2:
                return 6;
            case 4:
                return 4;
            default:
                return 0;
        }
    }

    /// <summary>Length of an LMS signature: q, LM-OTS signature, LMS type, path (§5.4); 0 when a type is not supported.</summary>
    public static uint SignatureLength(uint lmsType, uint otsType)
    {
        int height = Height(lmsType);
        int width = Width(otsType);
        return height == 0 || width == 0 ? 0 : (uint)(12 + HashLength * (1 + ChainCount(width) + height));
    }

    /// <summary>True when the 60 bytes are an HSS public key of one or two levels with supported types.</summary>
    public static bool IsHssPublicKey(byte[] key, int offset)
    {
        uint levels = BigEndian.ReadU32(key, offset);
        return levels >= 1 && levels <= 2
            && SignatureLength(BigEndian.ReadU32(key, offset + 4), BigEndian.ReadU32(key, offset + 8)) != 0;
    }
}
