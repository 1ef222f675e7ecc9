// The option of a command that updates ECUs: how long TransferData requests are. `auto` leaves it to BlockLengthChooser.
// Tests: tests/host-sim/Cli/BlockLengthOptionTests.cs.
using System.CommandLine;
using System.Globalization;

namespace EsyncSim.Cli;

/// <summary>--block-length.</summary>
internal sealed class BlockLengthOption
{
    // SID, counter and some data; and what the length field of a first frame holds (ISO 15765-2:2016 §9.6.3.1).
    private const int Least = 16;
    private const int Most = 4095;

    private readonly Option<string> _length = new("--block-length")
    {
        Description = $"Bytes of a TransferData request: auto (as many as the ECU takes, fewer while that pays because requests are lost), max, or {Least} to {Most}",
        HelpName = "auto|max|N",
        DefaultValueFactory = _ => "auto",
    };

    /// <summary>Adds the option to a command, which refuses what is none of the three.</summary>
    public BlockLengthOption(Command command)
    {
        _length.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !TryParse(result.Tokens[0].Value, out _))
            {
                result.AddError($"{_length.Name} takes auto, max, or a number from {Least} to {Most}");
            }
        });
        command.Add(_length);
    }

    /// <summary>The fixed length, of which an ECU gets as much as it takes; null: it is chosen.</summary>
    public int? Read(ParseResult parsed) => TryParse(parsed.GetRequiredValue(_length), out int? length) ? length : null;

    private static bool TryParse(string text, out int? length)
    {
        bool isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number);
        length = text == "auto" ? null : text == "max" ? Most : number;
        return text is "auto" or "max" || (isNumber && number is >= Least and <= Most);
    }
}
