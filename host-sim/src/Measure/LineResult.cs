// What one run on the line gave. Plain data; figures that follow from others are computed here and nowhere else.
// Tests: tests/host-sim/Measure.
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Ecu;

namespace EsyncSim.Measure;

/// <summary>Figures of one run.</summary>
public sealed record LineResult
{
    /// <summary>Bytes of the image.</summary>
    public required int Bytes { get; init; }

    /// <summary>Length of the payload phase: from the request for the download to the response to its exit, in nanoseconds.</summary>
    public required long PayloadNs { get; init; }

    /// <summary>Rate of a bus that carries nothing but the consecutive frames that were sent.</summary>
    public required double LimitKBps { get; init; }

    /// <summary>Nanoseconds of each <see cref="LinePart"/>; together the payload phase.</summary>
    public required IReadOnlyList<long> Parts { get; init; }

    /// <summary>IL instructions charged in the payload phase.</summary>
    public required long PayloadIl { get; init; }

    /// <summary>Processor time charged in the payload phase, native calls and SPI included, in nanoseconds.</summary>
    public required long PayloadProcessorNs { get; init; }

    /// <summary>From 10 03 to the positive response to the confirmation, in nanoseconds.</summary>
    public required long WholeNs { get; init; }

    /// <summary>Nanoseconds of each stage of the client's programming order; together the whole update.</summary>
    public required IReadOnlyDictionary<UpdateStage, long> Stages { get; init; }

    /// <summary>Compressions of SHA-256 in that time: signatures, and digests of the manifest.</summary>
    public required long Compressions { get; init; }

    /// <summary>Attempts that were cut off and gone on with.</summary>
    public required int LostAttempts { get; init; }

    /// <summary>Bytes of the last TransferData requests, when their length changed in the payload phase.</summary>
    public int? BlockLength { get; init; }

    /// <summary>Frames that the fault struck.</summary>
    public long Struck { get; init; }

    /// <summary>Frames that the ECU's controller or driver lost in the payload phase.</summary>
    public required long Overrun { get; init; }

    /// <summary>Rate of the payload phase.</summary>
    public double KBps => Bytes * 1e6 / PayloadNs;

    /// <summary>Share of the limit, in percent.</summary>
    public double PercentOfLimit => KBps / LimitKBps * 100;

    /// <summary>Share of the processor's time that IL took in the payload phase, in percent.</summary>
    public double IlPercent => IlCosts.Committed.IlToNs(PayloadIl) * 100.0 / PayloadNs;

    /// <summary>Share of the processor's time in the payload phase, native calls and SPI included, in percent.</summary>
    public double ProcessorPercent => PayloadProcessorNs * 100.0 / PayloadNs;

    /// <summary>Time charged for the compressions, in seconds.</summary>
    public double SignatureSeconds => IlCosts.Committed.IlToNs(Compressions * IlCosts.Committed[IlOperation.ShaCompression]) / (double)VirtualTime.NsPerSecond;

    /// <summary>The whole update in seconds, the time for signatures counted or not.</summary>
    public double WholeSeconds(bool withSignatures) => (WholeNs / (double)VirtualTime.NsPerSecond) - (withSignatures ? 0 : SignatureSeconds);

    /// <summary>Share of the limit that the whole update reaches, the time for signatures counted or not, in percent.</summary>
    public double WholePercentOfLimit(bool withSignatures) =>
        Bytes / 1e3 / WholeSeconds(withSignatures) / LimitKBps * 100;
}
