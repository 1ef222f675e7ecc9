// Every reason of the update target has a sentence of its own.
using EsyncAgent;
using EsyncSim.Client;
using Xunit;

namespace EsyncTests.HostSim.Client;

public sealed class FotaErrorTextTests
{
    [Fact]
    public void Every_reason_has_a_sentence_of_its_own()
    {
        string[] texts = [.. Enum.GetValues<FotaError>().Select(FotaErrorText.Of)];
        Assert.DoesNotContain(texts, text => text.Contains("this client does not know", StringComparison.Ordinal));
        Assert.Equal(texts.Length, texts.Select(text => text[..text.IndexOf(" (", StringComparison.Ordinal)]).Distinct().Count());
    }

    [Fact]
    public void An_unknown_reason_is_its_number()
    {
        Assert.Equal("a reason that this client does not know (999)", FotaErrorText.Of((FotaError)999));
    }
}
