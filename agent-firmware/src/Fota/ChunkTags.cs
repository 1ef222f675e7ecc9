// The signed tags of an image's chunks, or of a transfer's pieces, read from a manifest slot as they are needed.
// The tag is HMAC-SHA256 under the manifest's public salt, over a whole chunk: native on the boards, one call.
// Invariant: says Ok only for a chunk whose tag stands in the table; the slot was checked by its seal before. All 32 bytes are compared, whatever they are.
// PROTOCOL.md "Chunk tables". Tests: tests/agent-firmware/EcuM (through installs and boots).
namespace EsyncAgent;

/// <summary>Checks chunks against a table in a manifest slot.</summary>
public sealed class ChunkTags
{
    /// <summary>Length of a tag in bytes.</summary>
    public const int TagLength = 32;

    /// <summary>Length of the window with which chunks that come one after the other are checked: 4 tags. Each takes 32 bytes for good; a read costs some 250 IL.</summary>
    public const int WindowInOrder = 4 * TagLength;

    /// <summary>Length of the window with which chunks are checked in any order: one tag.</summary>
    public const int WindowAnyOrder = TagLength;

    private readonly ICrypto _crypto;
    private readonly FlsWindow _window;
    private readonly byte[] _mac = new byte[TagLength];
    private byte[] _salt;
    private uint _tableOffset;

    /// <summary>Makes it with a window of its own, of <paramref name="windowLength"/> bytes.</summary>
    public ChunkTags(Fls fls, Csm csm, int windowLength)
    {
        _crypto = csm.Crypto;
        _window = new FlsWindow(fls, FlsPriority.Fota, windowLength);
    }

    /// <summary>True when the last NotOk was a wrong tag; false when the flash could not be read.</summary>
    public bool IsMismatch { get; private set; }

    /// <summary>Takes the table at an offset of the slot in <paramref name="area"/>; the 32 bytes of the salt are read at each check.</summary>
    public void Open(FlsArea area, byte[] salt, uint tableOffset)
    {
        _salt = salt;
        _tableOffset = tableOffset;
        _window.Open(area.Start, area.Length);
    }

    /// <summary>Reads the tag of a chunk, so that <see cref="Check"/> need not wait for the flash. Pending while it is being read: call again.</summary>
    public StdReturn Fetch(uint index)
    {
        IsMismatch = false;
        return _window.Ensure(_tableOffset + (index * TagLength), TagLength);
    }

    /// <summary>Checks the 4,096 bytes of <paramref name="chunk"/>. Pending while the tag is being read: call again.</summary>
    public StdReturn Check(uint index, byte[] chunk)
    {
        uint position = _tableOffset + (index * TagLength);
        StdReturn ready = _window.Ensure(position, TagLength);
        if (ready != StdReturn.Ok)
        {
            IsMismatch = false;
            return ready;
        }

        bool isRight = IsRight(chunk, _window.Buffer, _window.IndexOf(position));
        IsMismatch = !isRight;
        return isRight ? StdReturn.Ok : StdReturn.NotOk;
    }

    /// <summary>Checks the 4,096 bytes of <paramref name="chunk"/> against a tag that was read elsewhere: 32 bytes of <paramref name="table"/> at <paramref name="offset"/>.</summary>
    public bool IsRight(byte[] chunk, byte[] table, int offset)
    {
        _crypto.HmacSha256(_salt, chunk, _mac);
        return Csm.IsMacAt(_mac, table, offset);
    }
}
