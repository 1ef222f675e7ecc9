// Beside vehicle and server at a broker: reports are heard, strangers counted, a broker that comes back is heard again.
using EsyncSim;
using EsyncSim.Data;
using EsyncSim.Server;
using MQTTnet;
using Xunit;

namespace EsyncTests.HostSim.Data;

public sealed class BrokerEarTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Reports_are_heard_in_order_and_strangers_counted()
    {
        LoopbackBroker broker = await LoopbackBroker.StartAsync();
        using BrokerEar ear = await BrokerEar.ConnectAsync(BrokerAccess.Of(broker));
        await PublishAsync(broker.Port, "esync/v1/V1/data/motor", "no batch"u8.ToArray());
        await PublishAsync(broker.Port, "esync/v1/V1/data/other", DataJson.Encode(TestBatches.Motor));
        await PublishAsync(broker.Port, "esync/v1/V1/data/motor", DataJson.Encode(TestBatches.Motor));
        await PublishAsync(broker.Port, "esync/v1/V2/data/battery", DataJson.Encode(TestBatches.Battery));

        (string Vehicle, DataBatch Batch) first = (await ear.NextAsync(Patience, CancellationToken.None))!.Value, second = (await ear.NextAsync(Patience, CancellationToken.None))!.Value;

        Assert.Equal(("V1", "motor", "V2", "battery"), (first.Vehicle, first.Batch.Ecu, second.Vehicle, second.Batch.Ecu));
        Assert.Equal(2, ear.StrangeCount);
        Assert.Null(await ear.NextAsync(TimeSpan.Zero, CancellationToken.None));
        await broker.StopAsync();
    }

    [Fact]
    public async Task A_broker_that_comes_back_is_heard_again()
    {
        LoopbackBroker broker = await LoopbackBroker.StartAsync();
        int port = broker.Port;
        using BrokerEar ear = await BrokerEar.ConnectAsync(BrokerAccess.Parse($"mqtt://127.0.0.1:{port}"), TimeSpan.FromMilliseconds(20));
        await broker.StopAsync();
        broker = await LoopbackBroker.StartAsync(port);
        (string Vehicle, DataBatch Batch)? heard = null;
        for (int attempt = 0; heard is null && attempt < 200; attempt++)
        {
            await PublishAsync(port, "esync/v1/V1/data/motor", DataJson.Encode(TestBatches.Motor));
            heard = await ear.NextAsync(TimeSpan.FromMilliseconds(100), CancellationToken.None);
        }

        Assert.Equal("motor", heard?.Batch.Ecu);
        await broker.StopAsync();
    }

    [Fact]
    public async Task Where_no_broker_answers_there_is_one_clear_line()
    {
        LoopbackBroker broker = await LoopbackBroker.StartAsync();
        int port = broker.Port;
        await broker.StopAsync();

        UserErrorException error = await Assert.ThrowsAsync<UserErrorException>(() => BrokerEar.ConnectAsync(BrokerAccess.Parse($"mqtt://127.0.0.1:{port}")));
        Assert.Equal(ExitCode.BrokerUnreachable, error.ExitCode);
        Assert.Contains($"mqtt://127.0.0.1:{port} does not answer", error.Message);
    }

    internal static async Task PublishAsync(int port, string topic, byte[] payload)
    {
        using IMqttClient client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port).Build());
        await client.PublishAsync(new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(payload).WithQualityOfServiceLevel(MQTTnet.Protocol.MqttQualityOfServiceLevel.AtLeastOnce).Build());
        await client.DisconnectAsync();
    }
}
