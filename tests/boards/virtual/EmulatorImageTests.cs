// Images that are made a piece at a time are application bundles, and the same however they are read.
using EsyncAgent.Emulator;
using EsyncSim.Packages;
using Xunit;

namespace EsyncTests.Boards.Virtual;

public sealed class EmulatorImageTests
{
    private readonly EmulatorImage _image = new("3.2.1", GoodApplication.EntryClass, 4000, 77);

    [Fact]
    public void An_image_is_an_application_bundle()
    {
        string? reason = ApplicationBundle.TryParse(PackagePrinter.Bytes(_image), out ApplicationBundle? bundle);
        Assert.Null(reason);
        Assert.Equal(("3.2.1", GoodApplication.EntryClass), (bundle!.Version, bundle.EntryClass));
        Assert.Equal((EmulatorImage.Runtime, EmulatorImage.ContractVersion), ((byte)bundle.Runtime, bundle.ContractVersion));
        Assert.Equal(4000 - EmulatorImage.HeaderLength, Assert.Single(bundle.Assemblies).Length);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(100)]
    [InlineData(1024)]
    public void Pieces_of_any_length_give_the_same_bytes(int pieceLength)
    {
        byte[] whole = PackagePrinter.Bytes(_image);
        byte[] pieces = new byte[whole.Length];
        _image.Seek(0);
        for (int position = 0; position < pieces.Length; position += pieceLength)
        {
            _image.Read(pieces, position, Math.Min(pieceLength, pieces.Length - position));
        }

        Assert.Equal(whole, pieces);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    [InlineData(116)]
    [InlineData(2048)]
    public void Reading_may_start_anywhere(int position)
    {
        byte[] whole = PackagePrinter.Bytes(_image);
        byte[] rest = new byte[whole.Length - position];
        _image.Seek(position);
        _image.Read(rest, 0, rest.Length);
        Assert.Equal(whole[position..], rest);
    }

    [Fact]
    public void Another_seed_gives_another_filler_and_no_filler_is_regular()
    {
        byte[] other = PackagePrinter.Bytes(new EmulatorImage("3.2.1", GoodApplication.EntryClass, 4000, 78));
        byte[] own = PackagePrinter.Bytes(_image);
        Assert.Equal(own[..116], other[..116]);
        Assert.True(own.Zip(other).Count(pair => pair.First == pair.Second) < 200);
        Assert.True(own[116..].Distinct().Count() > 250);
    }
}
