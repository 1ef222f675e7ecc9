// A key that lives and ends with the process: for tests and demonstrations, whose keys sign for nobody else.
// Never for a key that is used again: its index would start anew.
// Tests: tests/host-sim/Signing.
namespace EsyncSim.Signing;

/// <summary>Signs with a key in memory. Not for use by several threads at once.</summary>
public sealed class MemorySigner(SigningKey key) : ISigner
{
    /// <inheritdoc/>
    public SigningRole Role => key.Role;

    /// <inheritdoc/>
    public byte[] PublicKey => key.PublicKey;

    /// <inheritdoc/>
    public byte[] Sign(byte[] message) => key.Remaining > 0
        ? key.Sign(key.Reserve(), message)
        : throw new UserErrorException(ExitCode.KeyProblem, $"the {key.Role.Name()} key in memory is used up");
}
