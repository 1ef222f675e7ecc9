// nf.config: text to configuration or to problems with lines. A wrong file gives problems; a right one gives ECUs.
// Tests: tests/Fuzz/Checks.
using System.Text;
using EsyncSim;
using EsyncSim.Config;

namespace EsyncTests.Fuzzing.Targets;

/// <summary>ConfigYaml and all readers behind it.</summary>
internal sealed class ConfigTarget : FuzzTarget
{
    private static readonly string Boards = Path.Combine(AppContext.BaseDirectory, "boards");

    public override string What => "nf.config: YAML to configuration or to problems with lines";

    public override IReadOnlyList<string> NotReading => ["NfConfig.FindDefault", "NfConfig.FindBoard", "NfConfig.Ecu", "NfConfig.Load"];

    public override IReadOnlyList<string> Parsers =>
        [.. new[] { "NfConfig", "ConfigYaml", "ConfigSection", "ConfigValues", "EcuReader", "FlashMapReader", "IdentifierRules", "RecordReader", "TrustReader", "TransferReader", "SlotSizes", "SeparationTime", "SignalReader", "SignalSourceReader", "SignalFrameRules", "SignalRange", "OutputReader", "DataReader" }.Select(name => "EsyncSim.Config." + name)];

    public override int LengthMax => 6000;

    public override int SmokeInputs => 300;

    public override IReadOnlyList<byte[]> Words =>
        [.. new[] { "\n  ", ": ", "- ", "[", "]", "{", "}", "&a ", "*a", "!!int ", "|\n", ">\n", "\"", "'", "\\u", "%YAML 1.2\n", "---\n", "...\n", "\t", "? ", "0x7FF", "-1", "1e9", "99999999999999999999", "KiB", "MiB", "true", "~", "<<", "#", "\u2028", "\0" }.Select(Encoding.UTF8.GetBytes)];

    // YamlDotNet carries probes as well.
    public override long StepsMax(int length) => 2_000_000 + (20_000L * length);

    public override long AllocationMax(int length) => 4_000_000 + (4000L * length);

    public override IReadOnlyList<byte[]> Seeds()
    {
        byte[] whole = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, NfConfig.FileName));
        return [whole.Length <= LengthMax ? whole : Shortened(whole), "format: 1\nbuses:\n  can0:\n    bitRate: 500000\necus: {}\n"u8.ToArray(), "a: [1, {b: 'c'}, \"d\\n\"]\n"u8.ToArray()];
    }

    public override void Run(byte[] input)
    {
        string text = Encoding.UTF8.GetString(input);
        (NfConfig? config, IReadOnlyList<ConfigProblem> problems) = NfConfig.Read("nf.config", text, [Boards]);
        Require((config is null) == (problems.Count > 0), "neither a configuration nor a problem");
        Require(problems.All(problem => problem.Line >= 1 && problem.ToString().Length > 0), "a problem without a line");
        Require(config is null || config.Ecus.Count > 0, "a configuration without an ECU is taken");
        if (config is not null)
        {
            Require(config.Ecus.Keys.All(name => ConfigGenerator.ClassName(name).Length > 0), "an ECU whose name names no class");
        }
    }

    // Comments and all ECUs but the first are left out.
    private static byte[] Shortened(byte[] file)
    {
        List<string> lines = [.. Encoding.UTF8.GetString(file).Split('\n').Select(line => line.Contains('#', StringComparison.Ordinal) ? line[..line.IndexOf('#', StringComparison.Ordinal)].TrimEnd() : line).Where(line => line.Length > 0)];
        int ecus = lines.FindIndex(line => line.StartsWith("ecus:", StringComparison.Ordinal));
        int second = lines.FindIndex(ecus + 2, line => line.Length > 2 && line.StartsWith("  ", StringComparison.Ordinal) && line[2] != ' ');
        return Encoding.UTF8.GetBytes(string.Join('\n', second < 0 ? lines : lines.Take(second)) + "\n");
    }
}
