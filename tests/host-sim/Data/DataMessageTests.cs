// Data messages: what is written is read; what lacks a part, contradicts itself or comes from somebody else is none.
using System.Text;
using System.Text.Json.Nodes;
using EsyncSim.Data;
using EsyncSim.Server;
using Xunit;

namespace EsyncTests.HostSim.Data;

public sealed class DataMessageTests
{
    private const string Whole = """
        {"type":"esync.data","ecu":"motor","epoch":"000000e1","after":4,"dropped":{"low":1,"normal":0,"high":0,"expired":2},"units":{"Vehicle.Speed":"km/h"},
        "records":[
        {"sequence":5,"kind":"sample","priority":"low","boot":3,"ms":2500,"ts":"2026-01-01T12:00:01.500Z","estimated":true,"rule":7,"cause":"change","trigger":300,
        "values":[{"path":"Vehicle.Speed","ts":"2026-01-01T12:00:01.500Z","value":12.34},{"path":"Vehicle.IsOn","ts":"2026-01-01T12:00:01.500Z","value":true,"quality":"timed-out"},
        {"path":"Vehicle.Never","ts":"2026-01-01T12:00:01.500Z","value":null,"quality":"never-set"}]},
        {"sequence":9,"kind":"dtc","priority":"high","boot":3,"ms":2600,"ts":"2026-01-01T12:00:01.600Z","values":[],
        "event":{"type":"esync.log-report","body":{"type":"/ECU/motor","level":"WARN","timestamp":"2026-01-01T12:00:01.600Z","message":"DTC 0A1B2C fails (status 50, now 2F)","compound":{"dtc":"0A1B2C","status-before":"50","status":"2F","event":3}}}}]}
        """;

    [Fact]
    public void A_message_is_read_as_it_was_written()
    {
        DataBatch batch = DataJson.TryDecode(Encoding.UTF8.GetBytes(Whole))!;

        Assert.Equal((4u, 2, 1u, "km/h"), (batch.After, batch.Records.Count, batch.Dropped!.Low, batch.Units!["Vehicle.Speed"]));
        Assert.Equal(new VssScalar(1, true), batch.Records[0].Values![1].Value);
        Assert.Null(batch.Records[0].Values![2].Value);
        Assert.Equal(Whole.ReplaceLineEndings(""), Encoding.UTF8.GetString(DataJson.Encode(batch)));
    }

    [Theory]
    [InlineData("\"type\":\"esync.data\"", "\"type\":\"esync.other\"")]
    [InlineData("\"ecu\":\"motor\"", "\"ecu\":\"\"")]
    [InlineData("\"ecu\":\"motor\"", "\"ecu\":null")]
    [InlineData("\"epoch\":\"000000e1\"", "\"epoch\":\"e1\"")]
    [InlineData("\"epoch\":\"000000e1\"", "\"epoch\":\"000000E1\"")]
    [InlineData("\"after\":4", "\"after\":5")]
    [InlineData("\"after\":4", "\"after\":-1")]
    [InlineData("\"after\":4,", "")]
    [InlineData("\"units\":{\"Vehicle.Speed\":\"km/h\"}", "\"units\":{\"Vehicle.Speed\":null}")]
    [InlineData("\"sequence\":9", "\"sequence\":5")]
    [InlineData("\"sequence\":9", "\"sequence\":4294967296")]
    [InlineData("\"kind\":\"sample\"", "\"kind\":\"guess\"")]
    [InlineData("\"priority\":\"low\"", "\"priority\":\"none\"")]
    [InlineData("\"boot\":3,\"ms\":2500", "\"boot\":65536,\"ms\":2500")]
    [InlineData("\"ms\":2500,\"ts\":\"2026-01-01T12:00:01.500Z\"", "\"ms\":2500,\"ts\":\"2026-01-01\"")]
    [InlineData("\"rule\":7,", "")]
    [InlineData("\"rule\":7,", "\"rule\":256,")]
    [InlineData("\"cause\":\"change\"", "\"cause\":\"chance\"")]
    [InlineData("\"path\":\"Vehicle.Speed\"", "\"path\":\"\"")]
    [InlineData("\"path\":\"Vehicle.Speed\",\"ts\":\"2026-01-01T12:00:01.500Z\"", "\"path\":\"Vehicle.Speed\",\"ts\":\"\"")]
    [InlineData("\"value\":12.34", "\"value\":\"12.34\"")]
    [InlineData("\"value\":12.34", "\"value\":null")]
    [InlineData("\"value\":12.34", "\"value\":1e999")]
    [InlineData("\"value\":12.34", "\"value\":[]")]
    [InlineData(",\"value\":12.34", "")]
    [InlineData("\"quality\":\"timed-out\"", "\"quality\":\"fine\"")]
    [InlineData("\"values\":[{", "\"values\":[null,{")]
    [InlineData("\"records\":[", "\"records\":[null,")]
    [InlineData("esync.log-report", "esync.update-report")]
    [InlineData("\"level\":\"WARN\"", "\"level\":\"LOUD\"")]
    [InlineData("\"timestamp\":\"2026-01-01T12:00:01.600Z\"", "\"timestamp\":\"now\"")]
    [InlineData("\"message\":\"DTC 0A1B2C fails (status 50, now 2F)\",", "")]
    [InlineData("\"values\":[],", "\"values\":[],\"raw\":\"abc\",")]
    [InlineData("\"values\":[],", "\"values\":[],\"raw\":\"xy\",")]
    public void What_is_not_whole_is_none(string good, string bad)
    {
        Assert.Contains(good, Whole);
        Assert.Null(DataJson.TryDecode(Encoding.UTF8.GetBytes(Whole.Replace(good, bad))));
    }

    [Fact]
    public void A_batch_without_records_or_with_too_many_is_none()
    {
        JsonNode node = JsonNode.Parse(Whole)!;
        JsonArray records = node["records"]!.AsArray();
        JsonNode last = records[1]!;
        for (int i = 0; i < DataJson.RecordCountMax - 2; i++)
        {
            JsonNode next = last.DeepClone();
            next["sequence"] = 10 + i;
            records.Add(next);
        }

        Assert.NotNull(DataJson.TryDecode(Encoding.UTF8.GetBytes(node.ToJsonString())));
        JsonNode more = last.DeepClone();
        more["sequence"] = 100_000;
        records.Add(more);
        Assert.Null(DataJson.TryDecode(Encoding.UTF8.GetBytes(node.ToJsonString())));
        records.Clear();
        Assert.Null(DataJson.TryDecode(Encoding.UTF8.GetBytes(node.ToJsonString())));
    }

    [Fact]
    public void A_message_that_lacks_its_end_is_none()
    {
        byte[] whole = Encoding.UTF8.GetBytes(Whole);
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Null(DataJson.TryDecode(whole.AsMemory(0, length)));
        }
    }

    [Fact]
    public void Unknown_fields_are_ignored() =>
        Assert.NotNull(DataJson.TryDecode(Encoding.UTF8.GetBytes(Whole.Replace("\"after\":4", "\"after\":4,\"later\":{\"a\":[1]}"))));

    [Fact]
    public void An_acknowledgement_is_read_as_it_was_written()
    {
        DataAcknowledgement written = new(DataAcknowledgement.TypeName, "motor", "000000e1", 9);

        Assert.Equal("{\"type\":\"esync.data-acknowledge\",\"ecu\":\"motor\",\"epoch\":\"000000e1\",\"sequence\":9}", Encoding.UTF8.GetString(DataJson.Encode(written)));
        Assert.Equal(written, DataJson.TryDecodeAcknowledgement(DataJson.Encode(written)));
        Assert.Null(DataJson.TryDecodeAcknowledgement(DataJson.Encode(written with { Epoch = "e1" })));
        Assert.Null(DataJson.TryDecodeAcknowledgement(DataJson.Encode(written with { Type = "esync.acknowledge" })));
        Assert.Null(DataJson.TryDecodeAcknowledgement("{\"type\":\"esync.data-acknowledge\",\"ecu\":\"motor\",\"epoch\":\"000000e1\"}"u8.ToArray()));
    }

    [Theory]
    [InlineData("esync/v1/V1/data/motor", "V1", "motor")]
    [InlineData("esync/v1/V1/data/", null, null)]
    [InlineData("esync/v1//data/motor", null, null)]
    [InlineData("esync/v1/V1/data/motor/x", null, null)]
    [InlineData("esync/v1/V1/data-ack", null, null)]
    [InlineData("esync/v2/V1/data/motor", null, null)]
    public void A_topic_says_whose_data_it_is(string topic, string? vehicle, string? ecu)
    {
        (string Vehicle, string Ecu)? parsed = Topics.TryParseData(topic);

        Assert.Equal((vehicle, ecu), (parsed?.Vehicle, parsed?.Ecu));
        Assert.True(vehicle is null || new Topics(vehicle).Data(ecu!) == topic);
    }
}
