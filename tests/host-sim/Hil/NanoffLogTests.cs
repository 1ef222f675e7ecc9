// nanoff's outcome from its output and its exit code, of which Linux passes on eight bits.
using EsyncSim.Hil;
using Xunit;

namespace EsyncTests.HostSim.Hil;

public sealed class NanoffLogTests
{
    internal const string Good = "Connected to:\nESP32 (ESP32-D0WDQ6 (revision v3))\nFlashing firmware...OK\n";

    [Fact]
    public void Success_is_exit_code_0_and_no_line_that_says_otherwise()
    {
        Assert.Empty(NanoffLog.Problem(0, Good));
    }

    [Theory]
    [InlineData(4003, "Flashing firmware...\nError E4003: Failed to write new firmware to ESP32. (timeout)\n", "E4003: Failed to write new firmware to ESP32. (timeout)")]
    [InlineData(9000, "\u001b[31mError E9000: Invalid or missing arguments.\u001b[37m\r\n", "E9000: Invalid or missing arguments.")]
    [InlineData(6000, "E6000\n", "E6000")]
    [InlineData(5001, "", "exit code 137, which is E5001 without its thousands")]
    [InlineData(1, "Unhandled exception.\n", "exit code 1")]
    public void A_failure_is_told_in_nanoffs_own_words_or_by_its_number(int number, string output, string problem)
    {
        Assert.Equal(problem, NanoffLog.Problem(number & 0xFF, output));
    }

    [Theory]
    [InlineData("No operation was performed with the options supplied.\n", "nanoff did nothing")]
    [InlineData(Good + "The connected device is in 'download mode'.\nPlease reset the chip manually to run nanoCLR.\n", "until somebody resets it")]
    public void Exit_code_0_is_no_success_when_the_board_does_not_run(string output, string problem)
    {
        Assert.Contains(problem, NanoffLog.Problem(0, output));
    }

    [Fact]
    public void An_exit_code_stands_for_one_error_number_and_none_for_success()
    {
        int[] numbers = [.. NanoffLog.AllNumbers()];
        Assert.Equal(numbers.Length, numbers.Select(number => number & 0xFF).Distinct().Count());
        Assert.DoesNotContain(numbers, number => (number & 0xFF) == 0);
        Assert.Equal(9015, NanoffLog.NumberOf(9015 & 0xFF));
        Assert.Null(NanoffLog.NumberOf(1));
    }
}
