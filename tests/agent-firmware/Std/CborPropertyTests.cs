// CBOR in general: whatever items the host's encoder writes the agent's reader reads, item by item, and not one byte less.
using System.Formats.Cbor;
using EsyncAgent;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EsyncTests.AgentFirmware.Std;

public sealed class CborPropertyTests
{
    private static readonly Gen<Item> AnyItem = Gen.OneOf(
        Properties.Numbers.Select(value => new Item('u', value, [])),
        Properties.Numbers.Select(value => new Item('k', value, [])),
        Properties.Bytes(300).Select(bytes => new Item('b', 0, bytes)),
        Properties.Printable(200).Select(text => new Item('t', 0, System.Text.Encoding.ASCII.GetBytes(text))),
        Properties.Numbers.Select(value => new Item('g', value % 100_000, [])),
        Gen.Constant(new Item('n', 0, [])));

    [Fact]
    public void What_the_encoder_writes_the_reader_reads_to_the_last_byte()
    {
        Properties.Hold(AnyItem.ListOf(), items =>
        {
            byte[] encoded = Encode(items);
            CanonicalCborReader reader = Attach(encoded);
            items.ForEach(item => Read(reader, item));
            Assert.False(reader.IsFailed);
            Assert.Equal((uint)encoded.Length, reader.Position);
        });
    }

    [Fact]
    public void Items_that_lack_their_last_byte_are_refused_where_the_last_one_begins()
    {
        Properties.Hold(AnyItem.NonEmptyListOf(), items =>
        {
            byte[] encoded = Encode(items);
            int lastStart = items[^1].Kind == 'g' ? encoded.Length - 1 : Encode([.. items.SkipLast(1)]).Length;
            CanonicalCborReader reader = Attach(encoded[..^1]);
            items.ForEach(item => Read(reader, item, isChecked: false));
            Assert.True(reader.IsFailed);
            Assert.Equal((uint)lastStart, reader.FailPosition);
        });
    }

    private static CanonicalCborReader Attach(byte[] encoded)
    {
        CanonicalCborReader reader = new();
        reader.Attach(encoded, 0, encoded.Length, 0);
        return reader;
    }

    private static byte[] Encode(IReadOnlyList<Item> items) => [.. items.SelectMany(Encode)];

    private static byte[] Encode(Item item)
    {
        CborWriter writer = new(CborConformanceMode.Canonical);
        switch (item.Kind)
        {
            case 'u': writer.WriteUInt32(item.Number); break;
            case 'k': writer.WriteInt32((int)item.Number); break;
            case 'b': writer.WriteByteString(item.Bytes); break;
            case 't': writer.WriteTextString(System.Text.Encoding.ASCII.GetString(item.Bytes)); break;
            case 'g': writer.WriteTag((CborTag)item.Number); writer.WriteNull(); break;
            default: writer.WriteNull(); break;
        }

        return writer.Encode();
    }

    private static void Read(CanonicalCborReader reader, Item item, bool isChecked = true)
    {
        byte[] into = new byte[300];
        bool isSame = true;
        switch (item.Kind)
        {
            case 'u': isSame = reader.ReadUnsigned(uint.MaxValue) == item.Number; break;
            case 'k': isSame = reader.ReadKey() == (int)item.Number; break;
            case 'b': reader.ReadBytes(into, item.Bytes.Length); isSame = into.AsSpan().StartsWith(item.Bytes); break;
            case 't': reader.ReadPrintable(into, 200); isSame = into.AsSpan().StartsWith(item.Bytes); break;
            case 'g': reader.ExpectTag(item.Number); reader.ReadNull(); break;
            default: reader.ReadNull(); break;
        }

        Assert.True(isSame || !isChecked, $"another value than {item}");
    }

    private sealed record Item(char Kind, uint Number, byte[] Bytes)
    {
        public override string ToString() => $"{Kind} {Number} {Convert.ToHexString(Bytes)}";
    }
}
