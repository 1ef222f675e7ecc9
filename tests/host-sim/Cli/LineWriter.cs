// The output of a command that runs on: its lines can be awaited one by one.
using System.Text;
using System.Threading.Channels;
using Xunit;

namespace EsyncTests.HostSim.Cli;

internal sealed class LineWriter : TextWriter
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly StringBuilder _line = new();

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value)
    {
        if (value != '\n')
        {
            _line.Append(value);
            return;
        }

        _lines.Writer.TryWrite(_line.ToString().TrimEnd('\r'));
        _line.Clear();
    }

    /// <summary>The next line; half a minute without one is a fault.</summary>
    internal async Task<string> NextAsync() =>
        await _lines.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
}
