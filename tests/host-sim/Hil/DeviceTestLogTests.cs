// What the unit test launcher prints, turned into results; and every way in which a recording can be less than it seems.
using System.Text;
using EsyncSim.Hil;
using Xunit;

namespace EsyncTests.HostSim.Hil;

public sealed class DeviceTestLogTests
{
    [Fact]
    public void Each_line_is_a_test_and_what_was_printed_before_it_is_its_output()
    {
        HilCase[] cases = Read(
            """
            Ready.
            sha256: 119 IL per byte
            Test passed,NFUnitTest.Sha256Tests.Vectors.0,12500000
            Test failed,NFUnitTest.NvMTests.Newest_copy_wins.0,expected 3, found 2
            Test skipped,NFUnitTest.MemoryTests.Heap.1,no PSRAM
            Done.
            """);
        Assert.Equal(
            [
                new HilCase("NFUnitTest.Sha256Tests", "Vectors.0", HilEnd.Passed, 1.25, "", "sha256: 119 IL per byte"),
                new HilCase("NFUnitTest.NvMTests", "Newest_copy_wins.0", HilEnd.Failed, 0, "expected 3, found 2"),
                new HilCase("NFUnitTest.MemoryTests", "Heap.1", HilEnd.Skipped, 0, "no PSRAM"),
                new HilCase("recording", "is whole", HilEnd.Passed, 0, "", "Done."),
            ],
            cases);
    }

    [Fact]
    public void A_line_behind_other_text_and_an_empty_message_are_read_too()
    {
        HilCase[] cases = Read("Ready.\nprogress 1 2 3 Test passed,A.B.c.0,0\nTest failed,A.B.d.0,\nDone.");
        Assert.Equal((HilEnd.Passed, "progress 1 2 3 "), (cases[0].End, cases[0].Output));
        Assert.Equal((HilEnd.Failed, "no message"), (cases[1].End, cases[1].Message));
    }

    [Theory]
    [InlineData("Test passed,A.B.c.0")]
    [InlineData("Test passed,A.B.c.0,soon")]
    [InlineData("Test passed,nonsense,1")]
    [InlineData("Test passed")]
    public void What_only_looks_like_a_result_is_none(string line)
    {
        Assert.Equal("recording", Assert.Single(Read($"Ready.\n{line}\nDone.")).Class);
    }

    [Theory]
    [InlineData("Test passed,A.B.c.0,1\nDone.", "\"Ready.\" is missing")]
    [InlineData("Ready.\nTest passed,A.B.c.0,1", "\"Done.\" is missing")]
    [InlineData("Ready.\nDone.", "reported no test")]
    [InlineData("Ready.\nReady.\nTest passed,A.B.c.0,1\nDone.", "started 2 times")]
    [InlineData("Ready.\nTest passed,A.B.c.0,1\nTest failed,A.B.c.0,x\nDone.", "A.B.c.0 reported more than once")]
    [InlineData("", "\"Ready.\" is missing")]
    public void A_recording_that_is_not_whole_is_an_error(string text, string problem)
    {
        HilCase last = Read(text)[^1];
        Assert.Equal(HilEnd.Error, last.End);
        Assert.Contains(problem, last.Message);
    }

    [Fact]
    public void A_test_that_did_not_report_is_missed_when_their_number_is_known()
    {
        const string Text = "Ready.\nTest passed,A.B.c.0,1\nDone.";
        Assert.Equal(HilEnd.Passed, Read(Text, new DeviceTestExpectation(TestsExpected: 1))[^1].End);
        Assert.Equal("1 tests reported instead of 2", Read(Text, new DeviceTestExpectation(TestsExpected: 2))[^1].Message);
    }

    [Fact]
    public void After_a_restart_by_the_rack_only_the_last_start_counts()
    {
        HilCase[] cases = Read("Ready.\nTest failed,A.B.c.0,x\nReady.\nTest passed,A.B.c.0,1\nDone.", new DeviceTestExpectation(RestartsMax: 1));
        Assert.Equal([HilEnd.Passed, HilEnd.Passed], cases.Select(one => one.End));
    }

    // Found by fuzzing: the text so far was put together again for each line.
    [Fact]
    public void Memory_grows_with_the_length_of_a_recording_and_not_with_its_square()
    {
        static long Allocated(int lines)
        {
            string text = "Ready.\n" + string.Concat(Enumerable.Repeat("a line\n", lines)) + "Done.";
            Read(text);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Read(text);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.InRange(Allocated(4000), 1, 5 * Allocated(1000));
    }

    private static HilCase[] Read(string text, DeviceTestExpectation? expected = null) =>
        [.. DeviceTestLog.Read(Encoding.UTF8.GetBytes(text), expected ?? new DeviceTestExpectation())];
}
