// The log on the framework's console, which a board sends to the debugger: Visual Studio's output window, or a terminal.
// Debug.WriteLine would be silent in Release builds.
// Tests: none of its own; it is one call.
using System;

namespace EsyncAgent.Drivers;

/// <summary>Lines to the console.</summary>
public sealed class ConsoleLog : IBoardLog
{
    /// <inheritdoc/>
    public void Write(string line)
    {
        Console.WriteLine(line);
    }
}
