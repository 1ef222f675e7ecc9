// The targets of a campaign file: which package for which ECU, in which order, and where to return to.
// Invariants: one target for each part of an ECU; `after` leads to ECUs of the campaign and never in a circle; a package to return to
// is for the same class and part as the one that it stands behind.
// It must not know nf.config: whether a package fits an ECU the ECU says.
// Tests: tests/host-sim/Server/CampaignFileTests.cs.
using EsyncSim.Config;
using EsyncSim.Demo;

namespace EsyncSim.Server;

/// <summary>A target with the packages that it may return to, and its place.</summary>
internal sealed record ReadTarget(CampaignTarget Target, IReadOnlyList<CampaignTarget> Rollbacks, ConfigNode At);

/// <summary>Reads targets.</summary>
internal sealed class CampaignTargetReader(ConfigProblems problems, CampaignMode mode, ICampaignPackages source)
{
    private readonly Dictionary<string, UpdateFile?> _files = [];

    /// <summary>The targets of a file as far as they are sound.</summary>
    public IReadOnlyList<ReadTarget> Read(ConfigSection file)
    {
        IReadOnlyList<ConfigNode> list = file.List("targets", "targets: [{ ecu: motor, package: motor-2.esp }]");
        if (list.Count == 0 && file.Find("targets") is { Kind: ConfigNodeKind.List } empty)
        {
            problems.Add(empty, ConfigRule.Malformed, "A campaign without targets does nothing", "Name at least one ECU and its package");
        }

        List<ReadTarget> targets = [];
        List<(string Ecu, ConfigNode Named)> orders = [];
        foreach (ConfigNode node in list)
        {
            int before = problems.Count;
            ReadTarget target = ReadTarget(node, orders);
            if (problems.Count == before)
            {
                CheckTwin(target, targets);
            }

            targets.Add(target);
        }

        CheckOrder(targets, orders);
        return targets;
    }

    private ReadTarget ReadTarget(ConfigNode node, List<(string Ecu, ConfigNode Named)> orders)
    {
        ConfigSection section = new(problems, "target", node, node);
        ConfigNode? name = section.Scalar("ecu");
        string ecu = name?.Text ?? string.Empty;
        if (name is not null && !CampaignReader.IsName(ecu))
        {
            problems.Add(name, ConfigRule.Malformed, $"`ecu` is `{ecu}`, which names no ECU", "Write its name in nf.config");
        }

        ConfigNode? path = section.Scalar("package");
        UpdateFile? file = path is null ? null : Load(path);
        ConfigNode[] after = [.. section.Find("after") is null ? [] : section.List("after", "after: [battery]")];
        orders.AddRange(after.Select(named => (ecu, named)));
        if (mode == CampaignMode.AllOrNothing && after.Length > 0)
        {
            problems.Add(section.Place("after"), ConfigRule.UnknownKey, "All or nothing prepares all ECUs before it tries one, so `after` has no meaning there", "Leave it out, or write `mode: independent`");
        }

        if (mode == CampaignMode.AllOrNothing && file is { Part: not TargetPart.Application })
        {
            problems.Add(path!, ConfigRule.Malformed, $"{path!.Text} holds {(file.Part == TargetPart.Trust ? "keys" : "rules")}, which have no trial to come back from", "Give them a campaign of their own, or write `mode: independent`");
        }

        List<CampaignTarget> packages = [];
        string[] versions = ReadRollback(section, ecu, file, packages);
        section.RefuseUnknown();
        CampaignTarget target = TargetOf(ecu, file) with { RollbackVersions = versions, After = [.. after.Select(named => named.Text).Distinct()] };
        return new ReadTarget(target, packages, name ?? node);
    }

    private static CampaignTarget TargetOf(string ecu, UpdateFile? file) => new()
    {
        Ecu = ecu,
        PackageName = file?.Name ?? string.Empty,
        Part = file?.Part ?? TargetPart.Application,
        Version = file?.Version ?? string.Empty,
        File = file?.Bytes ?? [],
    };

    // A version stands for itself: the ECU may return to it where it runs already, as the other bank's image.
    private string[] ReadRollback(ConfigSection section, string ecu, UpdateFile? wanted, List<CampaignTarget> packages)
    {
        List<string> versions = [];
        foreach (ConfigNode node in section.Find("rollback") is null ? [] : section.List("rollback", "rollback: [motor-1.esp, 1.0.0]"))
        {
            UpdateFile? file = null;
            if (node.Kind != ConfigNodeKind.Scalar || node.Text.Length == 0)
            {
                problems.Add(node, ConfigRule.Malformed, $"`rollback` holds {(node.Kind == ConfigNodeKind.Scalar ? "nothing" : node.KindName)}", "Write package files, or versions");
                continue;
            }

            if (source.IsPackage(node))
            {
                file = Load(node);
                if (file is null || !Fits(node, file, wanted))
                {
                    continue;
                }
            }

            string version = file?.Version ?? node.Text;
            if (version == wanted?.Version || versions.Contains(version))
            {
                problems.Add(node, ConfigRule.DuplicateKey, $"Version {version} is in this target already", "Let each version to return to be another one");
                continue;
            }

            versions.Add(version);
            if (file is not null)
            {
                packages.Add(TargetOf(ecu, file));
            }
        }

        if (versions.Count > 0 && wanted is { Part: not TargetPart.Application })
        {
            problems.Add(section.Place("rollback"), ConfigRule.Malformed, "Keys and rules only go forward: there is none to return to", "Leave `rollback` out");
        }

        return [.. versions];
    }

    private bool Fits(ConfigNode node, UpdateFile file, UpdateFile? wanted)
    {
        bool isOther = wanted is not null && (file.Part != wanted.Part || !file.ClassId.AsSpan().SequenceEqual(wanted.ClassId));
        if (isOther)
        {
            problems.Add(node, ConfigRule.PackageUnfit, $"{node.Text} is for class {new Guid(file.ClassId, bigEndian: true)} and not, as the package of this target, an application for {new Guid(wanted!.ClassId, bigEndian: true)}", "Name an older package of the same ECU");
        }

        return !isOther;
    }

    private UpdateFile? Load(ConfigNode node)
    {
        if (!_files.TryGetValue(node.Text, out UpdateFile? file))
        {
            try
            {
                file = source.Load(node);
            }
            catch (UserErrorException exception)
            {
                problems.Add(node, ConfigRule.PackageUnfit, $"{node.Text} cannot be sent: {exception.Message.TrimEnd('.')}", source.Remedy);
            }

            _files[node.Text] = file;
        }

        return file;
    }

    private void CheckTwin(ReadTarget target, List<ReadTarget> before)
    {
        if (before.Find(other => other.Target.Ecu == target.Target.Ecu && other.Target.Part == target.Target.Part && other.Target.File.Length > 0) is { } twin)
        {
            problems.Add(target.At, ConfigRule.DuplicateKey, $"{EsyncTarget.Of(target.Target.Ecu, target.Target.Part)} has a package already, in line {twin.At.Line}", "Keep one, or make two campaigns of it");
        }
    }

    private void CheckOrder(IReadOnlyList<ReadTarget> targets, List<(string Ecu, ConfigNode Named)> orders)
    {
        HashSet<string> ecus = [.. targets.Select(target => target.Target.Ecu)];
        foreach ((string ecu, ConfigNode named) in orders)
        {
            if (!ecus.Contains(named.Text))
            {
                problems.Add(named, ConfigRule.UnknownName, $"{ecu} comes after `{named.Text}`, which this campaign does not update", $"Its ECUs are {string.Join(", ", ecus)}");
            }
            else if (Before(named.Text, orders).Contains(ecu))
            {
                problems.Add(named, ConfigRule.OrderCircle, $"{ecu} comes after {named.Text}, and {(named.Text == ecu ? "so after itself" : $"{named.Text} after {ecu}")}: neither could begin", "Take one of them out of `after`");
            }
        }
    }

    // The ECU and all that must be done before it.
    private static HashSet<string> Before(string ecu, List<(string Ecu, ConfigNode Named)> orders)
    {
        HashSet<string> before = [ecu];
        Stack<string> open = new([ecu]);
        while (open.TryPop(out string? next))
        {
            foreach ((_, ConfigNode named) in orders.Where(order => order.Ecu == next && before.Add(order.Named.Text)))
            {
                open.Push(named.Text);
            }
        }

        return before;
    }
}
