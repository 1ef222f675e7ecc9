// The transport of a client that may crash: afterwards nothing that it began comes to an end, as in a process that is gone.
// What still waits for a request is never woken again, and no frame leaves in its name.
// Tests: tests/host-sim/Simulation.
using EsyncSim.Bus;
using EsyncSim.Client;

namespace EsyncSim.Simulation;

/// <summary>A diagnostic link that can be cut off from its user.</summary>
public sealed class CrashableLink(IsoTpLink link) : IDiagnosticLink
{
    private readonly TaskCompletionSource _never = new();
    private bool _isCrashed;

    /// <inheritdoc/>
    public bool IsFirstBlockUnanswered => link.IsFirstBlockUnanswered;

    /// <inheritdoc/>
    public VirtualTime Time => link.Time;

    /// <summary>The client is gone; its node leaves the bus.</summary>
    public void Crash()
    {
        _isCrashed = true;
        link.Close();
    }

    /// <inheritdoc/>
    public async Task<bool> SendAsync(ReadOnlyMemory<byte> request)
    {
        await EndWhenCrashedAsync();
        bool isSent = await link.SendAsync(request);
        await EndWhenCrashedAsync();
        return isSent;
    }

    /// <inheritdoc/>
    public async Task<bool> SendFunctionalAsync(ReadOnlyMemory<byte> request)
    {
        await EndWhenCrashedAsync();
        bool isSent = await link.SendFunctionalAsync(request);
        await EndWhenCrashedAsync();
        return isSent;
    }

    /// <inheritdoc/>
    public async Task<byte[]?> ReceiveAsync(long timeoutNs)
    {
        await EndWhenCrashedAsync();
        byte[]? message = await link.ReceiveAsync(timeoutNs);
        await EndWhenCrashedAsync();
        return message;
    }

    /// <inheritdoc/>
    public void Discard() => link.Discard();

    private Task EndWhenCrashedAsync() => _isCrashed ? _never.Task : Task.CompletedTask;
}
