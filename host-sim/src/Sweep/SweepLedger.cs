// What an ECU has shown or acknowledged, and therefore may not lose: the image that is confirmed, the boot record's place
// in its order, the floor, stored blocks, whole sectors of a transfer that are recorded.
// Invariants: it learns only from an agent that serves requests, since what was seen during start-up was promised to
// nobody; of a change under way both the old and the new are allowed; equal ledgers print equal.
// Must not know scenarios.
// Tests: tests/host-sim/Sweep.
using System.Security.Cryptography;
using EsyncAgent;
using EsyncSim.Ecu;
using EsyncSim.Flash;

namespace EsyncSim.Sweep;

/// <summary>Promises of an ECU.</summary>
public sealed class SweepLedger
{
    // DTC status bytes change with every fault on the way: that block has only to be there.
    private static readonly byte[] ExactBlocks = [NvMBlock.Provisioning, NvMBlock.Fingerprint, NvMBlock.SecurityAccess, NvMBlock.Rules];

    private readonly SweepImages _images;
    private readonly byte[][] _stored = [.. Enumerable.Repeat<byte[]>([], NvMBlock.Count)];
    private readonly byte[][] _attempted = [.. Enumerable.Repeat<byte[]>([], NvMBlock.Count)];
    private readonly List<SignedImage> _mayRun = [];
    private SignedImage? _acknowledged;
    private bool _mayRunNothing = true;
    private uint _sequence;
    private uint _floor;
    private uint _sequenceNumberMax;
    private uint _securityEvents;
    private int _recordedBytes;
    private byte[] _receiving = [];
    private int _sent;

    /// <summary>A new device: nothing was promised yet.</summary>
    public SweepLedger(SweepImages images) => _images = images;

    private SweepLedger(SweepLedger of)
        : this(of._images)
    {
        of._stored.CopyTo(_stored, 0);
        of._attempted.CopyTo(_attempted, 0);
        _mayRun.AddRange(of._mayRun);
        _acknowledged = of._acknowledged;
        _mayRunNothing = of._mayRunNothing;
        _sequence = of._sequence;
        _floor = of._floor;
        _sequenceNumberMax = of._sequenceNumberMax;
        _securityEvents = of._securityEvents;
        _recordedBytes = of._recordedBytes;
        _receiving = of._receiving;
        _sent = of._sent;
    }

    /// <summary>A copy, independent from now on.</summary>
    public SweepLedger Clone() => new(this);

    /// <summary>Learns what the agent promises at this moment, when it has taken <paramref name="sent"/> bytes of the transfer.</summary>
    public void Observe(EcuM agent, int sent)
    {
        if (!agent.IsRunning || !agent.Fota.IsReady)
        {
            return;
        }

        _sent = sent;
        BootRecord record = agent.Banks.Record;
        if ((int)(record.Sequence - _sequence) > 0)
        {
            _sequence = record.Sequence;
            _floor = record.SecurityVersionFloor;
            _sequenceNumberMax = record.SequenceNumberMax;
        }

        ObserveImages(agent.Banks, record);
        _securityEvents = Math.Max(_securityEvents, agent.IdsM.StoredNumber);
        ObserveTransfer(agent, record);
        for (byte block = 0; block < NvMBlock.Count; block++)
        {
            ReadOnlySpan<byte> value = agent.NvM.Data(block).AsSpan(0, agent.NvM.Length(block));
            _attempted[block] = value.SequenceEqual(_attempted[block]) ? _attempted[block] : value.ToArray();
            _stored[block] = agent.NvM.WriteResult(block) == StdReturn.Pending ? _stored[block] : _attempted[block];
        }
    }

    /// <summary>A client asks for what changes the image that runs: both banks' images may run until the answer.</summary>
    public void ExpectSwap(EcuM agent)
    {
        _acknowledged = null;
        Observe(agent, _sent);
        for (int bank = 0; bank < 2; bank++)
        {
            MayRun(_images.Find(agent.Banks.Record.ManifestDigest(bank)));
        }
    }

    /// <summary>A client was told that the image of this bank runs from now on, or from the next start on.</summary>
    public void Acknowledge(EcuM agent, int bank)
    {
        if (_images.Find(agent.Banks.Record.ManifestDigest(bank)) is { } image)
        {
            _acknowledged = image;
            _mayRun.Clear();
            _mayRun.Add(image);
        }
    }

    /// <summary>The flash itself was damaged: an image of either bank may run; a record that is lost may begin its order anew.</summary>
    public void ExpectDamage(bool isRecordLost)
    {
        MayRun(_images.One);
        MayRun(_images.Two);
        _sequence = isRecordLost ? 0 : _sequence;
    }

    /// <summary>A client gives up what was transferred.</summary>
    public void ExpectRestart(EcuM agent)
    {
        Observe(agent, 0);
        _recordedBytes = 0;
        _receiving = [];
    }

    /// <summary>Compares with an agent that has just come up on this flash; throws what is found.</summary>
    public void Check(EcuM agent, FlashModel flash, byte[] loaded)
    {
        CheckImage(agent, loaded);
        BootRecord record = agent.Banks.Record;
        if ((int)(record.Sequence - _sequence) < 0 || record.SecurityVersionFloor < _floor || record.SequenceNumberMax < _sequenceNumberMax)
        {
            throw Lost($"the boot record says sequence {record.Sequence}, floor {record.SecurityVersionFloor}, highest manifest {record.SequenceNumberMax}; it was {_sequence}, {_floor}, {_sequenceNumberMax}");
        }

        foreach (byte block in ExactBlocks)
        {
            ReadOnlySpan<byte> value = agent.NvM.Data(block).AsSpan(0, agent.NvM.Length(block));
            if (!value.SequenceEqual(_stored[block]) && !value.SequenceEqual(_attempted[block]))
            {
                throw Lost($"NvM block {block} holds neither what was stored nor what was being stored");
            }
        }

        if (_stored[NvMBlock.Dem].Length > 0 && agent.NvM.Length(NvMBlock.Dem) == 0)
        {
            throw Lost("the DTC status bytes are gone");
        }

        if (agent.IdsM.NewestNumber < _securityEvents)
        {
            throw Lost($"the newest security event is number {agent.IdsM.NewestNumber}; {_securityEvents} was stored");
        }

        CheckTransfer(agent, record);
        if (record.State[agent.Banks.Secondary] == BankState.Receiving && _images.Find(record.ManifestDigest(agent.Banks.Secondary)) is { } image)
        {
            ResumeCheck.Run(agent, flash, image, _images.PlacesOf(image), _sent);
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int block = 0; block < NvMBlock.Count; block++)
        {
            hash.AppendData(BitConverter.GetBytes(_stored[block].Length));
            hash.AppendData(_stored[block]);
            hash.AppendData(_attempted[block]);
        }

        string mayRun = string.Join('|', _mayRun.Select(NameOf).Order(StringComparer.Ordinal));
        return $"{mayRun} {(_acknowledged is null ? string.Empty : NameOf(_acknowledged))} {_mayRunNothing} {_sequence} {_floor} {_sequenceNumberMax} {_securityEvents} {_recordedBytes} {_sent} {Convert.ToHexString(_receiving)} {Convert.ToHexString(hash.GetHashAndReset())}";
    }

    private static string NameOf(SignedImage image) => $"{image.Version}/{image.Encoding:X2}";

    private static SweepFaultException Lost(string what) => new(SweepFault.LostConfirmedState, what);

    // While a change is under way, an image that is whole may be on its way into its trial; unless the change was
    // acknowledged already, for then it has happened.
    private void ObserveImages(Banks banks, BootRecord record)
    {
        bool isChanging = banks.WriteResult == StdReturn.Pending;
        if (isChanging && _acknowledged is not null)
        {
            return;
        }

        if (!isChanging)
        {
            _acknowledged = null;
            _mayRun.Clear();
            _mayRunNothing = record.ActiveBank == BootRecord.NoBank || record.State[record.ActiveBank] != BankState.Confirmed;
        }

        for (int bank = 0; bank < 2; bank++)
        {
            BankState state = record.State[bank];
            if (state == BankState.Trial || (state == BankState.Verified && isChanging) || (state == BankState.Confirmed && bank == record.ActiveBank))
            {
                MayRun(_images.Find(record.ManifestDigest(bank)));
            }
        }
    }

    private void MayRun(SignedImage? image)
    {
        if (image is not null && !_mayRun.Contains(image))
        {
            _mayRun.Add(image);
        }
    }

    // Whole sectors only: DID FD02 names the start of the first one that is not. A trial may go back for many reasons, and
    // what it was made of is of no use then.
    private void ObserveTransfer(EcuM agent, BootRecord record)
    {
        int bank = agent.Banks.Secondary;
        byte[] digest = record.ManifestDigest(bank);
        if (record.State[bank] is not (BankState.Receiving or BankState.Verified))
        {
            if (record.State[bank] == BankState.Trial)
            {
                _recordedBytes = 0;
            }

            return;
        }

        int recorded = record.State[bank] == BankState.Verified ? int.MaxValue : AgentRig.ResumeOffset(agent);
        bool isSame = digest.AsSpan().SequenceEqual(_receiving);
        _recordedBytes = isSame ? Math.Max(_recordedBytes, recorded) : recorded;
        _receiving = isSame ? _receiving : [.. digest];
    }

    private void CheckImage(EcuM agent, byte[] loaded)
    {
        byte running = agent.Banks.Running;
        if (running == Banks.None)
        {
            if (!_mayRunNothing)
            {
                throw new SweepFaultException(SweepFault.Brick, $"no image runs ({agent.Banks.Record.LastError})");
            }

            return;
        }

        SignedImage? image = _images.Find(agent.Banks.Record.ManifestDigest(running));
        if (image is null || !loaded.AsSpan().SequenceEqual(image.Payload))
        {
            throw new SweepFaultException(SweepFault.WrongImage, "the bytes that run are those of no signed image");
        }

        if (!_mayRun.Contains(image))
        {
            throw new SweepFaultException(SweepFault.WrongImage, $"{image.Version} runs; only {string.Join(" or ", _mayRun.Select(one => one.Version))} may");
        }
    }

    private void CheckTransfer(EcuM agent, BootRecord record)
    {
        int bank = agent.Banks.Secondary;
        bool isThere = record.ManifestDigest(bank).AsSpan().SequenceEqual(_receiving)
            && record.State[bank] is BankState.Verified or BankState.Trial;
        bool isActive = record.ActiveBank != BootRecord.NoBank && record.ManifestDigest(record.ActiveBank).AsSpan().SequenceEqual(_receiving);
        if (_recordedBytes == 0 || isThere || isActive)
        {
            return;
        }

        int next = record.State[bank] == BankState.Receiving ? AgentRig.ResumeOffset(agent) : 0;
        if (next < _recordedBytes && !(_recordedBytes == int.MaxValue && next >= (int)LengthOf(_receiving)))
        {
            throw new SweepFaultException(SweepFault.ResentInFull, $"{Math.Min(_recordedBytes, LengthOf(_receiving))} bytes were recorded in whole sectors; after the cut {next} are");
        }
    }

    private int LengthOf(byte[] digest) => _images.Find(digest)?.Transfer.Length ?? 0;
}
