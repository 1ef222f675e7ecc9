// What may be asked of a fleet.
// Tests: tests/host-sim/Scale.
using EsyncSim.Server;

namespace EsyncSim.Scale;

/// <summary>How far a fleet is.</summary>
/// <param name="Ended">Vehicles that have come to their end.</param>
/// <param name="VirtualSeconds">Virtual time of the campaign so far; of the vehicle that is furthest where the server is another program.</param>
/// <param name="Messages">Messages so far.</param>
public sealed record FleetProgress(int Ended, double VirtualSeconds, long Messages);

/// <summary>Options of a fleet.</summary>
public sealed record FleetOptions
{
    /// <summary>Vehicles; 1 or more.</summary>
    public required int Vehicles { get; init; }

    /// <summary>Number of the first one: fleets at one broker must not share vehicles.</summary>
    public int First { get; init; }

    /// <summary>Decides everything that chance decides.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads that run vehicles; they change nothing but the time that it takes.</summary>
    public int Cores { get; init; } = Environment.ProcessorCount;

    /// <summary>Messages that get lost, 0 to 99 of a hundred.</summary>
    public int LossyPercent { get; init; }

    /// <summary>Vehicles whose image fails its trial, 0 to 100 of a hundred.</summary>
    public int BadPercent { get; init; }

    /// <summary>Vehicles under way at the same time; null is all.</summary>
    public int? ParallelMax { get; init; }

    /// <summary>How the ECUs of a vehicle belong together in the built-in campaign.</summary>
    public CampaignMode Mode { get; init; }

    /// <summary>Percentage of failed vehicles that aborts the built-in campaign; null never does.</summary>
    public int? AbortRate { get; init; }

    /// <summary>A campaign in the place of the built-in one.</summary>
    public CampaignPlan? Plan { get; init; }

    /// <summary>Where the server is another program: wall time after which the fleet is checked in any case.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Hears what the broker refuses; null: nobody does.</summary>
    public Action<string>? Note { get; init; }

    /// <summary>Ends the run before its end.</summary>
    public CancellationToken Stop { get; init; }

    /// <summary>Told about once in a second; null: nobody is.</summary>
    public Action<FleetProgress>? Progress { get; init; }

    /// <summary>True for a vehicle that is bad: as many as the percentage says, spread by the seed.</summary>
    internal bool IsBad(int number) => BadPercent > 0 && new Bus.SeededRandom(Seed, $"bad {FleetSoftware.VinOf(number)}").Next(100) < BadPercent;
}
