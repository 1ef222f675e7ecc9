// One ECU of a run under the eyes of the rules: what its flash says, what was confirmed on it, what it was ordered to do.
// The flash is looked at when it may have changed, which is when an operation on boot record, banks or slots has ended.
// Invariants: it only looks; what a bank holds is compared byte by byte with what was signed, never with what the agent
// believes.
// Tests: tests/host-sim/Simulation.
using EsyncAgent;
using EsyncSim.Ecu;
using EsyncSim.Flash;

namespace EsyncSim.Simulation;

/// <summary>What rules see of one ECU.</summary>
public sealed class EcuWatch
{
    private const int HeaderLength = 256;
    private const int HeaderCrcOffset = 252;
    private const int MarksLength = 256;
    private readonly Action<EcuWatch> _changed;
    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly Release?[] _goodRelease = new Release?[2];
    private readonly bool[] _isKnown = new bool[2];
    private bool _isChanged = true;

    /// <summary>Watches an ECU; <paramref name="changed"/> is called when its flash may have changed.</summary>
    public EcuWatch(FleetEcu fleet, FlashMemory memory, Action<EcuWatch> changed)
    {
        Fleet = fleet;
        Memory = memory;
        _changed = changed;
    }

    /// <summary>Its software.</summary>
    public FleetEcu Fleet { get; }

    /// <summary>Name in nf.config.</summary>
    public string Name => Fleet.Name;

    /// <summary>Its flash map.</summary>
    public FlsConfig Map => Fleet.Definition.Config.Fls;

    /// <summary>Its flash.</summary>
    public FlashMemory Memory { get; }

    /// <summary>The agent that runs, for what only it can tell; null while none does.</summary>
    public EcuM? Agent { get; set; }

    /// <summary>The newest boot record; null when no copy is whole.</summary>
    public RecordView? Newest { get; private set; }

    /// <summary>The newest boot record that reads the same each time; null when there is none.</summary>
    public RecordView? NewestStable { get; private set; }

    /// <summary>The release that was confirmed last and counts, as the rules have followed it; null before the first.</summary>
    public Release? Confirmed { get; set; }

    /// <summary>The release that was confirmed before <see cref="Confirmed"/>; null when there is none.</summary>
    public Release? Previous { get; set; }

    /// <summary>Every release that was confirmed so far.</summary>
    public HashSet<Release> EverConfirmed { get; } = [];

    /// <summary>Orders to roll back that were given and not carried out yet.</summary>
    public int RollbackOrders { get; set; }

    /// <summary>The release whose application was started last since power-on or reset; null while none was.</summary>
    public Release? Running { get; set; }

    /// <summary>True when operations of its flash fail or leave wrong bits in this run: redundancy may then be lost.</summary>
    public bool HasFlashErrors { get; set; }

    /// <summary>True when its millisecond counter jumps or wraps in this run: times of its records do not order them then.</summary>
    public bool HasClockFaults { get; set; }

    /// <summary>Image area of a bank.</summary>
    public FlsArea Bank(int bank) => bank == 0 ? Map.BankA : Map.BankB;

    /// <summary>Manifest slot of a bank.</summary>
    public FlsArea Slot(int bank) => bank == 0 ? Map.ManifestA : Map.ManifestB;

    /// <summary>True when an operation is within a bank's image.</summary>
    public bool IsInBank(in FlashOperation operation, int bank) => IsWithin(operation.Address, Bank(bank));

    /// <summary>True when an operation is within what is signed of a bank's slot: not in its confirm marks.</summary>
    public bool IsInSlot(in FlashOperation operation, int bank)
    {
        FlsArea slot = Slot(bank);
        bool isMark = operation.Kind == FlashOperationKind.Program && operation.Address >= slot.Start + slot.Length - MarksLength;
        return IsWithin(operation.Address, slot) && !isMark;
    }

    /// <summary>An operation is going to change the flash: the one before has ended, this one is looked at when it has.</summary>
    public void Operation(in FlashOperation operation)
    {
        Settle();
        for (int bank = 0; bank < 2; bank++)
        {
            if (IsInBank(operation, bank) || IsInSlot(operation, bank))
            {
                _isKnown[bank] = false;
                _isChanged = true;
            }
        }

        _isChanged |= IsWithin(operation.Address, Map.BootRecord0) || IsWithin(operation.Address, Map.BootRecord1) || IsWithin(operation.Address, Map.BootRecord2);
    }

    /// <summary>Looks at the flash when it may have changed.</summary>
    public void Settle()
    {
        if (_isChanged)
        {
            _isChanged = false;
            (Newest, NewestStable) = RecordView.Look(Memory, Map);
            _changed(this);
        }
    }

    /// <summary>The signed release that a bank holds, whole, with its manifest; null when it holds none.</summary>
    public Release? ReleaseIn(int bank)
    {
        if (!_isKnown[bank])
        {
            _isKnown[bank] = true;
            _goodRelease[bank] = LookFor(bank);
        }

        return _goodRelease[bank];
    }

    private static bool IsWithin(uint address, FlsArea area) => address - area.Start < area.Length;

    private Release? LookFor(int bank)
    {
        Span<byte> header = _buffer.AsSpan(0, HeaderLength);
        bool isHeader = Memory.Peek(Slot(bank).Start, header)
            && RecordView.Crc(header[..HeaderCrcOffset]) == System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(header[HeaderCrcOffset..]);
        Release? release = isHeader ? Fleet.Find(header.Slice(32, 32)) : null;
        byte[] digest = header.Slice(32, 32).ToArray();
        bool isWhole = release is not null
            && Holds(Slot(bank).Start + HeaderLength, release.Images.All.First(image => image.ManifestDigest.AsSpan().SequenceEqual(digest)).Envelope.Span)
            && Holds(Bank(bank).Start, release.Image);
        return isWhole ? release : null;
    }

    private bool Holds(uint address, ReadOnlySpan<byte> expected)
    {
        Span<byte> bytes = _buffer.AsSpan(0, expected.Length);
        return Memory.Peek(address, bytes) && bytes.SequenceEqual(expected);
    }
}
