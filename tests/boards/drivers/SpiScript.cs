// An SPI device that plays a script: each transaction of the driver must be the next one of it, byte for byte.
// Bytes are hex text; "--" in an answer is a byte that nobody drives.
using EsyncAgent.Drivers;
using Xunit;

namespace EsyncTests.Boards.Drivers;

internal sealed class SpiScript : ISpiPort, IInterruptPin
{
    private readonly Queue<(string Sent, string Answer, bool? PinAfter)> _expected = new();

    /// <summary>The device's interrupt pin.</summary>
    public bool IsActive { get; set; }

    /// <summary>The next transaction sends these bytes and gets this answer; afterwards the pin may be another.</summary>
    public SpiScript Then(string sent, string answer = "", bool? pinAfter = null)
    {
        _expected.Enqueue((sent, answer, pinAfter));
        return this;
    }

    /// <summary>Everything that was expected has happened.</summary>
    public void Done() => Assert.Empty(_expected);

    public void Transfer(byte[] write, byte[]? read, int count)
    {
        string sent = string.Join(' ', write.Take(count).Select(b => b.ToString("X2")));
        Assert.True(_expected.Count > 0, $"unexpected transaction {sent}");
        (string Sent, string Answer, bool? PinAfter) next = _expected.Dequeue();
        Assert.Equal(next.Sent, sent);
        string[] answer = next.Answer.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; read != null && i < count; i++)
        {
            read[i] = i < answer.Length && answer[i] != "--" ? Convert.ToByte(answer[i], 16) : (byte)0xFF;
        }

        Assert.True(answer.Length == 0 || read != null, $"nobody reads the answer to {sent}");
        IsActive = next.PinAfter ?? IsActive;
    }
}
