// How a campaign over many vehicles stands, as the server's database has it.
// Tests: tests/host-sim/Server/CloudStoreTests.cs, CampaignDirectorTests.cs.
namespace EsyncSim.Server;

/// <summary>States of a campaign.</summary>
public enum CampaignState
{
    /// <summary>Stored, and not begun.</summary>
    Draft,

    /// <summary>Vehicles begin as far as number and time allow.</summary>
    Running,

    /// <summary>No further vehicle begins until it is resumed.</summary>
    Paused,

    /// <summary>No further vehicle begins: too many have failed.</summary>
    Aborted,

    /// <summary>No further vehicle begins, and those under way stop where they can.</summary>
    Cancelled,

    /// <summary>Every vehicle has ended, or its time is over.</summary>
    Done,
}

/// <summary>A campaign in the database.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Text">Its file as it was given.</param>
/// <param name="FilesDigest">See <see cref="CampaignPlan.FilesDigest"/>.</param>
/// <param name="State">How it stands.</param>
/// <param name="Why">A sentence for people; empty where the state says all.</param>
public sealed record StoredCampaign(string Id, string Text, string FilesDigest, CampaignState State, string Why);
