// The emulator passes, takes the same steps in every run, stays within its heap, and says FAIL when anything is broken.
using System.Diagnostics;
using EsyncAgent;
using EsyncAgent.Emulator;
using Xunit;

namespace EsyncTests.Boards.Virtual;

public sealed class EmulatorTests(ITestOutputHelper output)
{
    private const int HeapMax = 288 * 1024;

    private readonly QuietHost _host = new();

    [Fact]
    public void All_steps_pass()
    {
        bool isPass = new EmulatorRun(_host, new PackageShelf()).Run();
        Assert.True(isPass, string.Join('\n', _host.Lines));
        Assert.Equal("EMULATOR PASS 75/75", _host.Lines[^1]);
        Assert.Equal(75, _host.Lines.Count(l => l.EndsWith(" ms", StringComparison.Ordinal)));
    }

    [Fact]
    public void Each_story_is_told_with_what_the_ECU_said()
    {
        new EmulatorRun(_host, new PackageShelf()).Run();
        string log = string.Join('\n', _host.Lines);
        Assert.Matches("confirm .0212. +1.0.0 is CONFIRMED", log);
        Assert.Contains("SelfTestFailed (34): 1.0.0 runs again, trial REJECTED", log);
        Assert.Contains("AliveLost (35): 1.0.0 runs again, trial REJECTED", log);
        Assert.Contains("refused: SignatureInvalid (5)", log);
        Assert.Matches("power lost in mid-program, after [0-9,]+ of 18,000 bytes", log);
        Assert.Matches("resumed at byte (4,096|8,192|12,288), [0-9,]+ bytes", log);
        Assert.Matches("confirm .0212. +2.0.0 is CONFIRMED", log);
        Assert.Contains("RolledBackByClient (39): 1.0.0 runs", log);
        Assert.Matches("power lost in mid-program, [0-9,]+ bytes of patch sent", log);
        Assert.Matches("resumed at byte 4,096 of the patch, [0-9,]+ bytes", log);
        Assert.Matches("confirm .0212. +2.1.0 is CONFIRMED", log);
        Assert.Contains("80.50 km/h from a frame of another ECU", log);
        Assert.Matches("10 frames in half a second", log);
        Assert.Matches("[0-9]+ records, [1-9][0-9]* of them samples, [2-9] starts, [1-9] of DTCs", log);
        Assert.Matches("[1-9][0-9]* are there, [0-9]+ made room and are counted", log);
    }

    [Fact]
    public void Two_runs_take_the_same_steps_with_the_same_results()
    {
        var again = new QuietHost();
        new EmulatorRun(_host, new PackageShelf()).Run();
        new EmulatorRun(again, new PackageShelf()).Run();
        Assert.Equal(_host.Lines, again.Lines);
    }

    [Fact]
    public void On_the_target_everything_takes_less_heap_than_it_may()
    {
        var world = new World(new PackageShelf(), new Steps(_host));
        new StoryFirstApplication(world).Run();

        // What a run holds at its fullest: the running ECU, and a package in the client's hands.
        int size = TargetHeap.SizeOf([world, world.Packages.Take(PackageShelf.Patched), world.Packages.TakePatch()], owner => owner is QuietHost);
        output.WriteLine($"{size} bytes on a 32-bit target, of which {world.Flash.Size} are the flash");
        Assert.InRange(size, (int)world.Flash.Size, HeapMax);
    }

    [Fact]
    public void More_heap_than_it_may_fails_the_run()
    {
        _host.UsedBytes = HeapMax;
        Assert.False(new EmulatorRun(_host, new PackageShelf()).Run());
        Assert.Equal("EMULATOR FAIL 74/75", _host.Lines[^1]);
        Assert.Contains("FAILED: 294,912 bytes were in use", _host.Lines[^3]);
    }

    [Fact]
    public void A_flipped_tag_in_a_manifest_fails_the_run()
    {
        // Near the envelope's end lies the chunk table: the manifest no longer has the digest that was signed.
        AssertFails(new SpoiledShelf(PackageShelf.First, envelope => envelope[^100] ^= 1), "DigestMismatch (4)", passed: 5);
    }

    [Fact]
    public void An_image_that_is_not_the_signed_one_fails_the_run()
    {
        var other = new EmulatorImage(PackageShelf.First, GoodApplication.EntryClass, 12000, 99);
        AssertFails(new SpoiledShelf(PackageShelf.First, _ => { }, other), "ChunkMismatch (25)", passed: 7);
    }

    [Fact]
    public void A_signature_that_is_good_where_a_forged_one_should_be_fails_the_run()
    {
        // Flipped here and flipped back by the story.
        AssertFails(new SpoiledShelf(PackageShelf.Second, envelope => envelope[500] ^= 1), "the result is None (0)", passed: 34);
    }

    [Fact]
    public void An_exception_inside_a_step_ends_in_a_line_and_in_FAIL()
    {
        _host.ClockRead = look =>
        {
            if (look == 21)
            {
                throw new InvalidOperationException("the clock is broken");
            }
        };
        Assert.False(new EmulatorRun(_host, new PackageShelf()).Run());
        Assert.Equal("EMULATOR FAIL 10/75", _host.Lines[^1]);
        Assert.Contains("FAILED: InvalidOperationException: the clock is broken", _host.Lines[^3]);
    }

    [Fact]
    public void The_program_ends_with_the_verdict_and_exit_code_0()
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        using Process program = Process.Start(new ProcessStartInfo(host, [typeof(EmulatorRun).Assembly.Location]) { RedirectStandardOutput = true })!;
        string log = program.StandardOutput.ReadToEnd();
        program.WaitForExit();
        Assert.EndsWith("EMULATOR PASS 75/75", log.TrimEnd());
        Assert.Equal(0, program.ExitCode);
    }

    [Fact]
    public void A_shelf_without_the_package_fails_the_run()
    {
        AssertFails(new EmptyShelf(), "there is no version", passed: 3);
    }

    private void AssertFails(PackageShelf shelf, string reason, int passed)
    {
        Assert.False(new EmulatorRun(_host, shelf).Run());
        Assert.Equal($"EMULATOR FAIL {passed}/75", _host.Lines[^1]);
        Assert.Contains("FAILED: ", _host.Lines[^3]);
        Assert.Contains(reason, _host.Lines[^3]);
    }

    private sealed class SpoiledShelf(string spoiled, Action<byte[]> spoil, EmulatorImage? image = null) : PackageShelf
    {
        public override EmulatorPackage Take(string version)
        {
            EmulatorPackage package = base.Take(version);
            if (version != spoiled)
            {
                return package;
            }

            spoil(package.Envelope);
            return image == null ? package : new EmulatorPackage(version, image, package.Envelope);
        }
    }

    private sealed class EmptyShelf : PackageShelf
    {
        public override EmulatorPackage Take(string version) => throw new EmulatorException("there is no version " + version);
    }
}
