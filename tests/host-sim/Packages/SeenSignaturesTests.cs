// What packages and trust files tell of a key: the numbers of its signatures, when they verify.
using EsyncSim;
using EsyncSim.Files;
using EsyncSim.Packages;
using EsyncSim.Signing;
using EsyncTests.AgentFirmware.EcuM;
using EsyncTests.HostSim.Signing;
using Xunit;

namespace EsyncTests.HostSim.Packages;

public sealed class SeenSignaturesTests
{
    private const string Key = "author.key";
    private readonly MemoryFileSystem _disk = new();
    private readonly SigningKeyStore _store;
    private readonly FileSigner _author;

    public SeenSignaturesTests()
    {
        _store = new SigningKeyStore(_disk, _ => { }, new KeyRegister(_disk, "register"));
        _store.Create(Key, SigningKey.Generate(SigningRole.Author, TestKeys.Small));
        _author = FileSigner.Open(_store, Key);
    }

    [Fact]
    public void A_package_and_a_trust_file_show_what_was_used_and_a_backup_is_refused_by_them()
    {
        byte[] backup = _disk.Read(Key);
        byte[] package = PackageBuilder.Build(TestPackages.Request(), [_author]).Encode();
        byte[] trust = TrustFile.Build(TestTrust.List(1, TestTrust.NewAuthor, TestTrust.NewOem), [_author], [SigningRole.Author]).Document;

        Assert.Equal([("p", 0L), ("t", 1L)], SeenSignatures.Learn(_store, Key, [("p", package), ("t", trust), ("other", TestPackages.Build().Encode())]));
        Assert.Throws<UserErrorException>(() => SeenSignatures.Envelopes(package[..^9], "p"));

        MemoryFileSystem elsewhere = new MemoryFileSystem().With([new(Key, backup), new("out/1.esp", package), new("out/notes", package), new("out/2.esp", [1, 2]), new("out/3.trust", trust)]);
        SigningKeyStore store = new(elsewhere, _ => { }, new KeyRegister(elsewhere, "register"));
        Assert.Equal(["out/1.esp", "out/2.esp", "out/3.trust"], SeenSignatures.In(elsewhere, "out").Select(file => file.Path));
        Assert.Equal(2, SeenSignatures.Learn(store, Key, SeenSignatures.In(elsewhere, "out")).Count);
        Assert.Contains("out/3.trust shows that all below 2 are used", Assert.Throws<UserErrorException>(() => store.RequireUsable(Key)).Message);
    }
}
