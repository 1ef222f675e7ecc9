// What every board's program does around its loop: it says what it is, refuses a configuration that is for another
// board, and lets no exception leave, for one that leaves Main ends the program without a word.
// Package nanoFramework.Runtime.Native. Tests: tests/Surface compiles it.
using System;
using System.Threading;
using EsyncAgent.Drivers;

namespace EsyncAgent.Boards;

/// <summary>What a board's program is made of.</summary>
public interface IBoardProgram
{
    /// <summary>Name of the board's folder.</summary>
    string Board { get; }

    /// <summary>The ECU of nf.config that the program is built for.</summary>
    EcuConfig CreateConfig();

    /// <summary>Opens the hardware and composes the agent; what the framework throws passes through.</summary>
    AgentLoop Build(EcuConfig config, IBoardLog log);
}

/// <summary>Start of a program.</summary>
public static class BoardStart
{
    private const int RepeatMs = 10_000;

    /// <summary>Does not return: after a failure it repeats every ten seconds what is wrong.</summary>
    public static void Run(IBoardProgram program)
    {
        ConsoleLog log = new ConsoleLog();
        string trouble;
        try
        {
            Thread.CurrentThread.Priority = ThreadPriority.Highest;
            EcuConfig config = program.CreateConfig();
            log.Write("eSync ECU agent: ECU " + config.Name + " on board " + program.Board + ", " + NanoMachine.FreeMemory.ToString() + " bytes free");
            log.Write("CAN: requests " + config.CanIf.PhysicalRxId.ToString("X") + ", responses " + config.CanIf.TxId.ToString("X"));
            if (config.Board == program.Board)
            {
                AgentLoop loop = program.Build(config, log);
                log.Write("agent: built, " + NanoMachine.FreeMemory.ToString() + " bytes free");
                loop.Run();
            }

            trouble = "the configuration is for board " + config.Board + "; take another ECU of nf.config in Program.cs";
        }
        catch (Exception exception)
        {
            trouble = exception.GetType().FullName + " " + exception.Message + " " + exception.StackTrace;
        }

        while (true)
        {
            log.Write("STOPPED, the agent does not run: " + trouble);
            Thread.Sleep(RepeatMs);
        }
    }
}
