// A step of the emulator did not end as its story says. The message tells what was expected and what came.
// Tests: tests/boards/virtual/EmulatorTests.cs.
using System;

namespace EsyncAgent.Emulator;

/// <summary>Ends the run with EMULATOR FAIL.</summary>
public sealed class EmulatorException : Exception
{
    /// <summary>With a sentence for people.</summary>
    public EmulatorException(string message)
        : base(message)
    {
    }
}
