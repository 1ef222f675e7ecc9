// The messages that host-sim/README.md shows are messages: they are read strictly, say what the page says, and the server stores them.
using System.Text;
using EsyncSim.Data;
using Xunit;

namespace EsyncTests.HostSim.Data;

public sealed class ReadmeTests
{
    private static readonly string[] Examples =
        [.. Repository.Read("host-sim/README.md").Split("### Reports")[1].Split("\n## ")[0].Split("```json\n").Skip(1).Select(part => part.Split("```")[0])];

    [Fact]
    public void The_batch_of_the_page_is_one_and_is_stored()
    {
        DataBatch? batch = DataJson.TryDecode(Encoding.UTF8.GetBytes(Examples[0]));

        Assert.NotNull(batch);
        using DataStore store = DataStore.Open(null);
        DataTaken taken = store.Take("V1", batch);
        Assert.Equal((46u, 2, 3L), (taken.Last, taken.New.Count, taken.Gaps));
        Assert.Equal(0, store.Figures()[0].Lost);
        Assert.Equal("81.0,48.25,131.0", store.Connection.Query("SELECT value FROM value ORDER BY sequence, position"));
    }

    [Fact]
    public void The_acknowledgement_of_the_page_is_one_for_that_batch()
    {
        DataBatch batch = DataJson.TryDecode(Encoding.UTF8.GetBytes(Examples[0]))!;
        DataAcknowledgement? acknowledgement = DataJson.TryDecodeAcknowledgement(Encoding.UTF8.GetBytes(Examples[1]));

        Assert.Equal((batch.Ecu, batch.Epoch, batch.Records[^1].Sequence), (acknowledgement!.Ecu, acknowledgement.Epoch, acknowledgement.Sequence));
        Assert.Equal(2, Examples.Length);
    }

    [Fact]
    public void The_event_of_the_page_is_what_is_made_of_such_a_record()
    {
        ReportRecord record = ReportRecord.Make(ReportKind.Dtc, ReportPriority.High, 46, 6, 900, 0, Convert.FromHexString("0A1B2C502F03"));
        DataRecord made = new DataForm("motor", TestSignals.Catalogue, new TimeLine()).Of(new QueuedBatch(1, 41, [record]), null, 0).Records[0];
        DataRecord shown = DataJson.TryDecode(Encoding.UTF8.GetBytes(Examples[0]))!.Records[1];

        Assert.Equal(shown.Event!.Body with { Timestamp = made.Ts }, made.Event!.Body);
        Assert.Equal((shown.Kind, shown.Priority, shown.Boot, shown.Ms, shown.IsEstimated), (made.Kind, made.Priority, made.Boot, made.Ms, made.IsEstimated));
    }
}
