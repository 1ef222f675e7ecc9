// Takes an application bundle as it comes, chunk by chunk, and lays each assembly into an array of its own of exactly
// its length: that array is what the runtime keeps, so an image is in RAM once.
// Invariants: the header is checked before memory is asked for; nothing is written outside; never throws.
// Clause: PROTOCOL.md, "Application bundle".
// Tests: tests/boards/drivers/PeLoaderTests.cs, which compare it with host-sim's reader.
namespace EsyncAgent.Drivers;

/// <summary>An application bundle on its way into RAM.</summary>
public sealed class BundleReceiver
{
    private const int HeaderLength = 104;
    private const int SectionLength = 12;
    private const int SectionCountMax = 8;
    private const int VersionOffset = 12;
    private const int VersionLength = 24;
    private const int CountOffset = 36;
    private const int ClassOffset = 40;
    private const int ClassLength = 64;
    private const uint Magic = 0x45534142; // ESAB
    private const byte Format = 1;
    private const uint AssemblyKind = 1;

    private readonly byte[] _header = new byte[HeaderLength + (SectionCountMax * SectionLength)];
    private uint _length;
    private uint _position;
    private uint _headerEnd;
    private int _section;

    /// <summary>Why the bundle was refused, for people; null while nothing is wrong.</summary>
    public string Trouble { get; private set; }

    /// <summary>The assemblies in the order in which they are loaded; null until the header has come.</summary>
    public byte[][] Assemblies { get; private set; }

    /// <summary>True when all of the image has come.</summary>
    public bool IsComplete
    {
        get { return Trouble == null && Assemblies != null && _position == _length; }
    }

    /// <summary>Runtime that the bundle is for.</summary>
    public byte Runtime
    {
        get { return _header[5]; }
    }

    /// <summary>Version of the contract that it was compiled against.</summary>
    public ushort ContractVersion
    {
        get { return BigEndian.ReadU16(_header, 6); }
    }

    /// <summary>Full name of the entry class; it lies in the last assembly.</summary>
    public string EntryClass
    {
        get { return Text(ClassOffset, ClassLength); }
    }

    /// <summary>Starts with an image of <paramref name="imageLength"/> bytes and lets the last one go.</summary>
    public void Begin(uint imageLength)
    {
        _length = imageLength;
        _position = 0;
        _headerEnd = HeaderLength;
        _section = 0;
        Assemblies = null;
        Trouble = imageLength < HeaderLength ? "the image is shorter than a bundle's header" : null;
    }

    /// <summary>Lets the arrays go; the runtime has them.</summary>
    public void Release()
    {
        Assemblies = null;
    }

    /// <summary>Takes the next bytes; false, with a reason, when they do not fit or memory is short.</summary>
    public bool Append(byte[] data, int offset, int count)
    {
        if (Trouble == null && (uint)count > _length - _position)
        {
            Trouble = "more bytes came than the image has";
        }

        while (count > 0 && Trouble == null)
        {
            int taken = Take(data, offset, count);
            offset += taken;
            count -= taken;
        }

        return Trouble == null;
    }

    private int Take(byte[] data, int offset, int count)
    {
        if (_position < _headerEnd)
        {
            int ofHeader = Smaller(count, _headerEnd - _position);
            System.Array.Copy(data, offset, _header, (int)_position, ofHeader);
            _position += (uint)ofHeader;
            if (_position == _headerEnd)
            {
                HeaderHasCome();
            }

            return ofHeader;
        }

        if (_section == Assemblies.Length)
        {
            _position += (uint)count; // what follows the last assembly is nobody's
            return count;
        }

        uint start = SectionOffset(_section);
        if (_position < start)
        {
            int gap = Smaller(count, start - _position);
            _position += (uint)gap;
            return gap;
        }

        byte[] assembly = Assemblies[_section];
        int at = (int)(_position - start);
        int ofAssembly = Smaller(count, (uint)(assembly.Length - at));
        System.Array.Copy(data, offset, assembly, at, ofAssembly);
        _position += (uint)ofAssembly;
        _section += at + ofAssembly == assembly.Length ? 1 : 0;
        return ofAssembly;
    }

    private void HeaderHasCome()
    {
        int count = _header[CountOffset];
        if (_headerEnd == HeaderLength)
        {
            CheckHeader(count);
            _headerEnd += Trouble == null ? (uint)(count * SectionLength) : 0;
            return;
        }

        uint end = _headerEnd;
        for (int i = 0; i < count; i++)
        {
            uint offset = SectionOffset(i);
            uint length = BigEndian.ReadU32(_header, HeaderLength + (i * SectionLength) + 8);
            uint kind = BigEndian.ReadU32(_header, HeaderLength + (i * SectionLength));
            if (kind != AssemblyKind || offset % 4 != 0 || offset < end || offset > _length || length > _length - offset || length == 0)
            {
                Trouble = "section " + i.ToString() + " of the bundle is malformed";
                return;
            }

            end = offset + length;
        }

        Allocate(count);
    }

    private void CheckHeader(int count)
    {
        if (BigEndian.ReadU32(_header, 0) != Magic || _header[4] != Format)
        {
            Trouble = "the image does not start with the header of a bundle";
        }
        else if (BigEndian.ReadU32(_header, 8) != _length)
        {
            Trouble = "the bundle gives another length than the image has";
        }
        else if (count == 0 || count > SectionCountMax || _length < HeaderLength + (uint)(count * SectionLength)
            || Text(VersionOffset, VersionLength) == null || Text(ClassOffset, ClassLength) == null)
        {
            Trouble = "the bundle's header is malformed";
        }
    }

    private void Allocate(int count)
    {
        byte[][] assemblies = new byte[count][];
        for (int i = 0; i < count; i++)
        {
            uint length = BigEndian.ReadU32(_header, HeaderLength + (i * SectionLength) + 8);
            try
            {
                assemblies[i] = new byte[(int)length];
            }
            catch (System.Exception)
            {
                Trouble = "there is no free memory for an assembly of " + length.ToString() + " bytes in one piece";
                return;
            }
        }

        Assemblies = assemblies;
    }

    private uint SectionOffset(int section)
    {
        return BigEndian.ReadU32(_header, HeaderLength + (section * SectionLength) + 4);
    }

    // Text padded with 00; null when there is none, or something stands behind its end.
    private string Text(int offset, int lengthMax)
    {
        char[] text = new char[lengthMax];
        int length = 0;
        while (length < lengthMax && _header[offset + length] >= ' ' && _header[offset + length] <= '~')
        {
            text[length] = (char)_header[offset + length];
            length++;
        }

        for (int i = length; i < lengthMax; i++)
        {
            if (_header[offset + i] != 0)
            {
                return null;
            }
        }

        return length == 0 ? null : new string(text, 0, length);
    }

    private static int Smaller(int count, uint other)
    {
        return (uint)count < other ? count : (int)other;
    }
}
