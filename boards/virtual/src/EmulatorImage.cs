// An application image of the emulator: the header of an application bundle, whose entry class chooses the compiled-in
// application, and a filler as long as an assembly would be. Made on the fly, a piece at a time, the same bytes wherever
// it is made, so that nobody needs room for it and the chunk tags of the signed manifest fit.
// Invariant: pieces are read in order, from the start or from where Seek was told.
// Clause: agent-firmware/PROTOCOL.md, "Application bundle".
// Tests: tests/boards/virtual/EmulatorImageTests.cs.
using System;

namespace EsyncAgent.Emulator;

/// <summary>Source of one image's bytes.</summary>
public sealed class EmulatorImage
{
    /// <summary>Bytes of a bundle's header with one section.</summary>
    public const int HeaderLength = 116;

    /// <summary>Runtime in the header: nanoFramework, wherever the emulator runs.</summary>
    public const byte Runtime = 2;

    /// <summary>Application contract version in the header.</summary>
    public const ushort ContractVersion = 2;

    /// <summary>Offset of the entry class in the header, text padded with 00 to <see cref="EntryClassLength"/>.</summary>
    public const int EntryClassOffset = 40;

    /// <summary>Room for the entry class in bytes.</summary>
    public const int EntryClassLength = 64;

    /// <summary>Offset of the application version in the header, text padded with 00 to <see cref="VersionLength"/>.</summary>
    public const int VersionOffset = 12;

    /// <summary>Room for the version in bytes.</summary>
    public const int VersionLength = 24;

    /// <summary>First four bytes: "ESAB".</summary>
    public const uint Magic = 0x45534142;

    /// <summary>Bundle format.</summary>
    public const byte Format = 1;

    private const int SectionCountOffset = 36;
    private const int SectionOffset = 104;
    private const uint AssemblyKind = 1;

    private readonly byte[] _header = new byte[HeaderLength];
    private readonly uint _seed;
    private PseudoRandom _filler;
    private int _position;

    /// <summary>
    /// The image of a version; <paramref name="entryClass"/> chooses the application, <paramref name="length"/> is a
    /// multiple of 4 above <see cref="HeaderLength"/>, and <paramref name="seed"/>, not 0, decides the filler.
    /// </summary>
    public EmulatorImage(string version, string entryClass, int length, uint seed)
    {
        Length = length;
        _seed = seed;
        BigEndian.WriteU32(_header, 0, Magic);
        _header[4] = Format;
        _header[5] = Runtime;
        BigEndian.WriteU16(_header, 6, ContractVersion);
        BigEndian.WriteU32(_header, 8, (uint)length);
        WriteText(version, _header, VersionOffset);
        _header[SectionCountOffset] = 1;
        WriteText(entryClass, _header, EntryClassOffset);
        BigEndian.WriteU32(_header, SectionOffset, AssemblyKind);
        BigEndian.WriteU32(_header, SectionOffset + 4, HeaderLength);
        BigEndian.WriteU32(_header, SectionOffset + 8, (uint)(length - HeaderLength));
        Seek(0);
    }

    /// <summary>Length of the image in bytes.</summary>
    public int Length { get; }

    /// <summary>The next <see cref="Read"/> begins here, a multiple of 4 up to <see cref="Length"/>.</summary>
    public void Seek(int position)
    {
        _filler = new PseudoRandom(_seed);
        for (_position = HeaderLength; _position < position; _position += 4)
        {
            _filler.Next();
        }

        _position = position;
    }

    /// <summary>Writes the next <paramref name="count"/> bytes, a multiple of 4 up to the image's end.</summary>
    public void Read(byte[] into, int offset, int count)
    {
        int ofHeader = HeaderLength - _position;
        if (ofHeader > 0)
        {
            ofHeader = count < ofHeader ? count : ofHeader;
            Array.Copy(_header, _position, into, offset, ofHeader);
            _position += ofHeader;
            offset += ofHeader;
            count -= ofHeader;
        }

        _filler.Fill(into, offset, count);
        _position += count;
    }

    private static void WriteText(string text, byte[] into, int offset)
    {
        for (int i = 0; i < text.Length; i++)
        {
            into[offset + i] = (byte)text[i];
        }
    }
}
