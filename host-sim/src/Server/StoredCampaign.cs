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
public sealed record StoredCampaign(string Id, string Text, string FilesDigest, CampaignState State, string Why)
{
    /// <summary>True when no further vehicle begins, whatever anybody does.</summary>
    public bool IsOver => State is CampaignState.Aborted or CampaignState.Cancelled or CampaignState.Done;

    /// <summary>Makes sure that what is asked for is what began under this name.</summary>
    /// <exception cref="UserErrorException">It is not.</exception>
    internal void RequireSame(StoredCampaign asked)
    {
        if (Text != asked.Text || FilesDigest != asked.FilesDigest)
        {
            string what = Text != asked.Text ? "another text" : "other package files";
            throw new UserErrorException(ExitCode.BadFile, $"the database has a campaign {Id} already, with {what}; a campaign stays as it began: give the new one another name at `campaign:`");
        }
    }
}

/// <summary>A person's word about an update of a vehicle.</summary>
/// <param name="Vin">The vehicle.</param>
/// <param name="IsGiven">True when it may be updated.</param>
/// <param name="By">Who said so.</param>
/// <param name="AtMs">When, UTC in milliseconds since 1970.</param>
public sealed record StoredConsent(string Vin, bool IsGiven, string By, long AtMs);
