// Entry on nanoFramework. Nothing may leave Main: an exception that did would end the program without a word.
// Tests: none on net10.0, which lacks these packages; tests/Surface compiles it.
using System;

namespace EsyncAgent.Emulator;

/// <summary>The program.</summary>
public static class Program
{
    /// <summary>Runs the emulator; its last line tells the outcome.</summary>
    public static void Main()
    {
        try
        {
            new EmulatorRun(new NanoHost(), new PackageShelf()).Run();
        }
        catch (Exception failure)
        {
            Console.WriteLine("EMULATOR FAIL 0/0: " + failure.Message);
        }
    }
}
