// SHA-256 (FIPS 180-4) over byte ranges of any length and alignment: collects blocks and pads. Managed code, because
// boards compute HMAC natively but not the plain hash.
// Invariants: no allocation after construction; no branch depends on the bytes; at most 512 MiB per message.
// Must not know what is hashed, nor whether it is secret.
// Tests: tests/agent-firmware/Csm/Sha256Tests (FIPS 180-4 examples, the platform's own SHA-256).
namespace EsyncAgent;

/// <summary>An incremental SHA-256, to be reused for one message after the other.</summary>
public sealed class Sha256
{
    /// <summary>Length of a hash in bytes.</summary>
    public const int HashLength = 32;

    private const int BlockLength = 64;

    private readonly Sha256Compression _compression;
    private readonly uint[] _state = new uint[8];
    private readonly uint[] _words = new uint[16];
    private readonly byte[] _block = new byte[BlockLength];
    private int _used;
    private uint _length;

    /// <summary>A hash with nothing in it yet, on the compression function that counts for its owner.</summary>
    public Sha256(Sha256Compression compression)
    {
        _compression = compression;
        Reset();
    }

    /// <summary>Blocks compressed since start by all users of the same compression function; wraps.</summary>
    public uint CompressionCount
    {
        get { return _compression.Count; }
    }

    /// <summary>Forgets what was hashed and starts a new message.</summary>
    public void Reset()
    {
        Sha256Compression.Initialize(_state);
        _used = 0;
        _length = 0;
    }

    /// <summary>Appends bytes to the message.</summary>
    public void Update(byte[] data, int offset, int count)
    {
        _length += (uint)count;
        while (count > 0)
        {
            int room = BlockLength - _used;
            int taken = count < room ? count : room;
            System.Array.Copy(data, offset, _block, _used, taken);
            _used += taken;
            offset += taken;
            count -= taken;
            if (_used == BlockLength)
            {
                CompressBlock();
            }
        }
    }

    /// <summary>Pads the message (§5.1.1) and writes its 32-byte hash. <see cref="Reset"/> comes before the next message.</summary>
    public void Finish(byte[] into, int offset)
    {
        _block[_used++] = 0x80;
        if (_used > BlockLength - 8)
        {
            System.Array.Clear(_block, _used, BlockLength - _used);
            CompressBlock();
        }

        System.Array.Clear(_block, _used, BlockLength - _used);
        BigEndian.WriteU32(_block, BlockLength - 8, _length >> 29);
        BigEndian.WriteU32(_block, BlockLength - 4, _length << 3);
        CompressBlock();
        WriteState(_state, into, offset);
    }

    /// <summary>Writes the 8 words of a state as 32 bytes.</summary>
    public static void WriteState(uint[] state, byte[] into, int offset)
    {
        for (int i = 0; i < 8; i++)
        {
            BigEndian.WriteU32(into, offset + 4 * i, state[i]);
        }
    }

    // Constant indices, one statement per word: this runs once per block, and a loop would cost half as much again.
    private void CompressBlock()
    {
        byte[] b = _block;
        uint[] w = _words;
        w[0] = (uint)((b[0] << 24) | (b[1] << 16) | (b[2] << 8) | b[3]);
        w[1] = (uint)((b[4] << 24) | (b[5] << 16) | (b[6] << 8) | b[7]);
        w[2] = (uint)((b[8] << 24) | (b[9] << 16) | (b[10] << 8) | b[11]);
        w[3] = (uint)((b[12] << 24) | (b[13] << 16) | (b[14] << 8) | b[15]);
        w[4] = (uint)((b[16] << 24) | (b[17] << 16) | (b[18] << 8) | b[19]);
        w[5] = (uint)((b[20] << 24) | (b[21] << 16) | (b[22] << 8) | b[23]);
        w[6] = (uint)((b[24] << 24) | (b[25] << 16) | (b[26] << 8) | b[27]);
        w[7] = (uint)((b[28] << 24) | (b[29] << 16) | (b[30] << 8) | b[31]);
        w[8] = (uint)((b[32] << 24) | (b[33] << 16) | (b[34] << 8) | b[35]);
        w[9] = (uint)((b[36] << 24) | (b[37] << 16) | (b[38] << 8) | b[39]);
        w[10] = (uint)((b[40] << 24) | (b[41] << 16) | (b[42] << 8) | b[43]);
        w[11] = (uint)((b[44] << 24) | (b[45] << 16) | (b[46] << 8) | b[47]);
        w[12] = (uint)((b[48] << 24) | (b[49] << 16) | (b[50] << 8) | b[51]);
        w[13] = (uint)((b[52] << 24) | (b[53] << 16) | (b[54] << 8) | b[55]);
        w[14] = (uint)((b[56] << 24) | (b[57] << 16) | (b[58] << 8) | b[59]);
        w[15] = (uint)((b[60] << 24) | (b[61] << 16) | (b[62] << 8) | b[63]);
        _compression.Compress(_state, w);
        _used = 0;
    }
}
