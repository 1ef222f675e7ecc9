// The signals of one ECU by their data identifiers, and the identifier of the whole table, by which ECU, rules and reports show
// that they mean the same one.
// Invariants: ascending by DID, each once.
// Tests: tests/host-sim/Data/SignalCatalogueTests.cs.
using System.Buffers.Binary;
using System.Text;
using EsyncAgent;

namespace EsyncSim.Data;

/// <summary>Signals of one ECU.</summary>
public sealed class SignalCatalogue
{
    private readonly Dictionary<ushort, SignalDefinition> _signals;

    /// <summary>Makes a catalogue.</summary>
    /// <exception cref="ArgumentException">A DID is there twice.</exception>
    public SignalCatalogue(IEnumerable<SignalDefinition> signals)
    {
        Signals = [.. signals.OrderBy(signal => signal.Did)];
        _signals = Signals.ToDictionary(signal => signal.Did);
        TableId = IdOf(Signals);
    }

    /// <summary>The signals, ascending by DID.</summary>
    public IReadOnlyList<SignalDefinition> Signals { get; }

    /// <summary>signalTableId: CRC-32 over DID, type, factor, offset and path of each signal.</summary>
    public uint TableId { get; }

    /// <summary>The signal of a DID; null when it is none.</summary>
    public SignalDefinition? Find(ushort did) => _signals.GetValueOrDefault(did);

    private static uint IdOf(IReadOnlyList<SignalDefinition> signals)
    {
        using MemoryStream bytes = new();
        byte[] head = new byte[19];
        foreach (SignalDefinition signal in signals)
        {
            BinaryPrimitives.WriteUInt16BigEndian(head, signal.Did);
            head[2] = (byte)signal.Type;
            BinaryPrimitives.WriteDoubleBigEndian(head.AsSpan(3), signal.Factor);
            BinaryPrimitives.WriteDoubleBigEndian(head.AsSpan(11), signal.Offset);
            bytes.Write(head);
            bytes.Write(Encoding.ASCII.GetBytes(signal.Path));
            bytes.WriteByte(0);
        }

        return Crc32.Compute(bytes.GetBuffer(), 0, (int)bytes.Length);
    }
}
