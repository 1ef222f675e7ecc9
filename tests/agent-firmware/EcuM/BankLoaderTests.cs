// The loader of a bank's image by itself, on slots and images put straight into the flash: what reaches the application's
// loader, and after which tags; tables of one part, which it takes from the seal's buffer, and of several, which it reads again.
using System.Security.Cryptography;
using EsyncAgent;
using EsyncSim.Crypto;
using EsyncSim.Flash;
using EsyncSim.Packages;
using Xunit;

namespace EsyncTests.AgentFirmware.EcuM;

public sealed class BankLoaderTests
{
    private const int ChunkLength = ChunkTable.ChunkLength;
    private const int TagsOfPart = 128;
    private const uint TableOffset = 2048;

    private static readonly byte[] Digest = SHA256.HashData("digest"u8), Salt = SHA256.HashData("salt"u8);
    private static readonly FlsConfig Map = new()
    {
        BankA = new FlsArea { Start = 0, Length = 0x200000 },
        ManifestA = new FlsArea { Start = 0x200000, Length = 0x8000 },
        BootRecord0 = new FlsArea { Start = 0x300000, Length = 0x1000 },
        BootRecord1 = new FlsArea { Start = 0x301000, Length = 0x1000 },
        BootRecord2 = new FlsArea { Start = 0x302000, Length = 0x1000 },
    };

    private readonly byte[] _content = [.. Enumerable.Repeat((byte)0xFF, (int)FlashGeometries.W25Q32.Size)];
    private readonly KeepingLoader _kept = new();

    [Theory]
    [InlineData(1)]
    [InlineData(ChunkLength)]
    [InlineData(ChunkLength + 1)]
    [InlineData(TagsOfPart * ChunkLength)]
    [InlineData((TagsOfPart * ChunkLength) + 1)]
    [InlineData(2 * TagsOfPart * ChunkLength)]
    [InlineData(((2 * TagsOfPart) + 40) * ChunkLength)]
    public void An_image_that_is_right_is_loaded_byte_by_byte_and_started(int length)
    {
        byte[] image = Put(length);
        Assert.Equal((StdReturn.Ok, FotaError.LoadFailed, true), Load());
        Assert.Equal(image, _kept.Image);
        Assert.True(_kept.IsStarted);
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(3, 1)]
    [InlineData(3, 2)]
    [InlineData(TagsOfPart, TagsOfPart - 1)]
    [InlineData(300, 0)]
    [InlineData(300, TagsOfPart - 1)]
    [InlineData(300, TagsOfPart)]
    [InlineData(300, TagsOfPart + 1)]
    [InlineData(300, 299)]
    public void A_chunk_with_one_wrong_bit_does_not_reach_the_loader_and_nothing_after_it(int chunks, int wrong)
    {
        byte[] image = Put(chunks * ChunkLength);
        _content[(wrong * ChunkLength) + 77] ^= 0x10;
        Assert.Equal((StdReturn.NotOk, FotaError.ImageDamaged, false), Load());
        Assert.Equal(image[..(wrong * ChunkLength)], _kept.Image);
        Assert.False(_kept.IsStarted);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(300)]
    public void Two_chunks_that_have_changed_places_do_not_pass_for_one_another(int chunks)
    {
        byte[] image = Put(chunks * ChunkLength);
        image.AsSpan(ChunkLength, ChunkLength).CopyTo(_content);
        image.AsSpan(0, ChunkLength).CopyTo(_content.AsSpan(ChunkLength));
        Assert.Equal((StdReturn.NotOk, FotaError.ImageDamaged, false), Load());
        Assert.Empty(_kept.Image);
    }

    [Theory]
    [InlineData(5)] // runtime
    [InlineData(23)] // length of the image
    [InlineData(40)] // digest
    [InlineData(70)] // salt
    [InlineData(130)] // image digest, which boot does not use
    [InlineData(230)] // nothing
    [InlineData(255)] // CRC
    [InlineData((int)TableOffset)]
    [InlineData((int)TableOffset + (300 * ChunkTable.TagLength) - 1)]
    public void Not_a_chunk_is_loaded_when_a_bit_of_the_header_or_of_the_table_is_not_the_one_that_was_sealed(int at)
    {
        Put(300 * ChunkLength);
        _content[(int)Map.ManifestA.Start + at] ^= 1;
        Assert.Equal((StdReturn.NotOk, FotaError.ImageDamaged, false), Load());
        Assert.Empty(_kept.Image);
    }

    [Fact]
    public void An_image_that_the_loader_has_no_room_for_fails_as_not_loaded()
    {
        Put(3 * ChunkLength);
        _kept.Room = 2 * ChunkLength;
        Assert.Equal((StdReturn.NotOk, FotaError.LoadFailed, false), Load());
        Assert.Equal(2 * ChunkLength, _kept.Image.Length);
    }

    // Image, slot and a boot record that binds them, by PROTOCOL.md alone.
    private byte[] Put(int length)
    {
        byte[] image = new byte[length];
        new Random(length).NextBytes(image);
        image.CopyTo(_content, (int)Map.BankA.Start);
        byte[] table = ChunkTable.Build(Salt, image);
        Manifest manifest = new()
        {
            Runtime = 1,
            ContractVersion = 1,
            ImageLength = (uint)length,
            ChunkCount = (uint)(table.Length / ChunkTable.TagLength),
            ChunkTablePosition = TableOffset - ManifestSlot.EnvelopeOffset,
        };
        Digest.CopyTo(manifest.Digest, 0);
        Salt.CopyTo(manifest.Salt, 0);
        byte[] header = new byte[ManifestSlot.HeaderLength];
        ManifestSlot.WriteHeader(manifest, TableOffset, header);
        header.CopyTo(_content, (int)Map.ManifestA.Start);
        table.CopyTo(_content, (int)(Map.ManifestA.Start + TableOffset));
        byte[] seal = HMACSHA256.HashData(Digest, header);
        foreach (byte[] tags in table.Chunk(TagsOfPart * ChunkTable.TagLength))
        {
            byte[] part = [.. tags, .. Enumerable.Repeat((byte)0xFF, (TagsOfPart * ChunkTable.TagLength) - tags.Length)];
            seal = HMACSHA256.HashData(seal, part);
        }

        BootRecord record = new() { Sequence = 1 };
        record.State[0] = BankState.Confirmed;
        record.Bind(0, Digest, seal);
        foreach (FlsArea copy in new[] { Map.BootRecord0, Map.BootRecord1, Map.BootRecord2 })
        {
            record.Serialize(_content, (int)copy.Start);
        }

        return image;
    }

    // The flash takes its time for every second read, as one with a queue of its own does.
    private (StdReturn Result, FotaError Error, bool WasStarted) Load()
    {
        FlashModel flash = new(FlashGeometries.W25Q32);
        flash.Memory.Load(_content);
        Fls fls = new(Map, new HesitantFls(flash));
        using HostCrypto crypto = new();
        EsyncAgent.Csm csm = new(crypto);
        BootRecordStore records = new(fls);
        Banks banks = new(Map, records);
        byte[] chunkA = new byte[ChunkLength];
        BankLoader loader = new(fls, new SlotSeal(fls, csm, chunkA), new ChunkTags(fls, csm, ChunkTags.WindowInOrder), _kept, chunkA, new byte[ChunkLength], new FlsJob(FlsPriority.Fota));
        while (!records.IsLoaded || !fls.IsIdle)
        {
            records.MainFunction(0);
            fls.MainFunction(0);
        }

        loader.Begin(banks, 0);
        StdReturn result = StdReturn.Pending;
        for (int turn = 0; result == StdReturn.Pending; turn++)
        {
            Assert.True(turn < 10_000, "the loader comes to no end");
            fls.MainFunction(0);
            result = loader.Advance();
        }

        return (result, loader.Error, loader.WasStarted);
    }

    private sealed class HesitantFls(IFls part) : FlashWrapper(part)
    {
        private int _jobs;
        private bool _isHesitating;

        public override bool StartRead(uint address, byte[] into, int offset, int count)
        {
            _isHesitating = ++_jobs % 2 == 0;
            return base.StartRead(address, into, offset, count);
        }

        public override FlsStatus Poll()
        {
            bool isBusy = _isHesitating;
            _isHesitating = false;
            return isBusy ? FlsStatus.Busy : base.Poll();
        }
    }

    private sealed class KeepingLoader : IApplicationLoader
    {
        private readonly List<byte> _image = [];

        public byte[] Image => [.. _image];

        public int Room { get; set; } = int.MaxValue;

        public bool IsStarted { get; private set; }

        public byte Runtime => 1;

        public ushort ContractVersion => 1;

        public ApplicationState State => IsStarted ? ApplicationState.Running : ApplicationState.NotStarted;

        public uint AliveCounter => 0;

        public bool IsUpdateAllowed => true;

        public void Attach(IApplicationData data)
        {
        }

        public StdReturn Begin(uint imageLength) => StdReturn.Ok;

        public StdReturn Append(byte[] data, int offset, int count)
        {
            if (_image.Count + count > Room)
            {
                return StdReturn.NotOk;
            }

            _image.AddRange(data.AsSpan(offset, count));
            return StdReturn.Ok;
        }

        public StdReturn Start()
        {
            IsStarted = true;
            return StdReturn.Ok;
        }

        public void MainFunction(uint nowMs)
        {
        }

        public int ReadDataByIdentifier(ushort dataIdentifier, byte[] into, int offset) => ApplicationAnswer.Unknown;

        public int TakeEvent() => -1;
    }
}
