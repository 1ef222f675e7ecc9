// Formats in general: whatever manifest, trust list, bundle or package is written is read as it was, and written again to the same bytes.
using EsyncAgent.Drivers;
using EsyncSim.Packages;
using EsyncSim.Signing;
using EsyncTests.HostSim.Signing;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EsyncTests.HostSim.Packages;

public sealed class PackagePropertyTests
{
    // Making the key takes longer than all that is tried with it.
    private static readonly Lazy<byte[]> GoodKey = new(() => TestKeys.Author().Anchor.PublicKey);

    private static readonly Gen<SuitManifest> AnyManifest =
        from numbers in Properties.Numbers.ArrayOf(4)
        from identifiers in Properties.Bytes(16, 16).ArrayOf(3)
        from salt in Properties.Bytes(32, 32)
        from table in Properties.Bytes(256)
        from version in Properties.Printable(ApplicationBundle.VersionLengthMax)
        from uri in Properties.Printable(SuitManifest.UriLengthMax)
        from kind in Gen.Choose(0, 11)
        select new SuitManifest
        {
            Sequence = numbers[0],
            SecurityVersion = numbers[1],
            ImageLength = numbers[2],
            VendorId = identifiers[0],
            ClassId = identifiers[1],
            DeviceId = kind % 2 == 0 ? null : identifiers[2],
            SlotMask = (byte)(1 + (kind % 3)),
            ImageDigest = salt,
            Salt = [.. salt.Reverse()],
            ChunkTable = table,
            Version = version,
            Uri = uri,
            Runtime = (BundleRuntime)(1 + (kind % 2)),
            ContractVersion = (ushort)numbers[3],
            Encoding = (byte)(kind < 6 ? 0 : kind < 9 ? 0x10 : 0x20),
            TransferLength = kind < 6 ? null : numbers[3],
            TransferTable = kind < 6 ? null : table,
            BaseDigest = kind < 9 ? null : salt,
        };

    [Fact]
    public void A_manifest_is_read_as_it_was_written()
    {
        Properties.Hold(AnyManifest, manifest =>
        {
            byte[] encoded = ManifestEncoder.Encode(manifest);
            SuitManifest read = ManifestDecoder.Decode(encoded);
            Assert.Equivalent(manifest, read, strict: true);
            Assert.Equal(encoded, ManifestEncoder.Encode(read));
        });
    }

    [Fact]
    public void A_manifest_that_lacks_or_has_a_byte_more_is_refused()
    {
        Properties.Hold(AnyManifest, manifest =>
        {
            byte[] encoded = ManifestEncoder.Encode(manifest);
            Assert.Throws<SuitException>(() => ManifestDecoder.Decode(encoded[..^1]));
            Assert.Throws<SuitException>(() => ManifestDecoder.Decode([.. encoded, 0]));
        });
    }

    [Fact]
    public void A_trust_list_is_read_as_it_was_written()
    {
        Gen<TrustList> lists =
            from sequence in Properties.Numbers
            from identifiers in Properties.Bytes(16, 16).ArrayOf(3)
            from count in Gen.Choose(1, 8)
            from isForOne in Gen.Choose(0, 1)
            select new TrustList { Sequence = sequence, VendorId = identifiers[0], ClassId = identifiers[1], DeviceId = isForOne == 0 ? null : identifiers[2], Anchors = [.. Enumerable.Range(0, count).Select(Anchor)] };
        Properties.Hold(lists, list =>
        {
            TrustList read = TrustList.Decode(list.Encode());
            Assert.Equivalent(list, read, strict: true);
            Assert.Equal(list.Encode(), read.Encode());
        });
    }

    [Fact]
    public void A_bundle_is_read_as_it_was_built_by_the_host_and_by_the_board_in_any_pieces()
    {
        Gen<(byte[][] Assemblies, int Piece)> inputs = Properties.Bytes(200, 1).ArrayOf().Where(all => all.Length is >= 1 and <= 8).SelectMany(all => Gen.Choose(1, 150).Select(piece => (all, piece)));
        Properties.Hold(inputs, input =>
        {
            ApplicationBundle bundle = new() { Runtime = BundleRuntime.NanoFramework, ContractVersion = 1, Version = "1.0", EntryClass = "A.B", Assemblies = input.Assemblies };
            byte[] image = bundle.Build();
            Assert.Null(ApplicationBundle.TryParse(image, out ApplicationBundle? read));
            Assert.Equivalent(bundle, read, strict: true);
            BundleReceiver receiver = new();
            receiver.Begin((uint)image.Length);
            for (int at = 0; at < image.Length; at += input.Piece)
            {
                Assert.True(receiver.Append(image, at, Math.Min(input.Piece, image.Length - at)));
            }

            Assert.True(receiver.IsComplete);
            Assert.Equal(input.Assemblies, receiver.Assemblies);
        });
    }

    [Fact]
    public void A_package_is_read_as_it_was_written()
    {
        Gen<PackageEntry> entry =
            from encoding in Gen.Choose(0, 255)
            from envelope in Properties.Bytes(100)
            from payload in Properties.Bytes(100)
            from hasBase in Gen.Choose(0, 1)
            select new PackageEntry { Encoding = (byte)encoding, Envelope = envelope, Payload = payload, BaseDigest = hasBase == 0 ? null : new byte[32] };
        Gen<Package> packages =
            from name in Properties.Printable(Package.NameLengthMax)
            from hardware in Properties.Printable(Package.NameLengthMax)
            from entries in entry.ArrayOf().Where(all => all.Length is >= 1 and <= Package.EntryCountMax)
            select new Package { Name = name, Hardware = hardware, Entries = entries };
        Properties.Hold(packages, package =>
        {
            Package read = Package.Decode(package.Encode(), "a.esp");
            Assert.Equivalent(package, read, strict: true);
            Assert.Equal(package.Encode(), read.Encode());
        });
    }

    private static TrustAnchor Anchor(int number)
    {
        byte[] good = GoodKey.Value;
        return new TrustAnchor((SigningRole)(1 + (number % 4)), [.. good.AsSpan(0, 12), (byte)number, .. good.AsSpan(13)]);
    }
}
