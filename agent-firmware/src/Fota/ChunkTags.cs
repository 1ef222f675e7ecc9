// The signed tags of an image's chunks, read from the bank's manifest slot as they are needed.
// The tag is HMAC-SHA256 under the manifest's public salt, over a whole chunk: native on the boards, one call.
// Invariant: says Ok only for a chunk whose tag stands in the table; the slot was checked by its seal before.
// PROTOCOL.md "Chunk tables". Tests: tests/agent-firmware/EcuM (through installs and boots).
namespace EsyncAgent;

/// <summary>Checks chunks against the table in a manifest slot.</summary>
public sealed class ChunkTags
{
    private const int TagLength = 32;

    private readonly Csm _csm;
    private readonly FlsWindow _window;
    private readonly byte[] _mac = new byte[TagLength];
    private ManifestSlot _slot;

    /// <summary>Makes it with a window of its own.</summary>
    public ChunkTags(Fls fls, Csm csm)
    {
        _csm = csm;
        _window = new FlsWindow(fls, FlsPriority.Fota, 512);
    }

    /// <summary>True when the last NotOk was a wrong tag; false when the flash could not be read.</summary>
    public bool IsMismatch { get; private set; }

    /// <summary>Takes the table of a slot.</summary>
    public void Open(FlsArea area, ManifestSlot slot)
    {
        _slot = slot;
        _window.Open(area.Start, area.Length);
    }

    /// <summary>Checks the 4,096 bytes of <paramref name="chunk"/>. Pending while the tag is being read: call again.</summary>
    public StdReturn Check(uint index, byte[] chunk)
    {
        uint position = _slot.ChunkTableOffset + (index * TagLength);
        StdReturn ready = _window.Ensure(position, TagLength);
        if (ready != StdReturn.Ok)
        {
            IsMismatch = false;
            return ready;
        }

        _csm.Crypto.HmacSha256(_slot.Salt, chunk, _mac);
        IsMismatch = !Bytes.AreEqual(_mac, 0, _window.Buffer, _window.IndexOf(position), TagLength);
        return IsMismatch ? StdReturn.NotOk : StdReturn.Ok;
    }
}
