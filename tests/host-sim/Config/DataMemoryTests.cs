// What nf.config reckons for data gathering, held against what the agent really keeps: every array below its entry class, found by reflection.
using System.Reflection;
using System.Runtime.InteropServices;
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Config;
using EsyncSim.Ecu;
using EsyncTests.Vehicle;
using Xunit;

namespace EsyncTests.HostSim.Config;

public sealed class DataMemoryTests(ITestOutputHelper output)
{
    // A reference, as nanoFramework has it; and what an array and an object cost it before their contents.
    private const int ReferenceLength = 4, ArrayHead = 12, ObjectLength = 12;

    // What data gathering is given, and does not own.
    private static readonly Type[] Others = [typeof(Fls), typeof(NvM), typeof(Dem), typeof(CanIf), typeof(IMcu), typeof(IApplicationLoader)];

    [Theory]
    [InlineData("motor")]
    [InlineData("climate")]
    [InlineData("emulator")]
    public void What_is_reckoned_for_an_ECU_of_nf_config_is_not_less_than_what_it_keeps(string name) => Check(NfConfig.Load(Repository.PathOf("nf.config")).Ecu(name));

    [Theory]
    [InlineData(40)]
    [InlineData(200)]
    public void The_same_for_one_that_is_full_of_signals(int signals) => Check(new ManyConfig { Ecus = 4, Signals = signals }.Read()[0]);

    private void Check(EcuDefinition ecu)
    {
        VirtualTime time = new();
        VirtualEcu virtualEcu = VirtualEcu.Create(new VirtualBus(time, (int)ecu.Bus.BitRate), ecu, new VirtualEcuOptions());
        virtualEcu.PowerOn();
        time.RunUntil(2 * VirtualTime.NsPerSecond);
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        long kept = LengthOf(((EcuMAgent)virtualEcu.Agent!).EcuM.Data, seen);
        uint sectors = ecu.Config.Fls.ReportLog.Length / ecu.FlashPart.SectorLength;
        uint reckoned = DataMemory.LengthOf(ecu.Config.Data, sectors);
        output.WriteLine($"{ecu.Name}: {kept} kept, {reckoned} reckoned; {DataMemory.SumOf(ecu.Config.Data, sectors)}");
        Assert.InRange(kept, 1000, reckoned);
        Assert.InRange(reckoned, kept, kept * 3 / 2);
    }

    // Of an object the fields that are no references are in its twelve bytes for each, references behind them.
    private static long LengthOf(object item, HashSet<object> seen)
    {
        Type type = item.GetType();
        if (item is string or Type or Delegate || Others.Any(other => other.IsAssignableFrom(type)) || !seen.Add(item))
        {
            return 0;
        }

        if (item is Array array)
        {
            Type element = type.GetElementType()!;
            return element.IsPrimitive || element.IsEnum
                ? ArrayHead + (array.LongLength * Marshal.SizeOf(element.IsEnum ? Enum.GetUnderlyingType(element) : element == typeof(bool) ? typeof(byte) : element))
                : ArrayHead + (array.LongLength * ReferenceLength) + array.Cast<object?>().Sum(one => one is null ? 0 : LengthOf(one, seen));
        }

        long length = 0;
        for (Type? level = type; level is not null && level != typeof(object); level = level.BaseType)
        {
            foreach (FieldInfo field in level.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                length += ObjectLength;
                length += !field.FieldType.IsValueType && field.GetValue(item) is { } inner ? LengthOf(inner, seen) : 0;
            }
        }

        return length;
    }
}
