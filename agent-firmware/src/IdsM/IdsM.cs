// Intrusion detection system manager (AUTOSAR FO IdsM): the last security events, kept in NvM block SecurityEvents.
// Each occurrence takes the next number; one that an entry tells of already counts up there, any other takes the place of
// the entry that happened longest ago. What anybody may provoke without access has one entry for each event and reason,
// whatever the start, so that noise cannot push the rest out; and it is written sparingly.
// Entries are changed where NvM has them, and then handed to it: there is no second copy.
// Invariants: Report only notes, and of several in one cycle the last reason counts; an event reported before NvM is
// readable counts once it is; what StoredNumber says is in both NvM areas, and nothing older was torn for it.
// Must not know who reports, nor what the reasons mean. Layout: PROTOCOL.md, "Security events".
// Tests: tests/agent-firmware/IdsM.
namespace EsyncAgent;

/// <summary>The security event log.</summary>
public sealed class IdsM
{
    /// <summary>Length of an entry in bytes.</summary>
    public const int EntryLength = 16;

    /// <summary>Most entries that are kept.</summary>
    public const int EntriesMax = 16;

    /// <summary>Length of the block before the entries.</summary>
    public const int HeaderLength = 4;

    private const byte Format = 1;
    private const int StartOffset = 2;
    private const int EventAt = 4;
    private const int ReasonAt = 6;
    private const int CountAt = 8;
    private const int StartAt = 10;
    private const int TimeAt = 12;

    private readonly NvM _nvm;
    private readonly byte[] _block;
    private readonly int _end;
    private readonly ushort[] _reasons = new ushort[IdsMEvent.Count];
    private readonly byte[] _noted = new byte[IdsMEvent.Count];
    private bool _isQuiet;
    private bool _isLoaded;
    private ushort _start;
    private uint _loadedMs;
    private uint _nowMs;
    private uint _newest;
    private uint _handed;
    private uint _stored;

    /// <summary>A log of as many entries as <paramref name="blockLength"/> bytes hold, 1 to <see cref="EntriesMax"/>.</summary>
    public IdsM(NvM nvm, int blockLength)
    {
        _nvm = nvm;
        int entries = (blockLength - HeaderLength) / EntryLength;
        _end = HeaderLength + ((entries < EntriesMax ? entries : EntriesMax) * EntryLength);
        _block = nvm.Data(NvMBlock.SecurityEvents);
    }

    /// <summary>Number of the newest event; 0 when there was none in the ECU's life.</summary>
    public uint NewestNumber
    {
        get { return _newest; }
    }

    /// <summary>Number of the newest event that is in flash, with all before it.</summary>
    public uint StoredNumber
    {
        get { return _nvm.WriteResult(NvMBlock.SecurityEvents) == StdReturn.Ok ? _handed : _stored; }
    }

    /// <summary>Number of this start, counted over those starts in which there was an event.</summary>
    public ushort StartNumber
    {
        get { return _start; }
    }

    /// <summary>Milliseconds of this start, as entries have them; wraps after 49.7 days.</summary>
    public uint TimeMs
    {
        get { return _nowMs - _loadedMs; }
    }

    /// <summary>Entries that there is room for.</summary>
    public int Capacity
    {
        get { return (_end - HeaderLength) / EntryLength; }
    }

    /// <summary>True when everything that was reported is handed to NvM.</summary>
    public bool IsHanded
    {
        get { return _isQuiet; }
    }

    /// <summary>True when nothing that was reported is still to be written: it is in flash, or the flash has failed.</summary>
    public bool IsSettled
    {
        get { return _isQuiet && _nvm.WriteResult(NvMBlock.SecurityEvents) != StdReturn.Pending; }
    }

    /// <summary>Notes an event, a value of <see cref="IdsMEvent"/>; the reason is a FotaError.</summary>
    public void Report(byte securityEvent, ushort reason)
    {
        _reasons[securityEvent] = reason;
        if (_noted[securityEvent] < byte.MaxValue)
        {
            _noted[securityEvent]++;
        }

        _isQuiet = false;
    }

    /// <summary>Writes up to <paramref name="countMax"/> entries, the newest first; returns how many there were.</summary>
    public int ReadNewest(int countMax, byte[] into, int offset)
    {
        uint below = _newest + 1;
        for (int count = 0; count < countMax; count++)
        {
            int at = FindBefore(below);
            if (at < 0)
            {
                return count;
            }

            below = BigEndian.ReadU32(_block, at);
            System.Array.Copy(_block, at, into, offset + (count * EntryLength), EntryLength);
        }

        return countMax;
    }

    /// <summary>Loads once, enters what was noted, hands it to NvM.</summary>
    public void MainFunction(uint nowMs)
    {
        _nowMs = nowMs;
        if (_isQuiet)
        {
            return;
        }

        if (!_isLoaded)
        {
            if (!_nvm.IsReady)
            {
                return;
            }

            Load();
            _loadedMs = nowMs;
        }

        _isQuiet = true;
        Enter();
    }

    private void Load()
    {
        _isLoaded = true;
        int length = _nvm.Length(NvMBlock.SecurityEvents);
        bool isOurs = length >= HeaderLength && _block[0] == Format;
        bool isAsStored = isOurs ? length <= _end : length == 0;
        length = isOurs ? length : 0;
        for (int at = _end; at + EntryLength <= length; at += EntryLength)
        {
            int place = FindOldest();
            if (BigEndian.ReadU32(_block, at) > BigEndian.ReadU32(_block, place))
            {
                System.Array.Copy(_block, at, _block, place, EntryLength);
            }
        }

        // Behind what is stored there may be what was stored before.
        Bytes.Fill(_block, length, _block.Length - length, 0);
        _block[0] = Format;
        _start = (ushort)(BigEndian.ReadU16(_block, StartOffset) + 1);
        _newest = FindNewest();
        if (!isAsStored)
        {
            _nvm.WriteSparingly(NvMBlock.SecurityEvents, _block, 0, _end);
        }

        _stored = _newest;
        _handed = _newest;
    }

    private void Enter()
    {
        bool isSparing = true;
        uint before = _newest;
        for (byte number = 0; number < IdsMEvent.Count; number++)
        {
            if (_noted[number] != 0)
            {
                Count(number);
                isSparing = isSparing && IdsMEvent.IsProvokable(number);
            }
        }

        if (_newest == before)
        {
            return;
        }

        _stored = StoredNumber;
        _handed = _newest;
        BigEndian.WriteU16(_block, StartOffset, _start);
        if (isSparing)
        {
            _nvm.WriteSparingly(NvMBlock.SecurityEvents, _block, 0, _end);
        }
        else
        {
            _nvm.Write(NvMBlock.SecurityEvents, _block, 0, _end);
        }
    }

    private void Count(byte securityEvent)
    {
        int at = FindSame(securityEvent);
        int count = 0;
        if (at < 0)
        {
            at = FindOldest();
        }
        else
        {
            count = BigEndian.ReadU16(_block, at + CountAt);
        }

        count += _noted[securityEvent];
        _newest += _noted[securityEvent];
        _noted[securityEvent] = 0;
        BigEndian.WriteU32(_block, at, _newest);
        _block[at + EventAt] = securityEvent;
        _block[at + EventAt + 1] = 0;
        BigEndian.WriteU16(_block, at + ReasonAt, _reasons[securityEvent]);
        BigEndian.WriteU16(_block, at + CountAt, (ushort)(count < ushort.MaxValue ? count : ushort.MaxValue));
        BigEndian.WriteU16(_block, at + StartAt, _start);
        BigEndian.WriteU32(_block, at + TimeAt, TimeMs);
    }

    private int FindSame(byte securityEvent)
    {
        for (int at = HeaderLength; at < _end; at += EntryLength)
        {
            if (_block[at + EventAt] == securityEvent && BigEndian.ReadU16(_block, at + ReasonAt) == _reasons[securityEvent]
                && (IdsMEvent.IsProvokable(securityEvent) || BigEndian.ReadU16(_block, at + StartAt) == _start))
            {
                return at;
            }
        }

        return -1;
    }

    private uint FindNewest()
    {
        int newest = FindBefore(uint.MaxValue);
        return newest < 0 ? 0 : BigEndian.ReadU32(_block, newest);
    }

    private int FindOldest()
    {
        int oldest = HeaderLength;
        for (int at = HeaderLength + EntryLength; at < _end; at += EntryLength)
        {
            if (BigEndian.ReadU32(_block, at) < BigEndian.ReadU32(_block, oldest))
            {
                oldest = at;
            }
        }

        return oldest;
    }

    // The entry with the highest number below a bound; −1 when there is none.
    private int FindBefore(uint below)
    {
        int best = -1;
        uint highest = 0;
        for (int at = HeaderLength; at < _end; at += EntryLength)
        {
            uint number = BigEndian.ReadU32(_block, at);
            if (number > highest && number < below)
            {
                highest = number;
                best = at;
            }
        }

        return best;
    }
}
