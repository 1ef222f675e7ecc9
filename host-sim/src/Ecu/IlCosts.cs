// The price list of a virtual ECU: IL instructions per operation, and the time of what is native.
// The figures under "il" are measured (tests/IlCounter writes them, a test compares); those under "native" are
// estimates of real parts, each with its reason beside it in the file.
// Invariant: every operation has a figure; an unknown name is an error.
// Tests: tests/host-sim/Ecu/IlCostsTests.cs.
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EsyncSim.Ecu;

/// <summary>Costs by operation.</summary>
public sealed class IlCosts
{
    /// <summary>Where the table lies, from the repository's root.</summary>
    public const string RepositoryPath = "host-sim/src/Ecu/il-costs.json";

    private readonly int[] _il = new int[Operations.Length];

    private IlCosts()
    {
    }

    /// <summary>All operations in the order of the table.</summary>
    public static IlOperation[] Operations { get; } = Enum.GetValues<IlOperation>();

    /// <summary>The committed table.</summary>
    public static IlCosts Committed { get; } = Parse(ReadResource());

    /// <summary>IL instructions that the interpreter executes in a second.</summary>
    public double IlPerSecond { get; private init; }

    /// <summary>Fixed time of one native HMAC call, in nanoseconds.</summary>
    public long HmacCallNs { get; private init; }

    /// <summary>Further time per byte of HMAC input, in nanoseconds.</summary>
    public long HmacByteNs { get; private init; }

    /// <summary>Fixed time of one native AES call, in nanoseconds.</summary>
    public long AesCallNs { get; private init; }

    /// <summary>Further time per byte of AES, in nanoseconds.</summary>
    public long AesByteNs { get; private init; }

    /// <summary>Time of one SPI transaction besides its bytes, in nanoseconds.</summary>
    public long SpiTransactionNs { get; private init; }

    /// <summary>Time of one byte on the flash's SPI, in nanoseconds.</summary>
    public long SpiByteNs { get; private init; }

    /// <summary>Time to find a file of littlefs and to open it, in nanoseconds.</summary>
    public long FileLookUpNs { get; private init; }

    /// <summary>Further time per byte read from a file, in nanoseconds.</summary>
    public long FileByteNs { get; private init; }

    /// <summary>Further time to write a file of one block and to close it, in nanoseconds.</summary>
    public long FileWriteNs { get; private init; }

    /// <summary>Further time to remove a file, in nanoseconds.</summary>
    public long FileDeleteNs { get; private init; }

    /// <summary>IL instructions of an operation.</summary>
    public int this[IlOperation operation] => _il[(int)operation];

    /// <summary>Costs that charge the same for every turn of the loop and nothing else: for measuring, and for tests of other things.</summary>
    public static IlCosts Flat(int ilPerLoop)
    {
        IlCosts costs = new() { IlPerSecond = 2_400_000 };
        costs._il[(int)IlOperation.Loop] = ilPerLoop;
        costs._il[(int)IlOperation.StartUpLoop] = ilPerLoop;
        return costs;
    }

    /// <summary>Name of an operation in the table: <c>ReceiveConsecutive</c> is <c>receiveConsecutive</c>.</summary>
    public static string NameOf(IlOperation operation) => JsonNamingPolicy.CamelCase.ConvertName(operation.ToString());

    /// <summary>Reads a table; throws <see cref="InvalidDataException"/> when a figure is missing or a name unknown.</summary>
    public static IlCosts Parse(string json)
    {
        JsonNode root = JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip })
            ?? throw new InvalidDataException($"{RepositoryPath} is empty");
        JsonNode native = root["native"] ?? throw new InvalidDataException($"{RepositoryPath} has no `native`");
        IlCosts costs = new()
        {
            IlPerSecond = Number(native, "ilPerSecond"),
            HmacCallNs = Number(native, "hmacCallNs"),
            HmacByteNs = Number(native, "hmacByteNs"),
            AesCallNs = Number(native, "aesCallNs"),
            AesByteNs = Number(native, "aesByteNs"),
            SpiTransactionNs = Number(native, "spiTransactionNs"),
            SpiByteNs = Number(native, "spiByteNs"),
            FileLookUpNs = Number(native, "fileLookUpNs"),
            FileByteNs = Number(native, "fileByteNs"),
            FileWriteNs = Number(native, "fileWriteNs"),
            FileDeleteNs = Number(native, "fileDeleteNs"),
        };
        JsonObject il = root["il"] as JsonObject ?? throw new InvalidDataException($"{RepositoryPath} has no `il`");
        foreach (IlOperation operation in Operations)
        {
            costs._il[(int)operation] = Number(il, NameOf(operation));
        }

        string? unknown = il.Select(row => row.Key).Except(Operations.Select(NameOf)).FirstOrDefault();
        return unknown == null ? costs : throw new InvalidDataException($"{RepositoryPath}: `{unknown}` is no operation");
    }

    /// <summary>Time of so many instructions, in nanoseconds.</summary>
    public long IlToNs(long il) => (long)(il * (1e9 / IlPerSecond));

    private static int Number(JsonNode node, string name) =>
        node[name]?.GetValue<int>() ?? throw new InvalidDataException($"{RepositoryPath}: `{name}` is missing");

    private static string ReadResource()
    {
        using Stream stream = typeof(IlCosts).Assembly.GetManifestResourceStream("il-costs.json")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
