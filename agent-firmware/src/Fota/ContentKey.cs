// Gets the content key of an encrypted transfer: read from the manifest slot, unwrapped with the device's own key
// (RFC 3394), and given to the cipher.
// Invariants: the keys are nowhere in memory once the cipher has its own; a wrapped key that was made for another device
// does not unwrap.
// PROTOCOL.md "Content encryption". Tests: tests/agent-firmware/Fota/DecoderRefusalTests.
namespace EsyncAgent;

/// <summary>Unwraps content keys step by step; nothing blocks.</summary>
public sealed class ContentKey
{
    private const int WrappedLength = 40;

    private readonly Fls _fls;
    private readonly KeyStore _keys;
    private readonly AesCtr _cipher;
    private readonly AesKeyUnwrap _unwrap;
    private readonly FlsJob _job = new FlsJob(FlsPriority.Fota);
    private readonly byte[] _wrapped = new byte[WrappedLength];
    private readonly byte[] _wrapKey = new byte[Csm.KeyLength];
    private readonly byte[] _key = new byte[Csm.KeyLength];
    private ManifestSlot _slot;

    /// <summary>Makes it for one cipher.</summary>
    public ContentKey(Fls fls, Csm csm, KeyStore keys, AesCtr cipher)
    {
        _fls = fls;
        _keys = keys;
        _cipher = cipher;
        _unwrap = new AesKeyUnwrap(csm.Crypto);
    }

    /// <summary>Why <see cref="Step"/> said NotOk.</summary>
    public FotaError Error { get; private set; }

    /// <summary>False while a read of an ended transfer is under way.</summary>
    public bool IsIdle
    {
        get { return _job.IsIdle; }
    }

    /// <summary>Starts for a slot whose transfer is encrypted.</summary>
    public void Begin(FlsArea slotArea, ManifestSlot slot)
    {
        _slot = slot;
        Error = FotaError.FlashFailed;
        _fls.Read(_job, slotArea.Start + slot.WrappedKeyOffset, _wrapped, 0, WrappedLength);
    }

    /// <summary>Goes on. Ok: the cipher is ready.</summary>
    public StdReturn Step()
    {
        if (_job.Result != StdReturn.Ok)
        {
            return _job.Result;
        }

        _keys.DeriveKey(KeyPurpose.KeyWrap, _wrapKey);
        bool isUnwrapped = _unwrap.Unwrap(_wrapKey, _wrapped, 0, _key);
        if (isUnwrapped)
        {
            _cipher.Begin(_key, _slot.Header, ManifestSlot.IvOffset);
        }

        System.Array.Clear(_wrapKey, 0, _wrapKey.Length);
        System.Array.Clear(_key, 0, _key.Length);
        Error = isUnwrapped ? FotaError.None : FotaError.NoContentKey;
        return isUnwrapped ? StdReturn.Ok : StdReturn.NotOk;
    }
}
