// What a run of the sweep shall try, and the address of one attempt, by which a finding is repeated alone.
// Invariant: an address names everything that its attempt depends on, but for the seed.
// Tests: tests/host-sim/Sweep.
using System.Globalization;
using EsyncSim.Flash;

namespace EsyncSim.Sweep;

/// <summary>One attempt.</summary>
/// <param name="Scenario">Name of the row.</param>
/// <param name="Geometry">Name of the part.</param>
/// <param name="First">The cut; where frames are cut, the frame stands for the operation.</param>
/// <param name="Second">The cut during the restart after it.</param>
public sealed record SweepAddress(string Scenario, string Geometry, FlashCut First, FlashCut? Second)
{
    /// <summary>Reads `scenario:geometry:operation:model`, and once more `:operation:model` for a second cut.</summary>
    /// <exception cref="UserErrorException">It is none.</exception>
    public static SweepAddress Parse(string text)
    {
        string[] parts = text.Split(':');
        if (parts.Length is not (4 or 6))
        {
            throw Wrong(text);
        }

        return new SweepAddress(parts[0], parts[1], Cut(parts[2], parts[3]), parts.Length == 6 ? Cut(parts[4], parts[5]) : null);

        FlashCut Cut(string number, string model) =>
            int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int operation) && Enum.TryParse(model, out CutModel cut) && Enum.IsDefined(cut)
                ? new FlashCut(operation, cut)
                : throw Wrong(text);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Scenario}:{Geometry}:{First.Number}:{First.Model}" + (Second is { } second ? $":{second.Number}:{second.Model}" : string.Empty);

    private static UserErrorException Wrong(string text) => new(
        ExitCode.BadUsage,
        $"'{text}' names no attempt; it is scenario:geometry:operation:model, as a finding prints it (models: {string.Join(", ", Enum.GetNames<CutModel>())})");
}

/// <summary>What to try.</summary>
public sealed record SweepRequest
{
    /// <summary>Names of scenarios; all when empty.</summary>
    public IReadOnlyList<string> Scenarios { get; init; } = [];

    /// <summary>Names of geometries; all when empty.</summary>
    public IReadOnlyList<string> Geometries { get; init; } = [];

    /// <summary>Decides torn and unstable bits.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Restarts after cuts of every so-many-th operation are cut again; 0: none.</summary>
    public int DoubleEvery { get; init; } = 16;

    /// <summary>
    /// Operations that are cut at the most in one scenario on one part, and fewer where a restart takes long; on the first
    /// part of the table all are. 0: everywhere all.
    /// </summary>
    public int OperationsMax { get; init; } = 64;

    /// <summary>Worlds at a time.</summary>
    public int ThreadsMax { get; init; } = Environment.ProcessorCount;

    /// <summary>Frames at which a run with one and the same client is cut, when <see cref="LiveEvery"/> is 0.</summary>
    public int LiveCount { get; init; } = 24;

    /// <summary>Every so-many-th frame for that; 0: as <see cref="LiveCount"/> says.</summary>
    public int LiveEvery { get; init; }

    /// <summary>Also the large image.</summary>
    public bool IsFull { get; init; }

    /// <summary>Nothing but this.</summary>
    public SweepAddress? Only { get; init; }

    /// <summary>Ends the run.</summary>
    public CancellationToken Stop { get; init; }
}
