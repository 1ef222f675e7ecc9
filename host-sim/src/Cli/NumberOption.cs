// Options that take a whole number from a bound on: what is less, or no number, is refused with the option's name
// before the command begins. An option that is not given keeps its default, whatever the bound.
// Tests: tests/host-sim/Cli/NumberOptionTests.cs.
using System.CommandLine;
using System.Globalization;

namespace EsyncSim.Cli;

/// <summary>Bounds of numbers.</summary>
internal static class NumberOption
{
    /// <summary>Lets options take numbers from <paramref name="least"/> on.</summary>
    public static void RequireFrom(int least, params Option[] options)
    {
        foreach (Option option in options)
        {
            option.Validators.Add(result =>
            {
                if (result.Tokens.Count == 1 && (!int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number < least))
                {
                    result.AddError($"{option.Name} takes a number from {least}");
                }
            });
        }
    }
}
