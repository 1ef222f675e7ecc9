// The provisioning block: device identifier and device secret, as routine 0220 wrote them once, and the trust anchors,
// which a trust manifest replaces as a whole (PROTOCOL.md, "Provisioning", "Trust manifest"). Reads the mirror that NvM
// keeps; holds no copy of its own.
// Invariants: nobody is handed the secret, only keys derived from it; identifier and secret never change; anchors and the
// number of the trust manifest that they are from change together, by one write of one block.
// Must not know what signatures are over, nor who asked for a key.
// Tests: tests/agent-firmware/Fota/KeyStoreTests.
namespace EsyncAgent;

/// <summary>Device identity, derived keys and trust anchors.</summary>
public sealed class KeyStore
{
    /// <summary>Most anchors that a record may hold.</summary>
    public const int AnchorCountMax = 8;

    /// <summary>Longest form of the block in bytes.</summary>
    public const int BlockLengthMax = AnchorsOffset + AnchorCountMax * AnchorLength + TrustLength;

    /// <summary>Where the number of anchors stands in the block.</summary>
    internal const int CountOffset = SecretOffset + Csm.KeyLength;

    /// <summary>Where the anchors begin in the block.</summary>
    internal const int AnchorsOffset = CountOffset + 1;

    /// <summary>Length of an anchor: role and public key.</summary>
    internal const int AnchorLength = 1 + LmsParameters.HssPublicKeyLength;

    private const int SecretOffset = Csm.DeviceIdLength;

    // Behind the anchors once a trust manifest brought them: its sequence number and the first bytes of its digest.
    private const int TrustDigestOffset = 4;
    private const int TrustDigestLength = 16;
    private const int TrustLength = TrustDigestOffset + TrustDigestLength;

    // I within an HSS public key: after L and the two type codes.
    private const int IdentifierOffset = 12;

    private readonly Csm _csm;
    private readonly NvM _nvm;
    private readonly byte[] _deviceId = new byte[Csm.DeviceIdLength];
    private readonly byte[] _secret = new byte[Csm.KeyLength];
    private bool _isProvisioning;

    /// <summary>The provisioning block of <paramref name="nvm"/>.</summary>
    public KeyStore(Csm csm, NvM nvm)
    {
        _csm = csm;
        _nvm = nvm;
    }

    /// <summary>True when a record is there; false also as long as NvM is not ready.</summary>
    public bool IsProvisioned
    {
        get
        {
            int length = _nvm.Length(NvMBlock.Provisioning);
            return _nvm.IsReady && (IsWellFormed(AnchorData, 0, length) || IsWellFormed(AnchorData, 0, length - TrustLength));
        }
    }

    /// <summary>Sequence number of the trust manifest that the anchors are from; 0 when they are those of provisioning.</summary>
    public uint TrustSequence
    {
        get
        {
            int trust = TrustOffset;
            return trust < 0 ? 0 : BigEndian.ReadU32(AnchorData, trust);
        }
    }

    /// <summary>Result of the last write of the block: Pending, Ok when it stands in both copies, NotOk when one did not take it.</summary>
    public StdReturn WriteResult
    {
        get { return _nvm.WriteResult(NvMBlock.Provisioning); }
    }

    // Where sequence number and digest of the trust manifest begin; −1 when there was none.
    private int TrustOffset
    {
        get
        {
            int count = AnchorCount;
            int end = AnchorsOffset + count * AnchorLength;
            return count != 0 && _nvm.Length(NvMBlock.Provisioning) == end + TrustLength ? end : -1;
        }
    }

    /// <summary>The 16 bytes of the device identifier; zero when not provisioned. Valid until the next call; read only.</summary>
    public byte[] DeviceId
    {
        get
        {
            System.Array.Copy(AnchorData, 0, _deviceId, 0, Csm.DeviceIdLength);
            return _deviceId;
        }
    }

    /// <summary>Number of trust anchors; 0 when not provisioned.</summary>
    public int AnchorCount
    {
        get { return IsProvisioned ? AnchorData[CountOffset] : 0; }
    }

    /// <summary>The array into which <see cref="AnchorKeyOffset"/> points; only the 60 bytes from there are the caller's business. Read only.</summary>
    public byte[] AnchorData
    {
        get { return _nvm.Data(NvMBlock.Provisioning); }
    }

    /// <summary>Role of an anchor (a value of <see cref="TrustRole"/>), 0 ≤ index &lt; <see cref="AnchorCount"/>.</summary>
    public byte AnchorRole(int index)
    {
        return AnchorData[AnchorsOffset + index * AnchorLength];
    }

    /// <summary>Where the anchor's HSS public key (60 bytes) begins in <see cref="AnchorData"/>.</summary>
    public int AnchorKeyOffset(int index)
    {
        return AnchorsOffset + index * AnchorLength + 1;
    }

    /// <summary>Where the 16 bytes I of the anchor's top tree begin in <see cref="AnchorData"/>.</summary>
    public int AnchorIdentifierOffset(int index)
    {
        return AnchorKeyOffset(index) + IdentifierOffset;
    }

    /// <summary>Index of the anchor whose top tree has the 16-byte identifier I, −1 when there is none.</summary>
    public int FindAnchor(byte[] keyIdentifier, int offset)
    {
        int count = AnchorCount;
        for (int i = 0; i < count; i++)
        {
            if (Bytes.AreEqual(AnchorData, AnchorIdentifierOffset(i), keyIdentifier, offset, LmsParameters.IdentifierLength))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Derives the 32-byte key of one purpose from the device secret; false when not provisioned.</summary>
    public bool DeriveKey(KeyPurpose purpose, byte[] into)
    {
        if (!IsProvisioned)
        {
            return false;
        }

        System.Array.Copy(AnchorData, SecretOffset, _secret, 0, Csm.KeyLength);
        _csm.DeriveKey(_secret, purpose, DeviceId, into);
        System.Array.Clear(_secret, 0, Csm.KeyLength);
        return true;
    }

    /// <summary>
    /// Checks a record and queues its write; the result of the write is NvM's. AlreadyProvisioned when one was written
    /// before, Busy while NvM is not ready, ProvisioningMalformed, NvMFailed.
    /// </summary>
    public FotaError Provision(byte[] record, int offset, int count)
    {
        if (!_nvm.IsReady)
        {
            return FotaError.Busy;
        }

        // Once more only when provisioning itself could not be written: a failed change of anchors opens nothing.
        bool isOpen = _nvm.Length(NvMBlock.Provisioning) == 0 || (_isProvisioning && WriteResult == StdReturn.NotOk);
        if (!isOpen)
        {
            return FotaError.AlreadyProvisioned;
        }

        if (!IsWellFormed(record, offset, count))
        {
            return FotaError.ProvisioningMalformed;
        }

        _isProvisioning = true;
        return _nvm.Write(NvMBlock.Provisioning, record, offset, count) ? FotaError.None : FotaError.NvMFailed;
    }

    /// <summary>True when the anchors are those of the trust manifest with this digest (32 bytes).</summary>
    public bool IsInForce(byte[] digest)
    {
        int trust = TrustOffset;
        return trust >= 0 && Bytes.AreEqual(AnchorData, trust + TrustDigestOffset, digest, 0, TrustDigestLength);
    }

    /// <summary>
    /// Replaces all anchors and queues the write; <see cref="WriteResult"/> is its result. <paramref name="block"/> holds
    /// their number and themselves where the block has them (<see cref="BlockLengthMax"/> bytes); what stands before and
    /// behind is filled in, and nothing of the secret is left in it. AnchorsInvalid for a list that cannot be, NvMFailed.
    /// </summary>
    public FotaError ReplaceAnchors(byte[] block, uint sequence, byte[] digest)
    {
        int end = AnchorsOffset + block[CountOffset] * AnchorLength;
        if (block[CountOffset] > AnchorCountMax || !IsWellFormed(block, 0, end))
        {
            return FotaError.AnchorsInvalid;
        }

        _isProvisioning = false;
        System.Array.Copy(AnchorData, 0, block, 0, CountOffset);
        BigEndian.WriteU32(block, end, sequence);
        System.Array.Copy(digest, 0, block, end + TrustDigestOffset, TrustDigestLength);
        bool isQueued = _nvm.Write(NvMBlock.Provisioning, block, 0, end + TrustLength);
        System.Array.Clear(block, 0, CountOffset);
        return isQueued ? FotaError.None : FotaError.NvMFailed;
    }

    /// <summary>Writes the anchors in force once more, after their write has failed. NvMFailed, or None.</summary>
    public FotaError StoreAgain()
    {
        bool isQueued = _nvm.Write(NvMBlock.Provisioning, AnchorData, 0, _nvm.Length(NvMBlock.Provisioning));
        return isQueued ? FotaError.None : FotaError.NvMFailed;
    }

    private static bool IsWellFormed(byte[] record, int offset, int length)
    {
        if (length < AnchorsOffset + AnchorLength)
        {
            return false;
        }

        int count = record[offset + CountOffset];
        if (count > AnchorCountMax || length != AnchorsOffset + count * AnchorLength)
        {
            return false;
        }

        int anchors = offset + AnchorsOffset;
        for (int i = 0; i < count; i++)
        {
            int anchor = anchors + i * AnchorLength;
            byte role = record[anchor];
            if (role < TrustRole.Author || role > TrustRole.Fleet || !LmsParameters.IsHssPublicKey(record, anchor + 1))
            {
                return false;
            }

            // I names a key in a signature, so it is I that may not stand twice.
            for (int j = 0; j < i; j++)
            {
                int other = anchors + j * AnchorLength;
                if (Bytes.AreEqual(record, anchor + 1 + IdentifierOffset, record, other + 1 + IdentifierOffset, LmsParameters.IdentifierLength))
                {
                    return false;
                }
            }
        }

        return true;
    }
}
