// What can go wrong in a diagnostic conversation, one class per fault, each with a sentence for the user.
// The sentence says what the ECU did and what to try; codes are in it for whoever looks them up.
// Tests: tests/host-sim/Client.
using EsyncAgent;

namespace EsyncSim.Client;

/// <summary>A conversation that did not go as asked.</summary>
public abstract class DiagnosticException(string message) : Exception(message);

/// <summary>The ECU did not answer.</summary>
public sealed class NoResponseException(byte service, string what)
    : DiagnosticException($"no answer to service {service:X2} ({what})")
{
    /// <summary>Service identifier of the request.</summary>
    public byte Service { get; } = service;
}

/// <summary>The ECU answered 7F.</summary>
public sealed class NegativeResponseException(byte service, byte code)
    : DiagnosticException($"service {service:X2} was refused with {code:X2} ({NrcText.Of(code)})")
{
    /// <summary>Service identifier of the request.</summary>
    public byte Service { get; } = service;

    /// <summary>Negative response code (ISO 14229-1:2020 Annex A).</summary>
    public byte Code { get; } = code;
}

/// <summary>The ECU answered with something that is no answer to the request.</summary>
public sealed class UnexpectedResponseException(byte service, ReadOnlySpan<byte> response)
    : DiagnosticException($"the answer to service {service:X2} makes no sense: {Convert.ToHexString(response[..Math.Min(response.Length, 32)])}");

/// <summary>A routine or transfer of the update target ended with a reason.</summary>
public sealed class UpdateRefusedException(string step, FotaError reason, uint detail)
    : DiagnosticException($"{step}: {FotaErrorText.Of(reason)}{(detail == 0 ? "" : $" (at {detail:X})")}")
{
    /// <summary>Step of the programming order.</summary>
    public string Step { get; } = step;

    /// <summary>Reason that the ECU gave.</summary>
    public FotaError Reason { get; } = reason;

    /// <summary>Chunk, position or address that belongs to the reason.</summary>
    public uint Detail { get; } = detail;
}
