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
        (AgentRig rig, FlashSnapshot start, List<FlashOperation> operations) = Rehearse(geometry);
        int cuts = 0, old = 0;
        int blockStart = operations.FindIndex(operation => operation.Address >= rig.Agent.Fls.Map.NvM0.Start);
        int everyStaging = Math.Max(1, blockStart / 20);
        int everyBlock = Math.Max(1, (operations.Count - blockStart) / 50);
        for (int i = 0; i < operations.Count; i += i < blockStart ? Math.Min(everyStaging, blockStart - i) : everyBlock)
        {
            foreach (CutModel model in CutModels.Of(operations[i].Kind))
            {
                CutOnce(rig, start, i, model);
                rig.PowerOn();
                old += Judge(rig, $"cut at {operations[i]} ({model})") ? 1 : 0;
                cuts++;
            }
        }

        Assert.InRange(old, 1, cuts - 1);
        _output.WriteLine($"{geometry.Name}: {operations.Count} operations, {cuts} cuts, the old keys after {old}, the new ones after {cuts - old}");
    }

    [Fact]
    public void And_once_more_while_it_recovers()
    {
        (AgentRig rig, FlashSnapshot start, List<FlashOperation> operations) = Rehearse(FlashGeometries.W25Q32);
        int doubles = 0;
        for (int i = 0; i < operations.Count; i += 2)
        {
            CutModel model = CutModels.Of(operations[i].Kind)[i % CutModels.Of(operations[i].Kind).Count];
            CutOnce(rig, start, i, model);
            FlashSnapshot afterCut = rig.Flash.Memory.Snapshot();
            for (int second = 0; ; second += 2)
            {
                string what = $"cut at {operations[i]} ({model}), then at operation {second} of the recovery";
                rig.Flash.Memory.Restore(afterCut);
                rig.Flash.PowerOn();
                rig.Flash.CutAfter(second, CutModel.ProgramBits);
                try
                {
                    rig.StartAgain();
                    Judge(rig, what);
                    break;
                }
                catch (PowerCutException)
                {
                    doubles++;
                    rig.PowerOn();
                    Judge(rig, what);
                }
            }
        }

        Assert.True(doubles > 100, $"{doubles}");
        _output.WriteLine($"{doubles} double cuts");
    }

    [Fact]
    public void An_image_by_the_new_keys_follows_and_one_by_the_old_ones_does_not()
    {
        (AgentRig rig, FlashSnapshot start, List<FlashOperation> operations) = Rehearse(FlashGeometries.W25Q32);
        for (int i = 0; i < operations.Count; i += 7)
        {
            CutOnce(rig, start, i, CutModels.Of(operations[i].Kind)[0]);
            rig.PowerOn();
            Judge(rig, $"cut at {operations[i]}");
            Assert.Equal(FotaError.RoleMissing, rig.Update(Image("2.0.0", 2, 5000, Author, Oem)));
            Assert.Equal(FotaError.None, rig.Update(Two));
            Assert.Equal("2.0.0", rig.RunningVersion);
        }
    }

    // Old anchors or new ones, whole; then the client does it again. True when the old ones counted.
    private static bool Judge(AgentRig rig, string what)
    {
        byte[] found = rig.TrustState();
        bool isOld = found.AsSpan().SequenceEqual(Before);
        Assert.True(isOld || found.AsSpan().SequenceEqual(After), $"{what}: the anchors are {Convert.ToHexString(found)}");
        Assert.Equal("1.0.0", rig.RunningVersion);
        FotaError error = rig.InstallTrust(Document);
        Assert.True(error == FotaError.None, $"{what}: the change ends with {error}");
        Assert.Equal(After, rig.TrustState());
        Settle(rig);
        rig.PowerOn();
        Assert.Equal(After, rig.TrustState());
        Assert.Equal(TestImage.DeviceId, rig.Agent.Keys.DeviceId);
        return isOld;
    }

    private static (AgentRig Rig, FlashSnapshot Start, List<FlashOperation> Operations) Rehearse(FlashGeometry geometry)
    {
        AgentRig rig = new(RigConfig.Make(geometry, 16 * 1024), new FlashModel(geometry));
        rig.PowerOn();
        rig.Provision(Provisioning);
        Assert.Equal(FotaError.None, rig.Update(One));
        Settle(rig);
        FlashSnapshot start = rig.Flash.Memory.Snapshot();

        List<FlashOperation> operations = [];
        rig.PowerOn();
        rig.Flash.Observer = operations.Add;
        Assert.Equal(FotaError.None, rig.InstallTrust(Document));
        Settle(rig);
        rig.Flash.Observer = null;
        return (rig, start, operations);
    }

    private static void CutOnce(AgentRig rig, FlashSnapshot start, int operation, CutModel model)
    {
        rig.Flash.Memory.Restore(start);
        rig.PowerOn();
        rig.Flash.CutAfter(operation, model);
        Assert.Throws<PowerCutException>(() =>
        {
            rig.InstallTrust(Document);
            Settle(rig);
        });
    }

    private static void Settle(AgentRig rig)
    {
        for (int i = 0; i < 100; i++)
        {
            rig.Turn();
        }
    }
}
