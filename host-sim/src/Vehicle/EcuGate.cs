// Who speaks with an ECU: its connection carries one conversation at a time, and several parts of the client want it.
// Invariants: one holds it at a time, in the order of asking. Who holds it for long may take guests in between two requests: a guest has
// the connection until it leaves, in the session that it finds, and changes neither session nor access. Who holds it without taking
// guests in keeps it to the end.
// It must not know UDS.
// Tests: tests/host-sim/Vehicle/EcuGateTests.cs.
using EsyncSim.Bus;

namespace EsyncSim.Vehicle;

/// <summary>The way to one ECU.</summary>
public sealed class EcuGate(VirtualTime time)
{
    private readonly LinkedList<Waiter> _waiting = new();
    private readonly SimSignal _guestLeft = new(time);
    private bool _isHeld;

    /// <summary>True when somebody waits who would come as a guest.</summary>
    public bool HasGuests => _waiting.Any(waiter => waiter.CanBeGuest);

    /// <summary>Waits for the connection; it is free again when the turn is disposed of.</summary>
    /// <param name="canBeGuest">True: content with a place between two requests of who holds it.</param>
    public async Task<EcuTurn> EnterAsync(bool canBeGuest = false)
    {
        if (!_isHeld)
        {
            _isHeld = true;
            return new EcuTurn(this, isGuest: false);
        }

        Waiter waiter = new(new SimSignal(time), canBeGuest);
        _waiting.AddLast(waiter);
        await waiter.Signal;
        return waiter.Turn!;
    }

    /// <summary>For who holds it, between two requests: lets those in who wait now and can be guests, one after the other.</summary>
    public async Task HostAsync()
    {
        foreach (Waiter guest in _waiting.Where(waiter => waiter.CanBeGuest).ToArray())
        {
            _waiting.Remove(guest);
            Admit(guest, isGuest: true);
            await _guestLeft;
        }
    }

    internal void Leave(bool isGuest)
    {
        if (isGuest)
        {
            _guestLeft.Set();
        }
        else if (_waiting.First is { } next)
        {
            _waiting.RemoveFirst();
            Admit(next.Value, isGuest: false);
        }
        else
        {
            _isHeld = false;
        }
    }

    private void Admit(Waiter waiter, bool isGuest)
    {
        waiter.Turn = new EcuTurn(this, isGuest);
        waiter.Signal.Set();
    }

    private sealed class Waiter(SimSignal signal, bool canBeGuest)
    {
        public SimSignal Signal { get; } = signal;

        public bool CanBeGuest { get; } = canBeGuest;

        public EcuTurn? Turn { get; set; }
    }
}

/// <summary>The connection, for as long as this is not disposed of.</summary>
public sealed class EcuTurn : IDisposable
{
    private readonly EcuGate _gate;
    private bool _isOver;

    internal EcuTurn(EcuGate gate, bool isGuest)
    {
        _gate = gate;
        IsGuest = isGuest;
    }

    /// <summary>True when somebody else's session is open and stays so.</summary>
    public bool IsGuest { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_isOver)
        {
            _isOver = true;
            _gate.Leave(IsGuest);
        }
    }
}
