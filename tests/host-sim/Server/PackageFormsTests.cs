// A package taken apart: each form is a file of its own that says and signs what it said and signed before.
using EsyncSim.Config;
using EsyncSim.Packages;
using EsyncSim.Server;
using EsyncTests.Vehicle;
using Xunit;

namespace EsyncTests.HostSim.Server;

public sealed class PackageFormsTests
{
    private const int Length = 6_000;
    private static readonly EcuDefinition Ecu = NfConfig.Load(Repository.PathOf("nf.config")).Ecu("motor");
    private static readonly Package Old = EncodedPackages.Full(Ecu, 1, EncodedPackages.Image("1.0.0", Length));
    private static readonly Package New = EncodedPackages.Encoded(Ecu, 2, EncodedPackages.Image("2.0.0", Length), Old);

    [Fact]
    public void Each_form_becomes_a_package_of_one_entry_with_the_same_envelope_and_payload()
    {
        byte[] file = New.Encode();
        PackageForms forms = PackageForms.Of(file);

        Assert.Equal(Campaign.Sha256Of(file), forms.Sha256);
        Assert.Equal(New.Entries.Count, forms.All.Count);
        Assert.Equal(["full", "heatshrink", "delta"], forms.All.Select(form => form.Encoding));
        foreach ((PackageForm form, PackageEntry entry) in forms.All.Zip(New.Entries))
        {
            Package single = Package.Decode(form.File, "form");
            PackageEntry only = Assert.Single(single.Entries);
            Assert.Equal((New.Name, New.Hardware), (single.Name, single.Hardware));
            Assert.Equal(entry.Envelope, only.Envelope);
            Assert.Equal(entry.Payload, only.Payload);
            Assert.Equal(entry.BaseDigest, only.BaseDigest);
            Assert.Equal(Campaign.Sha256Of(form.File), form.Sha256);
            Assert.Equal(entry.Payload.Length, form.TransferLength);
            Assert.Same(form, forms.FormOf(form.Image!));
        }

        Assert.Equal(forms.All.Count, forms.All.Select(form => form.Sha256).Distinct().Count());
    }

    [Fact]
    public void A_package_of_one_form_stays_the_file_that_it_is()
    {
        byte[] file = Old.Encode();
        PackageForm form = Assert.Single(PackageForms.Of(file).All);

        Assert.Same(file, form.File);
        Assert.Equal((Campaign.Sha256Of(file), "full"), (form.Sha256, form.Encoding));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public void What_cannot_be_read_is_one_file_for_the_vehicle_to_judge(int kept)
    {
        byte[] file = New.Encode()[..kept];
        PackageForms forms = PackageForms.Of(file);

        Assert.Null(forms.Images);
        PackageForm form = Assert.Single(forms.All);
        Assert.Same(file, form.File);
        Assert.Null(form.Encoding);
    }
}
