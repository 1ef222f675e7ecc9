// `esync package diff` as a user runs it.
using System.Text.Json;
using EsyncSim;
using EsyncSim.Cli;
using EsyncSim.Delta;
using Xunit;

namespace EsyncTests.HostSim.Delta;

public sealed class PackageDiffTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly byte[] _old = new byte[20_000];
    private readonly byte[] _new;

    public PackageDiffTests()
    {
        new Random(4).NextBytes(_old);
        _new = [.. _old.AsSpan(0, 9000), .. new byte[700], .. _old.AsSpan(9000)];
        File.WriteAllBytes(_folder["old.bin"], _old);
        File.WriteAllBytes(_folder["new.bin"], _new);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Sizes_are_told_and_the_patch_is_written()
    {
        (int code, string output, string error) = await RunAsync(_folder["old.bin"], _folder["new.bin"], "--json", _folder["sizes.json"], "--out", _folder["patch"]);

        Assert.True(code == ExitCode.Ok, error);
        byte[] patch = File.ReadAllBytes(_folder["patch"]);
        Assert.Equal(_new, SequentialPatch.Apply(_old, patch));
        JsonElement sizes = JsonDocument.Parse(File.ReadAllBytes(_folder["sizes.json"])).RootElement;
        Assert.Equal(_new.Length, sizes.GetProperty("full").GetInt32());
        Assert.Equal(patch.Length, sizes.GetProperty("delta").GetInt32());
        Assert.InRange(patch.Length, 10, 400);
        Assert.InRange(sizes.GetProperty("heatshrink").GetInt32(), 20_000, 23_000);
        Assert.Contains("/", sizes.GetProperty("deltaParameters").GetString());
        Assert.True(sizes.GetProperty("seconds").GetDouble() >= 0);
        Assert.Contains("delta + heatshrink", output);
        Assert.Contains("20,700", output);
    }

    [Fact]
    public async Task A_smaller_window_bounds_what_an_ECU_must_keep()
    {
        (int code, _, _) = await RunAsync(_folder["old.bin"], _folder["new.bin"], "--window-bits", "6", "--out", _folder["patch"]);

        Assert.Equal(ExitCode.Ok, code);
        byte[] patch = File.ReadAllBytes(_folder["patch"]);
        int at = Array.FindIndex(patch, 1, value => value < 0x80) + 1;
        Assert.InRange(HeatshrinkParameters.FromHeader(patch[at]).WindowBits, 4, 6);
    }

    [Theory]
    [InlineData("--window-bits", "16", ExitCode.BadUsage)]
    [InlineData("--out", "/no/such/folder/patch", ExitCode.BadFile)]
    public async Task What_cannot_be_meant_is_one_line(string option, string value, int expected)
    {
        (int code, _, string error) = await RunAsync(_folder["old.bin"], _folder["new.bin"], option, value);

        Assert.Equal(expected, code);
        Assert.Single(error.Trim().Split('\n'));
    }

    [Fact]
    public async Task A_missing_image_is_one_line()
    {
        (int code, _, string error) = await RunAsync(_folder["none.bin"], _folder["new.bin"]);

        Assert.Equal(ExitCode.BadFile, code);
        Assert.Contains("none.bin", error);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int code = await EsyncCommandLine.RunAsync(["package", "diff", .. arguments], output, error);
        return (code, output.ToString(), error.ToString());
    }
}
