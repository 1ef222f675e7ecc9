// A change of keys, cut at every flash operation in every way in which it can be left: afterwards the old anchors count or
// the new ones, all of them, and the client brings the change to its end. Where a part needs thousands of operations, some
// of them stand for all: few of the staging, more of the block with the anchors.
using EsyncAgent;
using EsyncSim.Flash;
using Xunit;
using static EsyncTests.AgentFirmware.EcuM.TestTrust;

namespace EsyncTests.AgentFirmware.EcuM;

public sealed class TrustPowerCutTests
{
    private static readonly TestImage One = Image("1.0.0", 1, 5000, Author, Oem);
    private static readonly TestImage Two = Image("2.0.0", 2, 5000, NewAuthor, NewOem);
    private static readonly byte[] Document = TestTrust.Document(List(1, NewAuthor, NewOem), Author, Oem);
    private static readonly byte[] Before = StateOf(0, Author, Oem);
    private static readonly byte[] After = StateOf(1, NewAuthor, NewOem);
    private readonly ITestOutputHelper _output;

    public TrustPowerCutTests(ITestOutputHelper output)
    {
        _output = output;
    }

    public static TheoryData<string> Geometries => new(FlashGeometries.All.Select(geometry => geometry.Name));

    [Theory]
    [MemberData(nameof(Geometries))]
    public void Every_operation_every_model(string name)
    {
        FlashGeometry geometry = FlashGeometries.All.Single(g => g.Name == name);
        (AgentRig rig, CutReplay replay) = Rehearse(geometry);
        IReadOnlyList<FlashOperation> operations = replay.Operations;
        int cuts = 0, old = 0;
        int blockStart = operations.TakeWhile(operation => operation.Address < rig.Agent.Fls.Map.NvM0.Start).Count();
        int everyStaging = Math.Max(1, blockStart / 20);
        int everyBlock = Math.Max(1, (operations.Count - blockStart) / 50);
        for (int i = 0; i < operations.Count; i += i < blockStart ? Math.Min(everyStaging, blockStart - i) : everyBlock)
        {
            foreach (CutModel model in CutModels.Of(operations[i].Kind))
            {
                replay.Cut(i, model);
                rig.PowerOn();
                old += Judge(rig, replay, $"cut at {operations[i]} ({model})") ? 1 : 0;
                cuts++;
            }
        }

        Assert.InRange(old, 1, cuts - 1);
        _output.WriteLine($"{geometry.Name}: {operations.Count} operations, {cuts} cuts, the old keys after {old}, the new ones after {cuts - old}");
    }

    [Fact]
    public void And_once_more_while_it_recovers()
    {
        (AgentRig rig, CutReplay replay) = Rehearse(FlashGeometries.W25Q32);
        IReadOnlyList<FlashOperation> operations = replay.Operations;
        int doubles = 0;
        for (int i = 0; i < operations.Count; i += 2)
        {
            CutModel model = CutModels.Of(operations[i].Kind)[i % CutModels.Of(operations[i].Kind).Count];
            doubles += replay.CutRecovery(replay.Cut(i, model), second => second + 2, $"cut at {operations[i]} ({model})", what => Judge(rig, replay, what));
        }

        Assert.True(doubles > 100, $"{doubles}");
        _output.WriteLine($"{doubles} double cuts");
    }

    [Fact]
    public void An_image_by_the_new_keys_follows_and_one_by_the_old_ones_does_not()
    {
        (AgentRig rig, CutReplay replay) = Rehearse(FlashGeometries.W25Q32);
        IReadOnlyList<FlashOperation> operations = replay.Operations;
        for (int i = 0; i < operations.Count; i += 7)
        {
            replay.Cut(i, CutModels.Of(operations[i].Kind)[0]);
            rig.PowerOn();
            Judge(rig, replay, $"cut at {operations[i]}");
            Assert.Equal(FotaError.RoleMissing, rig.Update(Image("2.0.0", 2, 5000, Author, Oem)));
            Assert.Equal(FotaError.None, rig.Update(Two));
            Assert.Equal("2.0.0", rig.RunningVersion);
        }
    }

    // Old anchors or new ones, whole; then the client does it again. True when the old ones counted.
    private static bool Judge(AgentRig rig, CutReplay replay, string what)
    {
        byte[] found = rig.TrustState();
        bool isOld = found.AsSpan().SequenceEqual(Before);
        Assert.True(isOld || found.AsSpan().SequenceEqual(After), $"{what}: the anchors are {Convert.ToHexString(found)}");
        Assert.Equal("1.0.0", rig.RunningVersion);
        FotaError error = rig.InstallTrust(Document);
        Assert.True(error == FotaError.None, $"{what}: the change ends with {error}");
        Assert.Equal(After, rig.TrustState());
        replay.Settle();
        rig.PowerOn();
        Assert.Equal(After, rig.TrustState());
        Assert.Equal(TestImage.DeviceId, rig.Agent.Keys.DeviceId);
        return isOld;
    }

    private static (AgentRig Rig, CutReplay Replay) Rehearse(FlashGeometry geometry)
    {
        AgentRig rig = new(RigConfig.Make(geometry, 16 * 1024), new FlashModel(geometry));
        return (rig, new CutReplay(rig, Provisioning, One, trusting => trusting.InstallTrust(Document)));
    }
}
