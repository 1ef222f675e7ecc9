// The fleet that the tests of the simulation share: it is made once, and never changes.
using EsyncSim.Simulation;

namespace EsyncTests.HostSim.Simulation;

internal static class SimFleet
{
    private static readonly Lazy<Fleet> Made = new(() => new Fleet(Repository.PathOf("nf.config")));

    public static Fleet Shared => Made.Value;
}
