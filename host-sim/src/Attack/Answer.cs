// Answers of an ECU in the words in which attacks expect them: one form for what had to come and for what came, so that
// comparing the two is comparing texts.
// Clause: ISO 14229-1:2020 Annex A.1; PROTOCOL.md, "Routines".
// Tests: tests/host-sim/Attack.
using System.Buffers.Binary;
using EsyncAgent;
using EsyncSim.Client;

namespace EsyncSim.Attack;

/// <summary>Words for answers.</summary>
internal static class Answer
{
    /// <summary>No answer at all.</summary>
    public const string None = "no answer";

    /// <summary>The transport took no more of the request: flow control said overflow, or did not come.</summary>
    public const string NotTaken = "not taken";

    /// <summary>A positive response.</summary>
    public const string Positive = "positive";

    private const byte RoutineControl = 0x31;
    private const int ResultLength = 6;

    // Routines whose status record is a FotaError; the others answer with records of their own.
    private static readonly ushort[] WithResult = [0x0210, 0x0211, 0x0212, 0x0213, 0x0214, 0x0215, 0x0220, 0x0231, 0xFF00, 0xFF01];

    /// <summary>A negative response.</summary>
    public static string Nrc(byte code) => $"NRC {code:X2} {NrcText.Of(code)}";

    /// <summary>A routine that ran and ended so.</summary>
    public static string Result(FotaError result) => $"result {result}";

    /// <summary>The words for a response; null is none.</summary>
    public static string Of(byte[] request, byte[]? response)
    {
        if (response is null)
        {
            return None;
        }

        if (response.Length == 3 && response[0] == 0x7F)
        {
            return Nrc(response[2]);
        }

        bool hasResult = request[0] == RoutineControl && request.Length >= 4 && response.Length == ResultLength
            && Array.IndexOf(WithResult, BinaryPrimitives.ReadUInt16BigEndian(request.AsSpan(2))) >= 0;
        return hasResult ? Result((FotaError)BinaryPrimitives.ReadUInt16BigEndian(response.AsSpan(4))) : Positive;
    }

    /// <summary>The first bytes of a message, for reports.</summary>
    public static string Hex(ReadOnlySpan<byte> message)
    {
        const int Shown = 12;
        string hex = Convert.ToHexString(message[..Math.Min(message.Length, Shown)]);
        string spaced = string.Join(' ', hex.Chunk(2).Select(pair => new string(pair)));
        return message.Length > Shown ? $"{spaced} … ({message.Length} bytes)" : spaced;
    }
}
