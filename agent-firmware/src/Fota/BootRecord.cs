// The boot record's fields and their layout: which bank runs, what each bank holds, what may never be undone.
// Invariants: 192 bytes with a CRC-32 over all but itself; a record with an unknown bank or state is not a record;
// arrays are indexed by bank (0 A, 1 B).
// Must not know where the record lies: BootRecordStore does.
// PROTOCOL.md "Boot record". Tests: tests/agent-firmware/Fota.
using System;

namespace EsyncAgent;

/// <summary>One boot record in RAM.</summary>
public sealed class BootRecord
{
    /// <summary>Length in flash, in bytes; a multiple of every write unit.</summary>
    public const int Length = 192;

    /// <summary>Bank A as an index.</summary>
    public const byte BankA = 0;

    /// <summary>Bank B as an index.</summary>
    public const byte BankB = 1;

    /// <summary>No bank is active.</summary>
    public const byte NoBank = 0xFF;

    /// <summary>Length of a manifest digest and of a seal, in bytes.</summary>
    public const int DigestLength = 32;

    private const uint Magic = 0x45534252;
    private const byte Format = 1;
    private const int SequenceOffset = 12;
    private const int DigestsOffset = 32;
    private const int DigestsLength = 4 * DigestLength;
    private const int TrustSequenceOffset = 160;
    private const int CrcOffset = 188;

    /// <summary>State of each bank.</summary>
    public readonly BankState[] State = new BankState[2];

    /// <summary>Confirm marks tried in each bank's manifest slot, 0 to 8.</summary>
    public readonly byte[] MarksTried = new byte[2];

    /// <summary>Manifest digest of each bank, then the seal of each bank's manifest slot, as in flash: 32 bytes each, zero when none; see <see cref="DigestAt"/>, <see cref="SealAt"/>.</summary>
    public readonly byte[] Digests = new byte[DigestsLength];

    /// <summary>Active bank: <see cref="BankA"/>, <see cref="BankB"/> or <see cref="NoBank"/>.</summary>
    public byte ActiveBank;

    /// <summary>Boots that the trial has left.</summary>
    public byte AttemptsLeft;

    /// <summary>State that DID FD01 reports.</summary>
    public EsyncState EsyncState;

    /// <summary>Sequence of this record; set by <see cref="BootRecordStore"/>.</summary>
    public uint Sequence;

    /// <summary>Lowest securityVersion that may be installed.</summary>
    public uint SecurityVersionFloor;

    /// <summary>Highest SUIT sequence number accepted.</summary>
    public uint SequenceNumberMax;

    /// <summary>Reason of the last failure.</summary>
    public FotaError LastError;

    /// <summary>Rollbacks so far.</summary>
    public ushort RollbackCount;

    /// <summary>Number of the trust manifest whose anchors authenticated the bound manifest of the secondary bank.</summary>
    public uint TrustSequence;

    /// <summary>Where a bank's manifest digest stands in <see cref="Digests"/>.</summary>
    public static int DigestAt(int bank)
    {
        return bank * DigestLength;
    }

    /// <summary>Where the seal of a bank's manifest slot stands in <see cref="Digests"/>.</summary>
    public static int SealAt(int bank)
    {
        return (2 + bank) * DigestLength;
    }

    /// <summary>True when a bank's manifest is the one with this digest.</summary>
    public bool IsManifest(int bank, byte[] digest, int offset)
    {
        return Bytes.AreEqual(digest, offset, Digests, DigestAt(bank), DigestLength);
    }

    /// <summary>True when digest and seal of a bank's slot are these.</summary>
    public bool IsBound(int bank, byte[] digest, byte[] seal)
    {
        return IsManifest(bank, digest, 0) && Bytes.AreEqual(seal, 0, Digests, SealAt(bank), DigestLength);
    }

    /// <summary>Sets digest and seal of a bank's slot.</summary>
    public void Bind(int bank, byte[] digest, byte[] seal)
    {
        Array.Copy(digest, 0, Digests, DigestAt(bank), DigestLength);
        Array.Copy(seal, 0, Digests, SealAt(bank), DigestLength);
    }

    /// <summary>Takes over every field of <paramref name="other"/>.</summary>
    public void CopyFrom(BootRecord other)
    {
        ActiveBank = other.ActiveBank;
        AttemptsLeft = other.AttemptsLeft;
        EsyncState = other.EsyncState;
        Sequence = other.Sequence;
        SecurityVersionFloor = other.SecurityVersionFloor;
        SequenceNumberMax = other.SequenceNumberMax;
        LastError = other.LastError;
        RollbackCount = other.RollbackCount;
        TrustSequence = other.TrustSequence;
        for (int bank = 0; bank < 2; bank++)
        {
            State[bank] = other.State[bank];
            MarksTried[bank] = other.MarksTried[bank];
        }

        Array.Copy(other.Digests, Digests, DigestsLength);
    }

    /// <summary>Writes the 192 bytes of the record.</summary>
    public void Serialize(byte[] into, int offset)
    {
        Array.Clear(into, offset, Length);
        BigEndian.WriteU32(into, offset, Magic);
        into[offset + 4] = Format;
        into[offset + 5] = ActiveBank;
        into[offset + 6] = (byte)State[0];
        into[offset + 7] = (byte)State[1];
        into[offset + 8] = AttemptsLeft;
        into[offset + 9] = MarksTried[0];
        into[offset + 10] = MarksTried[1];
        into[offset + 11] = (byte)EsyncState;
        BigEndian.WriteU32(into, offset + SequenceOffset, Sequence);
        BigEndian.WriteU32(into, offset + 16, SecurityVersionFloor);
        BigEndian.WriteU32(into, offset + 20, SequenceNumberMax);
        BigEndian.WriteU16(into, offset + 24, (ushort)LastError);
        BigEndian.WriteU16(into, offset + 26, RollbackCount);
        BigEndian.WriteU32(into, offset + TrustSequenceOffset, TrustSequence);
        Array.Copy(Digests, 0, into, offset + DigestsOffset, DigestsLength);
        BigEndian.WriteU32(into, offset + CrcOffset, Crc32.Compute(into, offset, CrcOffset));
    }

    /// <summary>True when the 192 bytes are a whole record.</summary>
    public static bool IsWhole(byte[] from, int offset)
    {
        if (BigEndian.ReadU32(from, offset) != Magic
            || from[offset + 4] != Format
            || BigEndian.ReadU32(from, offset + CrcOffset) != Crc32.Compute(from, offset, CrcOffset))
        {
            return false;
        }

        byte active = from[offset + 5];
        return (active <= BankB || active == NoBank)
            && from[offset + 6] <= (byte)BankState.Rejected
            && from[offset + 7] <= (byte)BankState.Rejected;
    }

    /// <summary>Sequence of a record that <see cref="IsWhole"/>.</summary>
    public static uint SequenceOf(byte[] from, int offset)
    {
        return BigEndian.ReadU32(from, offset + SequenceOffset);
    }

    /// <summary>Reads a record that <see cref="IsWhole"/>.</summary>
    public void Parse(byte[] from, int offset)
    {
        ActiveBank = from[offset + 5];
        State[0] = (BankState)from[offset + 6];
        State[1] = (BankState)from[offset + 7];
        AttemptsLeft = from[offset + 8];
        MarksTried[0] = from[offset + 9];
        MarksTried[1] = from[offset + 10];
        EsyncState = (EsyncState)from[offset + 11];
        Sequence = SequenceOf(from, offset);
        SecurityVersionFloor = BigEndian.ReadU32(from, offset + 16);
        SequenceNumberMax = BigEndian.ReadU32(from, offset + 20);
        LastError = (FotaError)BigEndian.ReadU16(from, offset + 24);
        RollbackCount = BigEndian.ReadU16(from, offset + 26);
        TrustSequence = BigEndian.ReadU32(from, offset + TrustSequenceOffset);
        Array.Copy(from, offset + DigestsOffset, Digests, 0, DigestsLength);
    }
}
