// A simulated flash part behind the agent's port IFls: obeys the rules of NOR flash and insists that the agent does,
// takes its time in virtual microseconds, and can lose its power at any operation.
// Invariants: one job at a time; an effect appears when the job ends, not before; a broken rule (second program of a
// write unit, program after an interrupted erase, misaligned or page-crossing program, data changed under the job) is a
// FlashViolationException, never a silent repair; the same seed gives the same torn bits.
// Must not know the agent's formats.
// Tests: tests/host-sim/Flash.
using EsyncAgent;

namespace EsyncSim.Flash;

/// <summary>The part.</summary>
public sealed class FlashModel : IFls
{
    private readonly Func<long>? _nowMicroseconds;
    private readonly ulong _seed;
    private Job _job;
    private byte[] _programData = [];
    private byte[] _compareData = [];
    private FlsStatus _status = FlsStatus.Idle;
    private long _cutAt = -1;
    private CutModel _cutModel;

    /// <summary>
    /// A new, erased part. <paramref name="nowMicroseconds"/> is the virtual clock; without it every job ends at its first
    /// Poll. <paramref name="seed"/> decides torn and unstable bits.
    /// </summary>
    public FlashModel(FlashGeometry geometry, Func<long>? nowMicroseconds = null, ulong seed = 1)
    {
        Geometry = geometry;
        Memory = new FlashMemory(geometry, seed);
        _nowMicroseconds = nowMicroseconds;
        _seed = seed;
    }

    private FlashModel(FlashModel of, FlashMemory memory, ulong seed)
    {
        Geometry = of.Geometry;
        Memory = memory;
        _seed = seed;
        IsCutThrown = of.IsCutThrown;
    }

    private enum JobKind
    {
        None,
        Erase,
        Program,
        Read,
        Compare,
        Commit,
    }

    /// <summary>Sectors, page, write unit, times.</summary>
    public FlashGeometry Geometry { get; }

    /// <summary>The cells: snapshots, files, bit flips.</summary>
    public FlashMemory Memory { get; }

    /// <summary>Counters since the model was made.</summary>
    public FlashStatistics Statistics { get; } = new();

    /// <summary>Operations that changed the flash (erases, programs) since the model was made or <see cref="PowerOn"/> reset it.</summary>
    public long OperationCount { get; private set; }

    /// <summary>True after a power cut, until <see cref="PowerOn"/>; every job is refused.</summary>
    public bool IsPowerLost { get; private set; }

    /// <summary>True (the default): a cut throws <see cref="PowerCutException"/>; false: it only sets <see cref="IsPowerLost"/>.</summary>
    public bool IsCutThrown { get; set; } = true;

    /// <summary>Called with each operation that changes the flash, before its effect.</summary>
    public Action<FlashOperation>? Observer { get; set; }

    /// <summary>Asked about each operation that changes the flash: does it go wrong?</summary>
    public Func<FlashOperation, FlashFault>? Fault { get; set; }

    /// <summary>Called when bytes may have changed, with their place and count.</summary>
    public event Action<uint, int>? Changed;

    /// <summary>Called when the power comes: a chip around the cells forgets then what it holds besides them.</summary>
    public event Action? PoweredOn;

    /// <summary>Moment at which the job under way ends, in virtual microseconds; −1 when there is none.</summary>
    public long JobEndsAtUs => _job.Kind == JobKind.None ? -1 : _job.EndsAtUs;

    /// <summary>The part's clock in virtual microseconds; null for a part whose jobs take no time.</summary>
    internal long? NowUs => _nowMicroseconds?.Invoke();

    /// <inheritdoc/>
    public uint Size => Geometry.Size;

    /// <inheritdoc/>
    public int PageSize => Geometry.PageSize;

    /// <inheritdoc/>
    public int WriteUnit => Geometry.WriteUnit;

    /// <inheritdoc/>
    public byte ErasedValue => 0xFF;

    /// <inheritdoc/>
    public uint SectorStart(uint address) => Geometry.StartOf(Geometry.SectorAt(address));

    /// <inheritdoc/>
    public uint SectorLength(uint address) => (uint)Geometry.LengthOf(Geometry.SectorAt(address));

    /// <summary>The power fails at the operation with this number (counted as <see cref="OperationCount"/> does).</summary>
    public void CutAfter(long operationIndex, CutModel model)
    {
        _cutAt = operationIndex;
        _cutModel = model;
    }

    /// <summary>The power fails now; an operation under way is left as <paramref name="model"/> says. Does not throw.</summary>
    public void CutNow(CutModel model)
    {
        SettleByTime();
        if (_job.Kind is JobKind.Erase or JobKind.Program)
        {
            Tear(model);
        }

        LosePower();
    }

    /// <summary>Power is back: the part is idle, its contents are what the cut left. Counting starts anew, pending cuts are dropped.</summary>
    public void PowerOn()
    {
        IsPowerLost = false;
        OperationCount = 0;
        _cutAt = -1;
        _job = default;
        _status = FlsStatus.Idle;
        PoweredOn?.Invoke();
    }

    /// <summary>The part stops what it does, as an instruction to reset makes it, and leaves it torn; its power stays on.</summary>
    public void Abort()
    {
        SettleByTime();
        if (_job.Kind is JobKind.Erase or JobKind.Program)
        {
            Tear(_job.Kind == JobKind.Erase ? CutModel.EraseUnstable : CutModel.ProgramBits);
            _status = FlsStatus.Failed;
        }

        _job = default;
    }

    /// <summary>
    /// For an <see cref="Observer"/>: the part as it would be had the power failed in this operation, while this model goes
    /// on undisturbed; after <see cref="UnderWay"/>: in the change that is under way, or between two.
    /// The fork has power, no clock, and counts from 0.
    /// </summary>
    public FlashModel ForkCut(CutModel model, ulong seed)
    {
        FlashModel fork = new(this, Memory.Fork(seed), seed);
        fork._job = _job;
        fork._programData = _programData;
        if (_job.Kind is JobKind.Erase or JobKind.Program or JobKind.Commit)
        {
            fork.Tear(model);
        }

        fork.PowerOn();
        return fork;
    }

    /// <summary>The change that is under way at this moment; null when the part is idle or only reads.</summary>
    public FlashOperationKind? UnderWay()
    {
        SettleByTime();
        return _job.Kind == JobKind.Erase ? FlashOperationKind.Erase : _job.Kind == JobKind.Program ? FlashOperationKind.Program : null;
    }

    /// <inheritdoc/>
    public bool StartErase(uint address)
    {
        if (!MayStart(address, 1))
        {
            return false;
        }

        FlashDemand.That(SectorStart(address) == address, $"erase at {address:X6}: not the start of a sector");
        int length = (int)SectorLength(address);
        Begin(new Job(JobKind.Erase, address, [], 0, length), Geometry.Timing.EraseTimeUs(length));
        Statistics.Erases++;
        return BeginChange(FlashOperationKind.Erase, address, length);
    }

    /// <inheritdoc/>
    public bool StartProgram(uint address, byte[] data, int offset, int count)
    {
        if (!MayStart(address, count))
        {
            return false;
        }

        uint unit = (uint)WriteUnit;
        FlashDemand.That(count > 0 && address % unit == 0 && (uint)count % unit == 0, $"program at {address:X6}, {count} bytes: not whole write units of {unit}");
        FlashDemand.That((address % (uint)PageSize) + (uint)count <= (uint)PageSize, $"program at {address:X6}, {count} bytes: crosses a page of {PageSize}");
        string? fault = Memory.ProgramFault(address, count);
        FlashDemand.That(fault is null, $"{fault}");
        _programData = data.AsSpan(offset, count).ToArray();
        Begin(new Job(JobKind.Program, address, data, offset, count), Geometry.Timing.ProgramTimeUs(count));
        Statistics.Programs++;
        Statistics.ProgrammedBytes += count;
        return BeginChange(FlashOperationKind.Program, address, count);
    }

    /// <inheritdoc/>
    public bool StartRead(uint address, byte[] into, int offset, int count)
        => StartLook(JobKind.Read, address, into, offset, count);

    /// <inheritdoc/>
    public bool StartCompare(uint address, byte[] data, int offset, int count)
        => StartLook(JobKind.Compare, address, data, offset, count);

    /// <summary>
    /// A file system's commit: the sector at <paramref name="address"/> takes new content at once, none of it for erased. It
    /// has happened when the call comes back; false when the part refused or failed, and then nothing was changed.
    /// </summary>
    public bool Commit(uint address, ReadOnlySpan<byte> content)
    {
        if (!MayStart(address, 1))
        {
            return false;
        }

        FlashDemand.That(SectorStart(address) == address && content.Length <= (int)SectorLength(address), $"commit at {address:X6}, {content.Length} bytes: not one sector");
        _programData = content.ToArray();
        Begin(new Job(JobKind.Commit, address, _programData, 0, content.Length), 0);
        if (!BeginChange(FlashOperationKind.Commit, address, content.Length))
        {
            return false;
        }

        bool isGood = _job.Fault == FlashFault.None;
        if (isGood)
        {
            Memory.Commit(Geometry.SectorAt(address), content);
            Changed?.Invoke(address, (int)SectorLength(address));
        }

        _job = default;
        _status = isGood ? FlsStatus.Ok : FlsStatus.Failed;
        return isGood;
    }

    /// <inheritdoc/>
    public FlsStatus Poll()
    {
        SettleByTime();
        return _job.Kind == JobKind.None ? _status : FlsStatus.Busy;
    }

    private bool StartLook(JobKind kind, uint address, byte[] data, int offset, int count)
    {
        if (!MayStart(address, count))
        {
            return false;
        }

        FlashDemand.That(offset >= 0 && count > 0 && offset <= data.Length - count, $"{kind} at {address:X6}: {count} bytes at {offset} are outside the array");
        Begin(new Job(kind, address, data, offset, count), Geometry.Timing.ReadTimeUs(count));
        Statistics.Reads++;
        Statistics.ReadBytes += count;
        return true;
    }

    private bool MayStart(uint address, int count)
        => !IsPowerLost && Poll() != FlsStatus.Busy && address < Size && (uint)count <= Size - address;

    private void Begin(Job job, long takesUs)
    {
        _job = job;
        _job.EndsAtUs = _nowMicroseconds is null ? 0 : _nowMicroseconds() + takesUs;
        Statistics.BusyUs += takesUs;
    }

    private bool BeginChange(FlashOperationKind kind, uint address, int count)
    {
        FlashOperation operation = new(OperationCount++, kind, address, count);
        Observer?.Invoke(operation);
        _job.Fault = Fault?.Invoke(operation) ?? FlashFault.None;
        if (operation.Index != _cutAt)
        {
            return true;
        }

        Tear(_cutModel);
        LosePower();
        return IsCutThrown ? throw new PowerCutException(operation, _cutModel) : false;
    }

    private void Tear(CutModel model)
    {
        // Each torn operation has a seed of its own: a cut can be repeated without what went before it.
        Memory.Reseed(_seed ^ ((ulong)OperationCount << 32) ^ _job.Address ^ ((ulong)model << 24));
        if (_job.Kind == JobKind.Erase)
        {
            Memory.EraseCut(Geometry.SectorAt(_job.Address), model);
        }
        else if (_job.Kind == JobKind.Commit)
        {
            if (model == CutModel.After)
            {
                Memory.Commit(Geometry.SectorAt(_job.Address), _programData);
            }
        }
        else
        {
            Memory.ProgramCut(_job.Address, _programData, model);
        }

        Changed?.Invoke(_job.Address, _job.Kind == JobKind.Commit ? (int)SectorLength(_job.Address) : _job.Count);
    }

    private void LosePower()
    {
        IsPowerLost = true;
        _job = default;
        _status = FlsStatus.Failed;
    }

    private void SettleByTime()
    {
        if (_job.Kind == JobKind.None || (_nowMicroseconds is not null && _nowMicroseconds() < _job.EndsAtUs))
        {
            return;
        }

        Job job = _job;
        _job = default;
        _status = job.Fault == FlashFault.None ? End(job) : EndBadly(job);
        if (job.Kind is JobKind.Erase or JobKind.Program)
        {
            Changed?.Invoke(job.Address, job.Count);
        }
    }

    private FlsStatus End(Job job)
    {
        switch (job.Kind)
        {
            case JobKind.Erase:
                Memory.Erase(Geometry.SectorAt(job.Address));
                return FlsStatus.Ok;
            case JobKind.Program:
                FlashDemand.That(job.Data.AsSpan(job.Offset, job.Count).SequenceEqual(_programData), $"program at {job.Address:X6}: the data changed under the job");
                Memory.Program(job.Address, _programData);
                return FlsStatus.Ok;
            case JobKind.Read:
                Memory.Read(job.Address, job.Data.AsSpan(job.Offset, job.Count));
                return FlsStatus.Ok;
            default:
                if (_compareData.Length < job.Count)
                {
                    _compareData = new byte[job.Count];
                }

                Memory.Read(job.Address, _compareData.AsSpan(0, job.Count));
                return _compareData.AsSpan(0, job.Count).SequenceEqual(job.Data.AsSpan(job.Offset, job.Count)) ? FlsStatus.Ok : FlsStatus.Mismatch;
        }
    }

    private FlsStatus EndBadly(Job job)
    {
        if (job.Kind == JobKind.Erase)
        {
            Memory.EraseCut(Geometry.SectorAt(job.Address), CutModel.EraseUntouched);
        }
        else
        {
            Memory.ProgramCut(job.Address, _programData, CutModel.ProgramBits);
        }

        return job.Fault == FlashFault.Failed ? FlsStatus.Failed : FlsStatus.Ok;
    }

    private struct Job(JobKind kind, uint address, byte[] data, int offset, int count)
    {
        internal readonly JobKind Kind = kind;
        internal readonly uint Address = address;
        internal readonly byte[] Data = data;
        internal readonly int Offset = offset;
        internal readonly int Count = count;
        internal FlashFault Fault;
        internal long EndsAtUs;
    }
}
