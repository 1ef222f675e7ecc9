// What a fresh clone sees where reference data is absent.
using Xunit;

namespace EsyncTests;

public sealed class ReferenceDataTests
{
    [Fact]
    public void A_test_that_needs_absent_data_is_skipped_with_a_reason_that_the_gate_knows()
    {
        // .ci/run lets tests be skipped for this reason only.
        // Caught by hand: xunit's own Record.Exception lets a skip through.
        string reason = "";
        try
        {
            ReferenceData.Require("no-such-listing/x.txt");
        }
        catch (Exception skip)
        {
            reason = skip.Message;
        }

        Assert.Contains("absent: reference data no-such-listing/x.txt", reason);
    }

    [Fact]
    public void Data_that_is_there_is_found_beside_the_repository()
    {
        string folder = Path.Combine(Path.GetDirectoryName(Repository.Root)!, ReferenceData.Folder);
        Assert.Equal(Directory.Exists(folder), ReferenceData.Find("") is not null);
    }
}
