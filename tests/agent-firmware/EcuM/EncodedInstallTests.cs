// Compressed images and deltas through the whole agent: installed, refused, resumed after a reset at every place.
using EsyncAgent;
using EsyncSim.Delta;
using EsyncSim.Flash;
using EsyncSim.Packages;
using Xunit;

namespace EsyncTests.AgentFirmware.EcuM;

public sealed class EncodedInstallTests
{
    private const byte Compressed = 0x10;
    private const byte Delta = 0x20;
    private static readonly byte[] OldAssembly = EncodedImages.Assembly(1, 26_000);
    private static readonly byte[] NewAssembly = EncodedImages.Changed(OldAssembly);
    private static readonly TestImage One = TestImage.MakeOf(BundleRuntime.Net10, OldAssembly, "1.0.0", 1);
    private static readonly TestImage Two = TestImage.MakeOf(BundleRuntime.Net10, NewAssembly, "2.0.0", 3);
    private static readonly TestImage TwoCompressed = Two.Encoded(2, Compressed, EncodedImages.Compress(Two.Payload, 11));
    private static readonly TestImage TwoFromOne = Two.Encoded(2, Delta, DeltaMaker.Make(One.Payload, Two.Payload, 11).Bytes, One.Digest);

    public static TheoryData<string> Forms => ["compressed", "delta"];

    [Theory]
    [MemberData(nameof(Forms))]
    public void An_encoded_image_is_installed_and_runs(string form)
    {
        AgentRig rig = Rig();
        TestImage image = Of(form);
        Assert.True(image.Transfer.Length < image.Payload.Length * 9 / 10, $"{image.Transfer.Length} bytes");
        Assert.Equal(FotaError.None, rig.Update(image));
        Assert.Equal("2.0.0", rig.RunningVersion);
        Assert.Equal(Two.Payload, rig.Loader.Image);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_transfer_goes_on_after_a_reset_at_any_place_and_decodes_one_chunk_twice_at_most(string form)
    {
        TestImage image = Of(form);
        int chunks = (image.Payload.Length + ChunkBuffers.Length - 1) / ChunkBuffers.Length;
        for (int breakOff = 1; breakOff < image.Transfer.Length; breakOff += 97)
        {
            AgentRig rig = Rig();
            int programmed = 0;
            FlsArea bank = rig.Agent.Fls.Map.BankA;
            rig.Flash.Observer = operation =>
                programmed += operation.Kind == FlashOperationKind.Program && operation.Address - bank.Start < bank.Length ? operation.Count : 0;
            Assert.Equal(FotaError.None, rig.SendManifest(image));
            Assert.Equal(FotaError.None, rig.Routine(0xFF00));
            Assert.Equal(FotaError.None, rig.Download(EsyncAgent.Fota.BankAddress, image.Transfer, 97, breakOff, image.Encoding));
            rig.Settle();
            int recorded = programmed / ChunkBuffers.Length;
            rig.PowerOn();
            programmed = 0;
            rig.SentBytes = 0;
            Assert.Equal(FotaError.None, rig.Update(image));
            Assert.Equal(Two.Payload, rig.Loader.Image);
            Assert.Equal((chunks - recorded) * ChunkBuffers.Length, programmed);
            Assert.True(rig.SentBytes <= image.Transfer.Length - breakOff + (2 * ChunkBuffers.Length) + 97, $"{rig.SentBytes} bytes after {breakOff}");
        }
    }

    private static TestImage Of(string form) => form == "delta" ? TwoFromOne : TwoCompressed;

    private static AgentRig Rig()
    {
        EcuConfig config = RigSteps.Config;
        config.Fota.Encodings = 0x0007;
        return RigSteps.Provisioned(TestImage.Provisioning, config).Updated(One);
    }
}
