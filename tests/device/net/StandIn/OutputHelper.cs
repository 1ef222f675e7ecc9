// Stands for the package's output. A device prints to its console; here whoever runs the tests listens.
using System;

namespace nanoFramework.TestFramework;

/// <summary>Lines for people.</summary>
public static class OutputHelper
{
    // The runner's, for the thread that runs the tests.
    [ThreadStatic]
    internal static Action<string> Listener;

    /// <summary>Writes a line.</summary>
    public static void WriteLine(string message)
    {
        Listener?.Invoke(message);
    }
}
