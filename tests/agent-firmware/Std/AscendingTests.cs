// Bisection in ascending tables: every member is found, nothing else is.
using EsyncAgent;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EsyncTests.AgentFirmware.Std;

public class AscendingTests
{
    [Fact]
    public void Members_are_found_where_they_are_and_others_nowhere() => Properties.Hold(
        Properties.Numbers.ArrayOf().Zip(Properties.Numbers),
        input =>
        {
            uint[] table = [.. input.Item1.Distinct().Order()];
            Assert.All(table.Index(), entry => Assert.Equal(entry.Index, Ascending.IndexOf(table, entry.Item)));
            Assert.Equal(Array.IndexOf(table, input.Item2), Ascending.IndexOf(table, input.Item2));

            ushort[] narrow = [.. table.Select(n => (ushort)n).Distinct().Order()];
            Assert.All(narrow.Index(), entry => Assert.Equal(entry.Index, Ascending.IndexOf(narrow, entry.Item)));
            Assert.Equal(Array.IndexOf(narrow, (ushort)input.Item2), Ascending.IndexOf(narrow, (ushort)input.Item2));
        });
}
