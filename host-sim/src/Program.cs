// Entry point of the command `esync`. Everything that can be tested is in Cli/EsyncCommandLine.
// Tests: tests/host-sim/Cli.
return await EsyncSim.Cli.EsyncCommandLine.RunAsync(args, Console.Out, Console.Error);
