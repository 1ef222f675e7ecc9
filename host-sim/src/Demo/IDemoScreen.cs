// Where a demo or an update shows itself while it runs.
// Tests: tests/host-sim/Demo.
namespace EsyncSim.Demo;

/// <summary>A screen.</summary>
public interface IDemoScreen
{
    /// <summary>A part of the story begins.</summary>
    void Chapter(string title);

    /// <summary>Something worth a line.</summary>
    void Note(string text);

    /// <summary>A step has ended.</summary>
    void Step(DemoStep step);

    /// <summary>A transfer begins, or goes on at <paramref name="offset"/>.</summary>
    void TransferBegins(string ecu, string version, int offset, int total);

    /// <summary>A transfer is so far; rates as in <see cref="TransferResult"/>.</summary>
    void Transferred(int position, double kBps, double percentOfLimit);

    /// <summary>A transfer has ended, or was interrupted.</summary>
    void TransferEnds(TransferResult result, bool isWhole);
}
