// Port to a few bytes that outlive a reset: backup registers, a file.
// Tests: through StoredSeed, tests/boards/drivers.
namespace EsyncAgent.Drivers;

/// <summary>Where the seed of the next start is kept.</summary>
public interface ISeedStore
{
    /// <summary>Fills the whole array; false when nothing was ever stored, or the store does not answer.</summary>
    bool Read(byte[] into);

    /// <summary>Keeps the whole array; false when the store refused.</summary>
    bool Write(byte[] seed);
}
