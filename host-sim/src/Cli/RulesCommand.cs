// esync rules: collection rules from YAML to what an ECU takes, and back to what people read.
// Invariant: nobody signs what the ECU would refuse; the agent's own reader says whether it would.
// Clause: PROTOCOL.md, "Collection rules".
// Tests: tests/host-sim/Cli/RulesCommandTests.cs.
using System.CommandLine;
using System.Globalization;
using EsyncAgent;
using EsyncSim.Config;
using EsyncSim.Files;
using EsyncSim.Packages;
using EsyncSim.Rules;
using EsyncSim.Signing;

namespace EsyncSim.Cli;

/// <summary>The command `rules`.</summary>
internal static class RulesCommand
{
    private const int TextLengthMax = 1 << 20;

    /// <summary>Makes the command.</summary>
    /// <param name="files">Where key files, their register and the rules file are.</param>
    public static Command Create(IFileSystem files) =>
        new ToolCommand("rules", "Collection rules: which signals an ECU samples, when, and how long they are kept. Written in YAML, signed, and taken by the ECU without a restart.") { Build(files), Show(), RulesPushCommand.Create() }
            .WithExample("esync rules build --ecu motor --rules motor.yaml --sequence 1 --key rules.key --out motor-1.rules", "signed by a key of the role rules")
            .WithExample("esync rules show motor-1.rules", "what is in it, and what it costs the ECU")
            .WithExample("esync rules push motor-1.rules --flash motor.flash", "the ECU collects by it from then on");

    private static ToolCommand Build(IFileSystem files)
    {
        Option<string> ecu = new("--ecu") { HelpName = "NAME", Description = "ECU of nf.config that it is for: its signals, bounds, vendor and class", Required = true };
        Option<string> rules = new("--rules") { HelpName = "FILE", Description = "The rules in YAML (host-sim/README.md, \"Collection rules\")", Required = true };
        Option<uint> sequence = new("--sequence") { HelpName = "N", Description = "Counts the rules of this ECU from 1: higher than that of any before", Required = true };
        Option<string[]> keys = new("--key") { HelpName = "FILE", Description = "Private key that signs; one of the role rules", Required = true };
        Option<string?> device = new("--device") { HelpName = "HEX", Description = "Device identifier (32 hexadecimal digits): for this one ECU only" };
        Option<string> output = new("--out") { HelpName = "FILE", Description = "Rules file to write", Required = true };
        Option<string?> config = ConfigOption();
        ToolCommand command = new("build", "Make a rules file. What the ECU would refuse (an unknown signal, too many rules, too dear an evaluation) is refused before a key signs.") { ecu, rules, sequence, keys, device, output, config };
        command.WithExample("esync rules build --ecu motor --rules motor.yaml --sequence 1 --key rules.key --out motor-1.rules", "make the key by `esync keys new rules.key --role rules`");
        KeyStoreOption store = new(command, files);
        command.SetAction(result =>
        {
            EcuDefinition target = LoadEcu(result.GetValue(config), result.GetRequiredValue(ecu));
            string? only = result.GetValue(device);
            RuleList list = RulesText.Load(result.GetRequiredValue(rules), target) with
            {
                Sequence = result.GetRequiredValue(sequence), DeviceId = only is null ? null : PackageBuildCommand.Identifier(only, "--device"),
            };
            SigningKeyStore opened = store.Open(result);
            string[] paths = result.GetRequiredValue(keys);
            ISigner[] signers = [.. paths.Select(path => FileSigner.Open(opened, path))];
            RulesFile.Require(list, signers);
            RequireFit(list, target, signers);
            string path = result.GetRequiredValue(output);
            OutputFiles.RequireWritable(path);
            PackageBuildCommand.RequireUsable(opened, paths, SeenSignatures.In(files, Path.GetDirectoryName(Path.GetFullPath(path))!));
            RulesFile file = RulesFile.Build(list, signers);
            AtomicFile.WriteOutput(files, path, file.Document);
            Write(result.InvocationConfiguration.Output, path, list, target);
            return ExitCode.Ok;
        });
        return command;
    }

    private static ToolCommand Show()
    {
        Argument<string> file = new("FILE") { Description = "Rules file, or rules in YAML" };
        Option<string?> ecu = new("--ecu") { HelpName = "NAME", Description = "ECU of nf.config whose signals and bounds count; of a rules file by default the one whose class it is for" };
        Option<string?> config = ConfigOption();
        ToolCommand command = new("show", "Show rules in words, with what they cost of the ECU's bounds. Signatures are not verified.") { file, ecu, config };
        command
            .WithExample("esync rules show motor-1.rules", "a rules file")
            .WithExample("esync rules show motor.yaml --ecu motor", "before it is signed");
        FieldsFile json = new(command);
        command.SetAction(result => json.Run(result, output =>
        {
            string path = result.GetRequiredValue(file);
            string? name = result.GetValue(ecu);
            NfConfig configuration = NfConfig.Load(result.GetValue(config) ?? NfConfig.FindDefault());
            bool isSigned = RulesFile.IsRulesFile(path);
            if (!isSigned && name is null)
            {
                throw new UserErrorException(ExitCode.BadUsage, $"{path} is not signed, so --ecu NAME must say whose signals it means: {string.Join(", ", configuration.Ecus.Keys)}");
            }

            RuleList? signed = isSigned ? RulesFile.Load(path).List : null;
            EcuDefinition? target = name is not null ? configuration.Ecu(name) : configuration.Ecus.Values.FirstOrDefault(other => other.Config.Fota.ClassId.AsSpan().SequenceEqual(signed!.ClassId));
            Write(output, path, signed ?? RulesText.Load(path, target!), target);
            return ExitCode.Ok;
        }));
        return command;
    }

    private static Option<string?> ConfigOption() => new("--config") { HelpName = "FILE", Description = "The configuration; without it the nearest nf.config, from the current folder upwards" };

    private static EcuDefinition LoadEcu(string? config, string name) => NfConfig.Load(config ?? NfConfig.FindDefault()).Ecu(name);

    private static void RequireFit(RuleList list, EcuDefinition target, ISigner[] signers)
    {
        RuleLimits limits = RuleLimits.Of(list.Encode(), target.Config.Data);
        if (limits.Problem is { } problem)
        {
            throw new UserErrorException(ExitCode.BadFile, $"{target.Name} would refuse these rules: {problem} ({limits.Reason})");
        }

        if (list.Rules.Select(rule => RuleReach.ProblemOf(rule, target.Signals, target.Config.Dem.Dtcs)).OfType<string>().FirstOrDefault() is { } never)
        {
            throw new UserErrorException(ExitCode.BadFile, $"{target.Name} would take these rules and stay silent: {never}.");
        }

        if (RuleRate.ProblemOf(list.Rules, target.Signals, target.Bus.BitRate) is { } tooMuch)
        {
            throw new UserErrorException(ExitCode.BadFile, $"{target.Name} could keep to these rules, but nobody to what comes of them: {tooMuch}. Take fewer signals or longer periods.");
        }

        if (target.Config.Fls.ReportLog.Length == 0)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"{target.Name} has no report log, so there is nothing to collect into ({FotaError.ReportLogAbsent}); give flash.areas.reportLog of nf.config a length");
        }

        int length = SuitEnvelope.LengthOf(list.Encode(), signers, SignedDocument.CollectionRules);
        uint room = PackageTarget.Of(target).EnvelopeLengthMax;
        if (length > room)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"the rules file would have {length} bytes, {target.Name} takes {room}; use keys with shorter signatures ({FotaError.EnvelopeTooLong})");
        }
    }

    private static void Write(TextWriter output, string path, RuleList list, EcuDefinition? target)
    {
        static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
        bool isKnown = target is not null && target.Config.Data.SignalTableId == list.TableId;
        RuleText text = new(isKnown ? target!.Signals : null);
        RuleLimits? limits = target is null ? null : RuleLimits.Of(list.Encode(), target.Config.Data);
        List<(string, string)> fields =
        [
            ("sequence", list.Sequence == 0 ? "none yet" : Number(list.Sequence)),
            ("for", target?.Name ?? $"class {new Guid(list.ClassId, bigEndian: true)}, which no ECU of nf.config has"),
            ("signal table", $"0x{list.TableId:X8}"),
        ];
        if (limits is { Problem: null } && target is not null)
        {
            DataConfig data = target.Config.Data;
            fields.Add(("bytes", $"{list.Encode().Length} of {data.RulesLengthMax}"));
            fields.Add(("rules", $"{list.Rules.Count} of {data.RuleCountMax}"));
            fields.Add(("signals", $"{list.Rules.Sum(rule => rule.Signals.Count)} of {data.RuleSignalsMax}"));
            fields.Add(("IL an evaluation", $"{limits.Set.Cost} of {data.IlPerTurnMax}"));
        }
        else if (limits?.Problem is { } problem)
        {
            fields.Add(("refused", $"{problem} ({limits.Reason})"));
        }

        Terminal.WriteFields(output, path, fields);
        foreach (CollectionRule rule in list.Rules)
        {
            Terminal.WriteFields(output, $"rule {Number(rule.Id)}",
            [
                ("when", text.TriggerOf(rule)),
                ("signals", string.Join(", ", rule.Signals.Select(text.NameOf))),
                .. rule.Window is null ? Array.Empty<(string, string)>() : [("window", RuleText.WindowOf(rule))],
                ("kept", $"{RuleText.RetentionOf(rule)}, priority {RulesReader.NameOf(rule.Priority)}"),
            ]);
        }
    }

    /// <summary>Rules in a file of their own.</summary>
    private static class RulesText
    {
        public static RuleList Load(string path, EcuDefinition target)
        {
            ConfigProblems problems = new();
            string text = System.Text.Encoding.UTF8.GetString(AtomicFile.ReadInput(path, "rules", TextLengthMax));
            IReadOnlyList<CollectionRule> rules = [];
            if (ConfigYaml.Read(path, text, problems) is { } root)
            {
                ConfigSection file = new(problems, "rules file", root, root);
                ConfigNode? list = file.Find("rules");
                rules = list is null ? [] : RulesReader.Read(list, target.Signals, problems);
                file.RefuseUnknown();
                if (list is null)
                {
                    problems.Add(root, ConfigRule.MissingKey, "There is no `rules`", "Write `rules:` and below it one `- id: …` for each rule");
                }
            }

            return problems.InOrder is []
                ? new RuleList { Sequence = 0, VendorId = target.Config.Fota.VendorId, ClassId = target.Config.Fota.ClassId, TableId = target.Config.Data.SignalTableId, Rules = rules }
                : throw new UserErrorException(ExitCode.BadFile, string.Join(Environment.NewLine, problems.InOrder.Select(problem => problem.ToString()).Prepend($"{path} is wrong")));
        }
    }
}
