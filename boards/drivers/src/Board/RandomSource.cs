// Entropy from the framework's Random. On ESP32, and on STM32 since nf-interpreter of July 2026, it reads the chip's
// hardware generator; in older firmware it may be a mere sequence, which is why no board relies on it alone.
// Tests: tests/boards/drivers/EntropySourceTests.cs.
using System;

namespace EsyncAgent.Drivers;

/// <summary>The framework's generator.</summary>
public sealed class RandomSource : IEntropySource
{
    private readonly Random _random = new Random();

    /// <inheritdoc/>
    public int Read(byte[] into)
    {
        _random.NextBytes(into);
        return into.Length;
    }
}
