// A campaign file: YAML, and so JSON too, with the package files that it names beside it.
// Invariant: what Load returns can be run; of what is wrong each problem has its line, its reason and what to do, and one run names all.
// Clause: host-sim/README.md, "Campaigns".
// Tests: tests/host-sim/Server/CampaignFileTests.cs.
using System.Text;
using EsyncSim.Config;
using EsyncSim.Files;

namespace EsyncSim.Server;

/// <summary>Reads campaign files.</summary>
public static class CampaignFile
{
    /// <summary>Bytes of a campaign file at most.</summary>
    public const int LengthMax = 1 << 20;

    /// <summary>Reads a campaign and its packages.</summary>
    /// <exception cref="UserErrorException">Something is wrong; the message names all of it.</exception>
    public static CampaignPlan Load(string path)
    {
        string text = Encoding.UTF8.GetString(AtomicFile.ReadInput(path, "campaign", LengthMax));
        (CampaignPlan? plan, IReadOnlyList<ConfigProblem> problems) = Read(path, text);
        return plan ?? throw new UserErrorException(ExitCode.BadFile, string.Join(Environment.NewLine, problems.Select(problem => problem.ToString()).Prepend($"{path} is wrong")));
    }

    /// <summary>Reads a campaign from text; paths in it are relative to the folder of <paramref name="path"/>.</summary>
    internal static (CampaignPlan? Plan, IReadOnlyList<ConfigProblem> Problems) Read(string path, string text) => Read(path, text, new PackagesBesideFile());

    /// <summary>Reads a campaign whose packages are in the store: <c>package:</c> and <c>rollback:</c> name them by SHA-256 or as name@version.</summary>
    /// <exception cref="UserErrorException">Something is wrong; the message names all of it.</exception>
    internal static CampaignPlan Parse(string text, PackageStore packages)
    {
        (CampaignPlan? plan, IReadOnlyList<ConfigProblem> problems) = Read("campaign", text, new PackagesInStore(packages));
        return plan ?? throw new UserErrorException(ExitCode.BadFile, string.Join(Environment.NewLine, problems.Select(problem => problem.ToString()).Prepend("the campaign is wrong")));
    }

    private static (CampaignPlan? Plan, IReadOnlyList<ConfigProblem> Problems) Read(string path, string text, ICampaignPackages packages)
    {
        ConfigProblems problems = new();
        ConfigNode? root = ConfigYaml.Read(path, text, problems, "the example in host-sim/README.md, \"Campaigns\"");
        CampaignPlan? plan = root is null ? null : new CampaignReader(problems, root, text, packages).Read();
        return (problems.Count == 0 ? plan : null, problems.InOrder);
    }
}
