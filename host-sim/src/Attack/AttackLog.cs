// What an attack did, step by step: what was sent, what had to come, what came. An attack is repelled when every step came
// as expected; so an expectation that is forgotten is an attack that was not tried, and a log without steps is an error.
// Tests: tests/host-sim/Attack.
using System.Globalization;

namespace EsyncSim.Attack;

/// <summary>One step.</summary>
/// <param name="Sent">What was sent or done.</param>
/// <param name="Expected">What had to come.</param>
/// <param name="Came">What came.</param>
/// <param name="IsHeld">True when the defence held.</param>
internal sealed record AttackStep(string Sent, string Expected, string Came, bool IsHeld);

/// <summary>The steps of one attack.</summary>
internal sealed class AttackLog
{
    private readonly List<AttackStep> _steps = [];

    /// <summary>The steps, in order.</summary>
    public IReadOnlyList<AttackStep> Steps => _steps;

    /// <summary>A step that holds when exactly the expected came.</summary>
    public void Add(string sent, string expected, string came) => _steps.Add(new AttackStep(sent, expected, came, expected == came));

    /// <summary>A step that holds within a bound, for what is a time or a count.</summary>
    public void AddBound(string sent, string unit, double boundMax, double came) => _steps.Add(new AttackStep(
        sent,
        string.Create(CultureInfo.InvariantCulture, $"at most {boundMax:0.##} {unit}"),
        string.Create(CultureInfo.InvariantCulture, $"{came:0.##} {unit}"),
        came <= boundMax));

    /// <summary>A step that could not go on; whoever hinders a conversation has done harm.</summary>
    public void Broken(string came) => _steps.Add(new AttackStep("conversation", "goes on", came, false));
}
