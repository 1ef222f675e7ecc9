// Entry on net10.0: exit code 0 for EMULATOR PASS, 1 for everything else.
// Tests: tests/boards/virtual/EmulatorTests.cs.
using System;

namespace EsyncAgent.Emulator;

/// <summary>The program.</summary>
public static class Program
{
    /// <summary>Runs the emulator.</summary>
    public static int Main()
    {
        try
        {
            return new EmulatorRun(new NetHost(), new PackageShelf()).Run() ? 0 : 1;
        }
        catch (Exception failure)
        {
            Console.WriteLine("EMULATOR FAIL 0/0: " + failure.Message);
            return 1;
        }
    }
}
