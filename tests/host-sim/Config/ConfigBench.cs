// Spoils one line of good.config and says what the check has to answer.
using EsyncSim.Config;
using Xunit;

namespace EsyncTests.HostSim.Config;

/// <summary>The configuration that the rules are tried on.</summary>
internal static class ConfigBench
{
    public const string FileName = "good.config";

    private static readonly string[] Boards = [Repository.PathOf("tests/host-sim/Config/boards")];

    public static string Good { get; } = Repository.Read("tests/host-sim/Config/good.config");

    public static NfConfig Read(string text)
    {
        (NfConfig? config, IReadOnlyList<ConfigProblem> problems) = NfConfig.Read(FileName, text, Boards);
        Assert.Empty(problems);
        return config!;
    }

    public static IReadOnlyList<ConfigProblem> Problems(string text) => NfConfig.Read(FileName, text, Boards).Problems;

    /// <summary>The good text with its only occurrence of <paramref name="old"/> replaced.</summary>
    public static string With(string old, string replacement) => With(Good, old, replacement);

    public static string With(string text, string old, string replacement)
    {
        int at = text.IndexOf(old, StringComparison.Ordinal);
        Assert.True(at >= 0, $"good.config does not hold: {old}");
        Assert.True(text.IndexOf(old, at + 1, StringComparison.Ordinal) < 0, $"good.config holds more than once: {old}");
        return text.Replace(old, replacement);
    }

    /// <summary>
    /// The spoiled text has problems of this rule only, in the first line that holds <paramref name="lineMark"/>, and
    /// each gives this reason. There is one, or one for each ECU when the line is among the defaults.
    /// </summary>
    public static void Expect(string text, string rule, string lineMark, string reason)
    {
        IReadOnlyList<ConfigProblem> problems = Problems(text);
        Assert.InRange(problems.Count, 1, 3);
        int line = LineOf(text, lineMark);
        Assert.All(problems, problem =>
        {
            Assert.Contains(reason, problem.ToString());
            Assert.Equal((rule, line), (problem.Rule, problem.Line));
            Assert.StartsWith($"{FileName}({line},{problem.Column}): error {rule}: ", problem.ToString());
        });
    }

    /// <summary>The same for a line that is replaced.</summary>
    public static void ExpectLine(string old, string replacement, string rule, string reason) =>
        Expect(With(old, replacement), rule, replacement.Split('\n')[0], reason);

    private static int LineOf(string text, string mark)
    {
        int at = text.IndexOf(mark, StringComparison.Ordinal);
        Assert.True(at >= 0, $"no line holds: {mark}");
        return text.AsSpan(0, at).Count('\n') + 1;
    }
}
