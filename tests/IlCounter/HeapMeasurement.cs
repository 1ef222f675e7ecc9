// What the agent holds after construction, by walking from EcuM through everything that it refers to, with the target's sizes.
// An object counts for the module whose method made it, once, wherever it is used; static fields for their class, and so do those
// in which the compiler keeps what arrays begin with: the interpreter gives each a block as well. What the agent did not make
// is its configuration, or a port: ports are the board's, and not looked into.
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

    /// <summary>Maker of the fields in which the compiler keeps what arrays begin with.</summary>
    public const string Initializers = "initializers";

    // The class that the compiler adds for them.
    private const string InitializerClass = "<PrivateImplementationDetails>";

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
        Dictionary<string, long> figures = [];
        foreach (Type type in AgentTypes())
        {
            int count = StaticFieldsOf(type).Count();
            if (count != 0)
            {
                figures[$"static|{type.Name}"] = count * TargetLayout.Block;
            }
        }

        figures[$"static|{Initializers}"] = StaticFieldsOf(typeof(EcuM).Assembly.GetType(InitializerClass, true)!).Count() * TargetLayout.Block;
        foreach (Held held in Walk(methods, ecu, parts))
        {
            Add(figures, held.Item, held.Maker);
        }

        return figures;
    }

    /// <summary>The same one by one: "bytes, maker, what it is, the shortest way to it from EcuM or from a static field", a tab between them, the largest first.</summary>
    public static string[] Objects(long[] counts, string[] methods, string ecu, string parts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        return [.. Walk(methods, ecu, parts)
            .OrderByDescending(held => TargetLayout.SizeOf(held.Item)).ThenBy(held => held.Path, StringComparer.Ordinal)
            .Select(held => $"{TargetLayout.SizeOf(held.Item)}\t{held.Maker}\t{Describe(held.Item)}\t{held.Path}")];
    }

    // Breadth first, so that the way to an object is the shortest.
    private static IEnumerable<Held> Walk(string[] methods, string ecu, string parts)
    {
        EcuDefinition definition = NfConfig.Load(Path.Combine(AgentCompiler.RepositoryRoot, NfConfig.FileName)).Ecu(ecu);
        AgentParts.Keep(definition.Config, parts);
        (EcuM agent, AllocationLog log) = Build(definition);
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        Queue<Held> open = new([new Held(agent, nameof(EcuM), nameof(EcuM)), .. OfStatics()]);
        while (open.TryDequeue(out Held held))
        {
            int? method = log.MakerOf(held.Item);
            bool isOurs = method != null || held.Item is Array or string || held.Item.GetType().Assembly == typeof(EcuM).Assembly;
            if (isOurs && seen.Add(held.Item))
            {
                held = method == null ? held : held with { Maker = methods[method.Value].Split('.')[0] };
                yield return held;

                // What static fields hold was made before anybody looked: it is their class's.
                string maker = method == null && held.Maker != nameof(EcuM) ? held.Maker : Configuration;
                foreach ((string name, object referred) in TargetLayout.ReferredBy(held.Item))
                {
                    open.Enqueue(new Held(referred, maker, held.Path + name));
                }
            }
        }
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

    private static IEnumerable<Held> OfStatics() => AgentTypes()
        .SelectMany(StaticFieldsOf)
        .Where(field => field.GetValue(null) is not (null or ValueType))
        .Select(field => new Held(field.GetValue(null)!, field.DeclaringType!.Name, $"{field.DeclaringType.Name}.{field.Name}"));

    private static IEnumerable<Type> AgentTypes() => typeof(EcuM).Assembly.GetTypes().Where(type => type.Namespace == nameof(EsyncAgent));

    private static IEnumerable<FieldInfo> StaticFieldsOf(Type type) => type.GetFields(Static).Where(field => !field.IsLiteral);

    private static string Describe(object item) => item switch
    {
        Array array => $"{array.GetType().GetElementType()!.Name}[{array.Length}]",
        string text => $"\"{text}\"",
        _ => item.GetType().Name,
    };

    private readonly record struct Held(object Item, string Maker, string Path);
}
