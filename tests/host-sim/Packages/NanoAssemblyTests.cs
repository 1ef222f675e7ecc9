// A .pe file read back, and what is none: each refusal says what is wrong and what to do, and no file makes the reader throw.
using System.Buffers.Binary;
using EsyncSim.Packages;
using Xunit;

namespace EsyncTests.HostSim.Packages;

public sealed class NanoAssemblyTests
{
    [Fact]
    public void The_CRC_of_the_test_files_is_the_published_one() => Assert.Equal(0x89A1897Fu, PeFile.Crc("123456789"u8)); // of CRC-32/CKSUM, before its inversion

    [Fact]
    public void A_file_says_its_name_version_references_and_types()
    {
        PeFile file = PeFile.Application("Fan", "Maps")
            .Define("Fan", "Table", PeFile.ValueType, (PeFile.StaticConstructor, 0))
            .Define("", "Free", PeFile.Abstract, (PeFile.PublicConstructor, 1), (PeFile.PublicMethod, 3));
        NanoAssembly assembly = Good(file.Define(0, file.Text("Inner"), enclosing: 0, PeFile.Class, (PeFile.PrivateConstructor, 1)).Build());

        Assert.Equal(("Fan", new Version(2, 0, 0, 0), false), (assembly.Name, assembly.Version, assembly.HasNativeMethods));
        Assert.Equal([new("mscorlib", new(1, 17, 11, 0)), new("EsyncAgent.App", new(2, 0, 0, 0)), new("Maps", new(1, 2, 3, 4))], assembly.References);
        Assert.Equal(
            [
                new("Fan.Application", IsConcreteClass: true, HasPublicConstructor: true, HasStaticConstructor: false),
                new("Fan.Table", IsConcreteClass: false, HasPublicConstructor: false, HasStaticConstructor: true),
                new("Free", IsConcreteClass: false, HasPublicConstructor: true, HasStaticConstructor: false),
                new("Fan.Application+Inner", IsConcreteClass: true, HasPublicConstructor: false, HasStaticConstructor: false),
            ],
            assembly.Types);
    }

    [Fact]
    public void Names_of_the_runtimes_own_table_are_known_or_shown_as_what_they_are()
    {
        PeFile file = new("Fan", "1.0.0.0") { NativeChecksum = 1 };
        NanoAssembly assembly = Good(file.Refer(0xFFFF - 0x1D7, "1.1.52.0").Refer(0xFFFF - 0x1CF, "1.0.0.0").Define(file.Text("Fan"), PeFile.Timer, PeFile.TopLevel, PeFile.Class).Build());

        Assert.Equal(["System.Threading", "(standard string 1CF)"], assembly.References.Select(reference => reference.Name));
        Assert.Equal("Fan.?", assembly.Types.Single().FullName);
        Assert.True(assembly.HasNativeMethods);
    }

    [Fact]
    public void A_constructor_with_arguments_is_not_the_one_that_is_wanted()
    {
        NanoAssembly assembly = Good(new PeFile("A", "1.0.0.0").Define("A", "B", PeFile.Class, (PeFile.PublicConstructor, 2)).Build());
        Assert.False(assembly.Types.Single().HasPublicConstructor);
    }

    // Offset, new value, whether the CRCs are made right again, and what is said.
    [Theory]
    [InlineData(0, 0x4D, false, "does not begin with NFMRK1")]
    [InlineData(5, 0x32, false, "another nanoFramework")]
    [InlineData(6, 0x31, false, "another nanoFramework")]
    [InlineData(38, 0x02, true, "another nanoFramework")]
    [InlineData(28, 0x07, false, "CRC of its header is wrong")]
    [InlineData(12, 0x07, false, "CRC of its header is wrong")]
    [InlineData(130, 0x07, false, "its CRC is wrong")]
    [InlineData(16, 0x01, true, "asks for a reboot")]
    [InlineData(17, 0x01, true, "its flags are 00000100")]
    [InlineData(40, 0x80, true, "table 0 starts at 128")]
    [InlineData(44, 0x78, true, "table 1 starts at 120")]
    [InlineData(44, 0x95, true, "table 1 starts at 149")]
    [InlineData(47, 0x01, true, "table 1 starts at 16777364")]
    [InlineData(108, 0x04, true, "table 0 has a padding of 4")]
    [InlineData(109, 0x01, true, "table 1 has a padding of 1")]
    [InlineData(108, 0x01, true, "records of 12")]
    [InlineData(36, 0xF0, true, "no name")]
    [InlineData(124, 0x00, true, "reference 0 has no name")]
    public void A_wrong_byte_is_refused_with_its_reason(int offset, byte value, bool isSealed, string reason)
    {
        byte[] file = PeFile.Application().Build();
        file[offset] = value;
        file[125] = offset == 124 ? (byte)0 : file[125];
        Assert.Contains(reason, NanoAssembly.TryParse(isSealed ? PeFile.Seal(file) : file, out NanoAssembly? assembly));
        Assert.Null(assembly);
    }

    [Fact]
    public void A_NET_assembly_is_told_from_a_foreign_file_and_the_pe_file_is_asked_for()
    {
        string dll = NanoAssembly.TryParse(File.ReadAllBytes(typeof(NanoAssembly).Assembly.Location), out _)!;
        Assert.Contains("it is a .NET assembly", dll);
        Assert.Contains(".pe file of the same name", dll);
        Assert.Contains("bin/Release", NanoAssembly.TryParse([], out _));
    }

    [Fact]
    public void A_file_for_big_endian_processors_is_told_by_its_string_table_version()
    {
        byte[] file = PeFile.Application().Build();
        file.AsSpan(38, 2).Reverse();
        Assert.Contains("big-endian", NanoAssembly.TryParse(file, out _));
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused_and_so_is_one_with_bytes_behind_it()
    {
        byte[] file = PeFile.Application().Build();
        for (int length = 6; length < file.Length; length++)
        {
            Assert.Contains("truncated", NanoAssembly.TryParse(file.AsSpan(0, length), out _));
        }

        Assert.Contains("bytes behind its end", NanoAssembly.TryParse([.. file, 0], out _));
    }

    [Fact]
    public void No_single_bit_can_be_wrong_unseen()
    {
        byte[] file = PeFile.Application().Build();
        for (int bit = 0; bit < file.Length * 8; bit++)
        {
            file[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotNull(NanoAssembly.TryParse(file, out _));
            file[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Good(file);
    }

    [Fact]
    public void Types_that_enclose_each_other_end()
    {
        PeFile file = new("A", "1.0.0.0");
        file.Define(0, file.Text("B"), enclosing: 1, PeFile.Class).Define(0, file.Text("C"), enclosing: 0, PeFile.Class);
        Assert.Contains("malformed", NanoAssembly.TryParse(file.Build(), out _));
    }

    // Found by fuzzing: many types with one long name took memory by the square of the file's length.
    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void A_name_has_255_bytes_at_the_most(int length, bool isGood)
    {
        PeFile file = new("A", "1.0.0.0");
        file.Define("N", new string('B', length), PeFile.Class);
        Assert.Equal(isGood, NanoAssembly.TryParse(file.Build(), out _) is null);
    }

    [Fact]
    public void Whatever_stands_behind_right_CRCs_nothing_is_thrown()
    {
        byte[] good = PeFile.Application("Fan", "Maps").Define("Fan", "Table", PeFile.ValueType, (PeFile.StaticConstructor, 0)).Build();
        Random random = new(3);
        int accepted = 0;
        const int Rounds = 4000;
        for (int i = 0; i < Rounds; i++)
        {
            byte[] file = [.. good];
            int at = random.Next(28, file.Length - 4);
            BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), (ushort)random.Next(i % 2 == 0 ? 0x10000 : file.Length));
            string? trouble = NanoAssembly.TryParse(PeFile.Seal(file), out NanoAssembly? assembly);
            Assert.Equal(trouble is null, assembly is not null);
            accepted += trouble is null ? 1 : 0;
        }

        Assert.InRange(accepted, 1, Rounds - 1);
    }

    private static NanoAssembly Good(byte[] file)
    {
        Assert.Null(NanoAssembly.TryParse(file, out NanoAssembly? assembly));
        return assembly!;
    }
}
