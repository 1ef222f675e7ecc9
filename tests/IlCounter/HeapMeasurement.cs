// What the agent holds after construction, by walking from EcuM through everything that it refers to, with the target's sizes.
// An object counts for the module whose method made it, once, wherever it is used; static fields for their class. What the
// agent did not make is its configuration, or a port: ports are the board's, and not looked into.
// Runs inside a CountingContext. Tests: tests/host-sim/Measure/IlFigureTests.cs.
using System.Reflection;
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Config;
using EsyncSim.Ecu;
using EsyncSim.Measure;

namespace EsyncTests.IlCounting;

/// <summary>Entry point inside a <see cref="CountingContext"/>; only types of the base library go in and out.</summary>
public static class HeapMeasurement
{
    /// <summary>Maker of what was made outside of the agent.</summary>
    public const string Configuration = "configuration";

    // An array of bytes from here on is a buffer, whatever it is for.
    private const int BufferLengthMin = 1000;

    private const BindingFlags Static = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>
    /// For an agent of nf.config with some of its parts (<see cref="AgentParts"/>), bytes by "kind|maker": the kind is object, string, static,
    /// buffer, numbers or references; the maker a class or <see cref="Configuration"/>. And the largest of each type, behind "largest|".
    /// </summary>
    public static Dictionary<string, long> Figures(long[] counts, string[] methods, string ecu, string parts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        EcuDefinition definition = NfConfig.Load(Path.Combine(AgentCompiler.RepositoryRoot, NfConfig.FileName)).Ecu(ecu);
        AgentParts.Keep(definition.Config, parts);
        (EcuM agent, AllocationLog log) = Build(definition);
        Dictionary<string, long> figures = [];
        Dictionary<object, string> ofStatics = AddStatics(figures);
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        Stack<object> open = new([agent, .. ofStatics.Keys]);
        while (open.TryPop(out object? item))
        {
            int? method = log.MakerOf(item);
            bool isOurs = method != null || ofStatics.ContainsKey(item) || item is Array or string || item.GetType().Assembly == typeof(EcuM).Assembly;
            if (isOurs && seen.Add(item))
            {
                string maker = method != null ? methods[method.Value].Split('.')[0] : ofStatics.GetValueOrDefault(item) ?? (item == (object)agent ? nameof(EcuM) : Configuration);
                Add(figures, item, maker);
                foreach (object referred in TargetLayout.ReferredBy(item))
                {
                    open.Push(referred);
                    if (ofStatics.TryGetValue(item, out string? holder))
                    {
                        ofStatics.TryAdd(referred, holder);
                    }
                }
            }
        }

        return figures;
    }

    private static void Add(Dictionary<string, long> figures, object item, string maker)
    {
        int size = TargetLayout.SizeOf(item);
        string kind = item switch
        {
            byte[] when size >= BufferLengthMin => "buffer",
            Array array => array.GetType().GetElementType()!.IsValueType ? "numbers" : "references",
            string => "string",
            _ => "object",
        };
        string key = $"{kind}|{maker}", largest = $"largest|{item.GetType().Name} made by {maker}";
        figures[key] = figures.GetValueOrDefault(key) + size;
        figures[largest] = Math.Max(figures.GetValueOrDefault(largest), size);
    }

    private static (EcuM Agent, AllocationLog Log) Build(EcuDefinition definition)
    {
        EcuM? agent = null;
        AllocationLog? log = null;
        VirtualTime time = new();
        VirtualEcuOptions options = new()
        {
            Loader = () => new SilentApplication(),
            Program = (config, ports) =>
            {
                using AllocationLog allocations = log = new AllocationLog(true);
                EcuMAgent program = new(config, ports);
                agent = program.EcuM;
                return program;
            },
        };
        VirtualEcu.Create(new VirtualBus(time, (int)definition.Bus.BitRate), definition, options).PowerOn();
        time.RunFor(VirtualTime.NsPerSecond);
        return (agent!, log!);
    }

    // Objects behind static fields were made before anybody looked: they are their class's.
    private static Dictionary<object, string> AddStatics(Dictionary<string, long> figures)
    {
        Dictionary<object, string> held = new(ReferenceEqualityComparer.Instance);
        foreach (Type type in typeof(EcuM).Assembly.GetTypes().Where(type => type.Namespace == nameof(EsyncAgent)))
        {
            foreach (FieldInfo field in type.GetFields(Static).Where(field => !field.IsLiteral))
            {
                string key = $"static|{type.Name}";
                figures[key] = figures.GetValueOrDefault(key) + TargetLayout.Block;
                if (field.GetValue(null) is { } value and not ValueType)
                {
                    held[value] = type.Name;
                }
            }
        }

        return held;
    }
}
