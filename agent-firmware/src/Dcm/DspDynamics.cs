// The data identifiers that a tester has defined (service 2C): each a list of parts, a part being some bytes of the record of
// another identifier (ISO 14229-1:2020 §11.6). They live in memory, for the extended session.
// Invariants: parts of one identifier stand in the order in which they were defined; a defined identifier has at least one part;
// nothing is allocated after the constructor; the arrays have the sizes that nf.config gives them.
// Must not know which identifiers and lengths are good: Sid2CDynamicallyDefineDataIdentifier does.
// Tests: tests/agent-firmware/Dcm/Sid2CDynamicallyDefineDataIdentifierTests.cs.
namespace EsyncAgent;

/// <summary>Dynamically defined data identifiers.</summary>
public sealed class DspDynamics
{
    private readonly ushort[] _owners;
    private readonly ushort[] _sources;
    private readonly byte[] _positions;
    private readonly byte[] _sizes;
    private readonly int _countMax;

    /// <summary>Makes it, without any definition.</summary>
    public DspDynamics(DcmConfig config)
    {
        _countMax = config.DynamicCountMax;
        _owners = new ushort[config.DynamicPartsMax];
        _sources = new ushort[config.DynamicPartsMax];
        _positions = new byte[config.DynamicPartsMax];
        _sizes = new byte[config.DynamicPartsMax];
    }

    /// <summary>Parts of all identifiers together.</summary>
    public int PartCount { get; private set; }

    /// <summary>Goes up with every change; wraps. Who reads over several cycles begins anew when it has changed.</summary>
    public uint Revision { get; private set; }

    /// <summary>True for the identifiers that ISO 14229-1:2020 Annex C.1 sets aside for definitions, F200 to F3FF.</summary>
    public static bool IsDefinable(ushort identifier)
    {
        return identifier >> 9 == 0xF200 >> 9;
    }

    /// <summary>True when the identifier is defined.</summary>
    public bool IsDefined(ushort identifier)
    {
        return IsDefinable(identifier) && LengthOf(identifier) != 0;
    }

    /// <summary>Length of the identifier's record in bytes; 0 when it is not defined.</summary>
    public int LengthOf(ushort identifier)
    {
        int length = 0;
        for (int i = 0; i < PartCount; i++)
        {
            length += _owners[i] == identifier ? _sizes[i] : 0;
        }

        return length;
    }

    /// <summary>True when a part of the identifier comes from the application, which may answer late.</summary>
    public bool AsksApplication(ushort identifier)
    {
        for (int i = 0; i < PartCount; i++)
        {
            if (_owners[i] == identifier && DspRecords.IsOfApplication(_sources[i]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when <paramref name="parts"/> more parts of the identifier find room.</summary>
    public bool HasRoom(ushort identifier, int parts)
    {
        return PartCount + parts <= _owners.Length && (IsDefined(identifier) || CountIdentifiers() < _countMax);
    }

    /// <summary>Appends a part; there is room (<see cref="HasRoom"/>), and the size is 1 or more.</summary>
    public void Append(ushort identifier, ushort source, byte position, byte size)
    {
        _owners[PartCount] = identifier;
        _sources[PartCount] = source;
        _positions[PartCount] = position;
        _sizes[PartCount] = size;
        PartCount++;
        Revision++;
    }

    /// <summary>Forgets an identifier; nothing happens when it is not defined.</summary>
    public void Clear(ushort identifier)
    {
        int kept = 0;
        for (int i = 0; i < PartCount; i++)
        {
            if (_owners[i] != identifier)
            {
                _owners[kept] = _owners[i];
                _sources[kept] = _sources[i];
                _positions[kept] = _positions[i];
                _sizes[kept] = _sizes[i];
                kept++;
            }
        }

        PartCount = kept;
        Revision++;
    }

    /// <summary>Forgets all identifiers.</summary>
    public void ClearAll()
    {
        PartCount = 0;
        Revision++;
    }

    /// <summary>Index of the identifier's first part at <paramref name="from"/> or after it; <see cref="PartCount"/> when there is none.</summary>
    public int NextPart(ushort identifier, int from)
    {
        while (from < PartCount && _owners[from] != identifier)
        {
            from++;
        }

        return from;
    }

    /// <summary>Identifier whose record a part is taken from.</summary>
    public ushort SourceOf(int part)
    {
        return _sources[part];
    }

    /// <summary>First byte of the part in that record, counted from 1.</summary>
    public byte PositionOf(int part)
    {
        return _positions[part];
    }

    /// <summary>Bytes of the part.</summary>
    public byte SizeOf(int part)
    {
        return _sizes[part];
    }

    private int CountIdentifiers()
    {
        int count = 0;
        for (int i = 0; i < PartCount; i++)
        {
            count += NextPart(_owners[i], 0) == i ? 1 : 0;
        }

        return count;
    }
}
