// Entry point of the command `esync`. Everything that can be tested is in Cli/EsyncCommandLine.
// It must hold no logic: the tests call what lies behind it.
// Tests: tests/host-sim/Cli.
return await EsyncSim.Cli.EsyncCommandLine.RunAsync(args, Console.Out, Console.Error);
