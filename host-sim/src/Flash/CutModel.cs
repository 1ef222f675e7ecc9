// How far an erase or a program came when the power failed, and what the cells read as afterwards.
// Invariant: numbers are never reordered; sweeps print them and seeds depend on them.
// Tests: tests/host-sim/Flash.
namespace EsyncSim.Flash;

/// <summary>What an operation that was cut leaves behind.</summary>
public enum CutModel
{
    /// <summary>It never began: the flash is as it was.</summary>
    Before = 0,

    /// <summary>It was complete; nobody was told.</summary>
    After = 1,

    /// <summary>Program: the first bytes are there, the others are not.</summary>
    ProgramPrefix = 2,

    /// <summary>Program: a random part of the bits that were to fall has fallen.</summary>
    ProgramBits = 3,

    /// <summary>Program: some bits have fallen, others read differently each time.</summary>
    ProgramUnstable = 4,

    /// <summary>Erase: everything reads as before, but the cells were touched and may not be programmed.</summary>
    EraseUntouched = 5,

    /// <summary>Erase: everything reads FF, but the cells are not erased and may not be programmed.</summary>
    EraseAllFf = 6,

    /// <summary>Erase: old zeros, ones, and bits that read differently each time.</summary>
    EraseUnstable = 7,

    /// <summary>Erase: as before, except for a few bits that read differently each time: what was there may still pass its CRC once.</summary>
    EraseMarginal = 8,

    /// <summary>Program: complete, except for a few bits that read differently each time.</summary>
    ProgramMarginal = 9,
}

/// <summary>Kinds of operation that change the flash.</summary>
public enum FlashOperationKind
{
    /// <summary>Erase of one sector.</summary>
    Erase,

    /// <summary>Program within one page.</summary>
    Program,

    /// <summary>A file system's commit: one sector takes new content at once.</summary>
    Commit,
}

/// <summary>One operation that changes the flash.</summary>
/// <param name="Index">Number since the model was made or reset, from 0.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Address">First byte.</param>
/// <param name="Count">Bytes.</param>
public readonly record struct FlashOperation(long Index, FlashOperationKind Kind, uint Address, int Count);

/// <summary>Which models apply to which operation.</summary>
public static class CutModels
{
    /// <summary>Models of a cut program.</summary>
    public static IReadOnlyList<CutModel> OfProgram { get; } =
        [CutModel.Before, CutModel.After, CutModel.ProgramPrefix, CutModel.ProgramBits, CutModel.ProgramUnstable, CutModel.ProgramMarginal];

    /// <summary>Models of a cut erase.</summary>
    public static IReadOnlyList<CutModel> OfErase { get; } =
        [CutModel.Before, CutModel.After, CutModel.EraseUntouched, CutModel.EraseAllFf, CutModel.EraseUnstable, CutModel.EraseMarginal];

    /// <summary>Models of a cut commit: a file system has the old content or the new one.</summary>
    public static IReadOnlyList<CutModel> OfCommit { get; } = [CutModel.Before, CutModel.After];

    /// <summary>Models of a cut operation of this kind.</summary>
    public static IReadOnlyList<CutModel> Of(FlashOperationKind kind) => kind switch
    {
        FlashOperationKind.Erase => OfErase,
        FlashOperationKind.Program => OfProgram,
        _ => OfCommit,
    };
}

/// <summary>The power failed in the middle of a flash operation; nothing of the ECU runs any further.</summary>
public sealed class PowerCutException(FlashOperation operation, CutModel model)
    : Exception($"power cut ({model}) at flash operation {operation.Index}: {operation.Kind} {operation.Address:X6}, {operation.Count} bytes")
{
    /// <summary>The operation that was cut.</summary>
    public FlashOperation Operation { get; } = operation;

    /// <summary>What it left behind.</summary>
    public CutModel Model { get; } = model;
}

/// <summary>The agent broke a rule of the part; always a fault of the program.</summary>
public sealed class FlashViolationException(string message) : Exception(message);
