// An update that is authentic and whole, and yet no good: its trial ends by itself and the former application runs again.
// Tests: tests/boards/virtual/EmulatorTests.cs.
namespace EsyncAgent.Emulator;

/// <summary>A trial that goes back on its own.</summary>
public sealed class StoryRollback : Story
{
    private readonly string _title;
    private readonly string _version;
    private readonly FotaError _reason;

    /// <summary>Makes it for a version and the reason that its trial ends with.</summary>
    public StoryRollback(World world, string title, string version, FotaError reason)
        : base(world)
    {
        _title = title;
        _version = version;
        _reason = reason;
    }

    /// <inheritdoc/>
    public override string Title
    {
        get { return _title; }
    }

    /// <inheritdoc/>
    public override int StepCount
    {
        get { return 9; }
    }

    /// <inheritdoc/>
    public override void Run()
    {
        EmulatorPackage package = World.Packages.Take(_version);
        Enter();
        SendManifest(package);
        AuthenticateAndErase();
        Download(package);
        CheckAndActivate();
        RebootIntoRollback(PackageShelf.First, _reason);
        AskApplication(PackageShelf.First);
    }
}
