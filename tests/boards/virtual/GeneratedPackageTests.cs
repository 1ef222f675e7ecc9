// What the emulator has compiled in is what the printer prints now, and what host-sim's verifier takes for good.
// When images, identifiers or formats change, the first test fails and writes all files as they should be to artifacts.
using EsyncAgent;
using EsyncAgent.Emulator;
using EsyncSim.Packages;
using EsyncSim.Signing;
using Xunit;

namespace EsyncTests.Boards.Virtual;

public sealed class GeneratedPackageTests
{
    private const string Proposal = "artifacts/emulator-packages";

    public static TheoryData<string> Versions => [PackageShelf.First, PackageShelf.SelfTestFails, PackageShelf.Stalls, PackageShelf.Second, PackageShelf.Patched];

    [Fact]
    public void The_committed_files_are_what_the_printer_prints_now()
    {
        IReadOnlyDictionary<string, string> files = PackagePrinter.Print();
        Assert.Equal(files.Keys.Order(StringComparer.Ordinal), Repository.Files(PackagePrinter.Folder, ".cs"));
        string[] stale = [.. files.Where(f => Repository.Read(f.Key) != f.Value).Select(f => f.Key)];
        if (stale.Length > 0)
        {
            Directory.CreateDirectory(Repository.PathOf(Proposal));
            foreach ((string path, string text) in files)
            {
                File.WriteAllText(Path.Combine(Repository.PathOf(Proposal), Path.GetFileName(path)), text);
            }

            Assert.Fail($"{string.Join(", ", stale)}: not what the printer prints now. Run: cp {Proposal}/*.cs {PackagePrinter.Folder}/");
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Each_package_verifies_with_the_compiled_in_anchors(string version)
    {
        EmulatorPackage package = new PackageShelf().Take(version);
        TrustAnchor[] anchors = [new(SigningRole.Author, Anchors.CreateAuthor()), new(SigningRole.Oem, Anchors.CreateOem())];
        SuitEnvelope envelope = SuitEnvelope.Decode(package.Envelope);
        Assert.All(envelope.Signatures, (signature, i) => Assert.True(HssSignatures.Verify(anchors[i].PublicKey, envelope.ToBeSigned, signature.Signature)));
        SuitManifest manifest = ManifestDecoder.Decode(envelope.ManifestBytes);
        Assert.Equal(version, manifest.Version);
        Assert.Equal(-1, ChunkTable.FirstMismatch(manifest.Salt, manifest.ChunkTable, PackagePrinter.Bytes(package.Image)));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Each_envelope_and_image_fits_the_flash_map(string version)
    {
        EmulatorPackage package = new PackageShelf().Take(version);
        FlsConfig map = EmulatorConfig.Create().Fls;
        Assert.True(package.Envelope.Length <= map.ManifestA.Length - ManifestSlot.Overhead);
        Assert.True(package.Image.Length <= map.BankA.Length);
    }
}
