// Port to one source of bytes that are hard to predict: noise of a converter, jitter of a clock, a hardware generator.
// A source may be weak; Entropy mixes several and never relies on one.
// Tests: through Entropy, tests/boards/drivers.
namespace EsyncAgent.Drivers;

/// <summary>Something on the board that nobody outside can predict.</summary>
public interface IEntropySource
{
    /// <summary>Fills the front of <paramref name="into"/>; returns the number of bytes, 0 when the source has nothing.</summary>
    int Read(byte[] into);
}
