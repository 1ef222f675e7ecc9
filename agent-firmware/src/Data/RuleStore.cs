// Which rules are in force: those that were installed, from NvM block Rules, or else the built-in ones of nf.config.
// Invariants: a new set is in force only once it stands in flash, and then at once; rules of a former firmware's signals are
// passed over for the built-in ones, and their number still counts, so that no older set comes after it.
// Must not know who may install rules: that is RulesVerifier's work.
// Clause: PROTOCOL.md, "Collection rules", "NvM".
// Tests: tests/agent-firmware/Data/RuleStoreTests.
namespace EsyncAgent;

/// <summary>The rule set of this ECU.</summary>
public sealed class RuleStore
{
    /// <summary>Bytes of the digest in front of the rules in the NvM block.</summary>
    public const int DigestLength = 16;

    /// <summary>Kind of the record that tells of new rules.</summary>
    public const byte InstalledKind = 5;

    private const byte InstalledPriority = 2;

    private enum Phase : byte
    {
        Wait,
        Stored,
        BuiltIn,
        Loaded,
    }

    private readonly DataConfig _config;
    private readonly NvM _nvm;
    private readonly RuleEngine _engine;
    private readonly IReportSink _sink;
    private readonly byte[] _digest = new byte[DigestLength];
    private readonly byte[] _record = new byte[4 + DigestLength];
    private Phase _phase;
    private bool _isChanged;
    private bool _isRecordDue;
    private bool _hasWork = true;

    /// <summary>The store of an ECU; <paramref name="engine"/> gets what is in force.</summary>
    public RuleStore(DataConfig config, NvM nvm, SignalTable signals, RuleEngine engine, IReportSink sink)
    {
        _config = config;
        _nvm = nvm;
        _engine = engine;
        _sink = sink;
        Reader = new RuleReader(config, signals);
        InForce = new RuleSet(config);
        Candidate = new RuleSet(config);
    }

    /// <summary>True once it is known which rules are in force.</summary>
    public bool IsLoaded
    {
        get { return _phase == Phase.Loaded; }
    }

    /// <summary>The rules in force.</summary>
    public RuleSet InForce { get; private set; }

    /// <summary>First 16 bytes of their digest; zeros for the built-in ones. Read only.</summary>
    public byte[] Digest
    {
        get { return _digest; }
    }

    /// <summary>Sequence number of the last set that was installed, in force or passed over; 0 when none was.</summary>
    public uint SequenceNumberMax { get; private set; }

    /// <summary>Longest document that has room, in bytes.</summary>
    public int LengthMax
    {
        get { return _config.RulesLengthMax; }
    }

    /// <summary>Reads a document into <see cref="Candidate"/>; for one at a time, once loaded.</summary>
    public RuleReader Reader { get; }

    /// <summary>The set that <see cref="PutInForce"/> puts in force.</summary>
    public RuleSet Candidate { get; private set; }

    /// <summary>Result of <see cref="Store"/>: Pending, Ok when the rules stand in both copies, NotOk when one did not take them.</summary>
    public StdReturn WriteResult
    {
        get { return _nvm.WriteResult(NvMBlock.Rules); }
    }

    /// <summary>True when the rules in force are those with this digest.</summary>
    public bool IsInForce(byte[] digest)
    {
        return InForce.SequenceNumber != 0 && Bytes.AreEqual(_digest, 0, digest, 0, DigestLength);
    }

    /// <summary>Queues the write of what <see cref="Reader"/> has read: <paramref name="length"/> bytes behind <see cref="DigestLength"/> of room for the digest. False when it cannot be written.</summary>
    public bool Store(byte[] block, int length, byte[] digest)
    {
        System.Array.Copy(digest, 0, block, 0, DigestLength);
        return _nvm.Write(NvMBlock.Rules, block, 0, DigestLength + length);
    }

    /// <summary>What was stored is in force from the next cycle on.</summary>
    public void PutInForce(byte[] digest)
    {
        _hasWork = true;
        Exchange();
        System.Array.Copy(digest, 0, _digest, 0, DigestLength);
        SequenceNumberMax = InForce.SequenceNumber;
        _isRecordDue = true;
    }

    /// <summary>False when <see cref="MainFunction"/> would find nothing to do.</summary>
    public bool HasWork
    {
        get { return _hasWork; }
    }

    /// <summary>Loads the rules after the start; hands new ones to the engine.</summary>
    public void MainFunction(uint nowMs)
    {
        _hasWork = _phase != Phase.Loaded;
        if (_phase != Phase.Loaded)
        {
            Advance();
        }

        if (_isChanged)
        {
            _isChanged = false;
            _engine.Load(InForce, nowMs);
        }

        if (_isRecordDue)
        {
            BigEndian.WriteU32(_record, 0, InForce.SequenceNumber);
            System.Array.Copy(_digest, 0, _record, 4, DigestLength);
            _isRecordDue = !_sink.Append(InstalledKind, InstalledPriority, 0, nowMs, _record, 0, _record.Length);
            _hasWork |= _isRecordDue;
        }
    }

    private void Advance()
    {
        switch (_phase)
        {
            case Phase.Wait:
                if (_nvm.IsReady)
                {
                    BeginStored();
                }

                break;
            case Phase.Stored:
                StdReturn stored = Reader.MainFunction();
                if (stored != StdReturn.Pending)
                {
                    EndStored(stored);
                }

                break;
            default:
                StdReturn builtIn = Reader.MainFunction();
                if (builtIn != StdReturn.Pending)
                {
                    // nf.config has none that cannot be read, but it may have none at all.
                    Candidate.Count = builtIn == StdReturn.Ok ? Candidate.Count : 0;
                    Candidate.SequenceNumber = 0;
                    Exchange();
                    _phase = Phase.Loaded;
                }

                break;
        }
    }

    private void BeginStored()
    {
        int length = _nvm.Length(NvMBlock.Rules) - DigestLength;
        if (length <= 0)
        {
            BeginBuiltIn();
            return;
        }

        Reader.Begin(Candidate, _nvm.Data(NvMBlock.Rules), DigestLength, length, 0);
        _phase = Phase.Stored;
    }

    private void EndStored(StdReturn result)
    {
        SequenceNumberMax = Candidate.SequenceNumber;
        if (result != StdReturn.Ok)
        {
            BeginBuiltIn();
            return;
        }

        System.Array.Copy(_nvm.Data(NvMBlock.Rules), 0, _digest, 0, DigestLength);
        Exchange();
        _phase = Phase.Loaded;
    }

    private void BeginBuiltIn()
    {
        Reader.Begin(Candidate, _config.BuiltInRules, 0, _config.BuiltInRules.Length, 0);
        _phase = Phase.BuiltIn;
    }

    private void Exchange()
    {
        RuleSet former = InForce;
        InForce = Candidate;
        Candidate = former;
        _isChanged = true;
    }
}
