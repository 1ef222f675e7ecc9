// SHA-256 in managed code, on the interpreter that it is for: examples of FIPS 180-4 (as NIST publishes them) and messages
// that come in pieces.
using nanoFramework.TestFramework;

namespace EsyncAgent.DeviceTests;

/// <summary>SHA-256.</summary>
[TestClass]
public class Sha256Tests
{
    [DataRow("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [DataRow("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [DataRow("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    [DataRow(
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
        "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1")]
    public static void Examples_of_FIPS_180_4(string message, string digest)
    {
        byte[] data = new byte[message.Length];
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = (byte)message[i];
        }

        Assert.AreEqual(digest, Hash(data, data.Length == 0 ? 1 : data.Length));
    }

    [DataRow(1)]
    [DataRow(63)]
    [DataRow(64)]
    [DataRow(65)]
    public static void Pieces_of_any_length_give_the_digest_of_the_whole(int pieceLength)
    {
        byte[] data = new byte[1000];
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = (byte)i;
        }

        Assert.AreEqual("a8af099bf2e878609558dbf69d8f88f4a31040a8cf84b549a0cfa912f12ffc3f", Hash(data, pieceLength));
    }

    private static string Hash(byte[] data, int pieceLength)
    {
        Sha256 sha256 = new Sha256(new Sha256Compression());
        for (int position = 0; position < data.Length; position += pieceLength)
        {
            int rest = data.Length - position;
            sha256.Update(data, position, rest < pieceLength ? rest : pieceLength);
        }

        byte[] digest = new byte[Sha256.HashLength];
        sha256.Finish(digest, 0);
        return Hex.Text(digest);
    }
}
