// What a DBC file says, as far as signals are concerned. Plain data, as written: nothing here is checked against CAN.
// Must not know nf.config.
// Tests: tests/host-sim/Signals/DbcParserTests.cs.
namespace EsyncSim.Signals;

/// <summary>Something of a file that was not understood, or has no place where it goes.</summary>
/// <param name="Line">Line from 1; 0 for none.</param>
/// <param name="Text">What and why, without the line.</param>
internal sealed record DbcNote(int Line, string Text)
{
    /// <inheritdoc/>
    public override string ToString() => Line == 0 ? Text : $"line {Line}: {Text}";
}

/// <summary>How a signal's bits are read (SIG_VALTYPE_).</summary>
internal enum DbcValueType
{
    Integer,
    Float,
    Double,
}

/// <summary>Of which multiplexor a signal depends and with which values (SG_MUL_VAL_).</summary>
internal sealed record DbcMultiplexing(string Multiplexor, IReadOnlyList<(ulong First, ulong Last)> Ranges);

/// <summary>A signal (SG_).</summary>
internal sealed class DbcSignal
{
    public required string Name { get; init; }

    public required int Line { get; init; }

    /// <summary>True for M and m&lt;n&gt;M.</summary>
    public bool IsMultiplexor { get; init; }

    /// <summary>n of m&lt;n&gt;; null for a signal that is in every frame.</summary>
    public ulong? MultiplexValue { get; init; }

    public ulong StartBit { get; init; }

    public ulong Length { get; init; }

    public bool IsBigEndian { get; init; }

    public bool IsSigned { get; init; }

    public double Factor { get; init; } = 1;

    public double Offset { get; init; }

    public double Min { get; init; }

    public double Max { get; init; }

    public string Unit { get; init; } = "";

    public DbcValueType ValueType { get; set; }

    /// <summary>From SG_MUL_VAL_; null when there is none for it.</summary>
    public DbcMultiplexing? Multiplexing { get; set; }

    public string Comment { get; set; } = "";

    /// <summary>Names of raw values (VAL_), in the order of the file.</summary>
    public IReadOnlyList<(double Value, string Name)> Values { get; set; } = [];

    /// <summary>Attributes (BA_) by name.</summary>
    public Dictionary<string, string> Attributes { get; } = [];
}

/// <summary>A message (BO_).</summary>
internal sealed class DbcMessage
{
    public required string Name { get; init; }

    public required int Line { get; init; }

    /// <summary>Identifier with bit 31 set for one of 29 bits.</summary>
    public ulong MarkedIdentifier { get; init; }

    /// <summary>Bytes.</summary>
    public ulong Length { get; init; }

    public string Transmitter { get; init; } = "";

    public string Comment { get; set; } = "";

    public List<DbcSignal> Signals { get; } = [];

    /// <summary>Attributes (BA_) by name.</summary>
    public Dictionary<string, string> Attributes { get; } = [];
}

/// <summary>A file.</summary>
internal sealed class DbcFile
{
    public List<DbcMessage> Messages { get; } = [];

    /// <summary>Defaults of attributes (BA_DEF_DEF_) by name.</summary>
    public Dictionary<string, string> AttributeDefaults { get; } = [];

    /// <summary>What was not understood, in the order of the lines.</summary>
    public List<DbcNote> Notes { get; } = [];

    /// <summary>The message of an identifier; null when there is none.</summary>
    public DbcMessage? Message(ulong markedIdentifier) => Messages.Find(m => m.MarkedIdentifier == markedIdentifier);

    /// <summary>An attribute of a message, or its default; null when it has neither.</summary>
    public string? Attribute(DbcMessage message, string name) => message.Attributes.GetValueOrDefault(name) ?? AttributeDefaults.GetValueOrDefault(name);
}
