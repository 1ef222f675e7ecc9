// The security event log: numbers, counting up, what gives way, what is in flash, and how it meets resets.
using EsyncAgent;
using EsyncSim.Flash;
using EsyncTests.PowerCut;
using Xunit;

namespace EsyncTests.AgentFirmware.IdsMTests;

public sealed class IdsMTests
{
    private readonly FlashModel _flash = new(FlashGeometries.W25Q32);
    private MemoryRig _rig = null!;
    private EsyncAgent.IdsM _idsM = null!;
    private uint _nowMs = 5000;

    public IdsMTests() => PowerOn();

    [Fact]
    public void An_entry_has_the_documented_layout()
    {
        Run(1234);
        _idsM.Report(IdsMEvent.ManifestRefused, 0x2A01);
        Settle();
        byte[] block = _rig.NvM.Data(NvMBlock.SecurityEvents)[..20];
        Assert.Equal("01000001" + "00000001" + "06" + "00" + "2A01" + "0001" + "0001", Convert.ToHexString(block[..16]));
        Assert.InRange(BigEndian.ReadU32(block, 16), 1230u, 1250u);
        Assert.Equal(260, _rig.NvM.Length(NvMBlock.SecurityEvents));
    }

    [Fact]
    public void The_same_again_in_one_start_counts_up_and_takes_the_next_number()
    {
        _idsM.Report(IdsMEvent.ManifestRefused, 5);
        Settle();
        _idsM.Report(IdsMEvent.ManifestRefused, 6);
        Settle();
        _idsM.Report(IdsMEvent.ManifestRefused, 5);
        _idsM.Report(IdsMEvent.ManifestRefused, 5);
        Settle();
        Assert.Equal(["4: 6/5 ×3 in 1", "2: 6/6 ×1 in 1"], Entries());
        Assert.Equal(4u, _idsM.NewestNumber);
    }

    [Fact]
    public void In_another_start_it_is_another_entry()
    {
        _idsM.Report(IdsMEvent.ManifestRefused, 5);
        Settle();
        PowerOn();
        PowerOn();
        _idsM.Report(IdsMEvent.ManifestRefused, 5);
        Settle();
        Assert.Equal(["2: 6/5 ×1 in 2", "1: 6/5 ×1 in 1"], Entries());
    }

    [Fact]
    public void What_anybody_may_provoke_has_one_entry_for_ever()
    {
        for (int start = 0; start < 5; start++)
        {
            _idsM.Report(IdsMEvent.AccessRefused, 49);
            _rig.NvM.ForgiveSparing();
            Settle();
            PowerOn();
        }

        Assert.Equal(["5: 1/49 ×5 in 5"], Entries());
    }

    [Fact]
    public void The_entry_that_happened_longest_ago_gives_way()
    {
        for (ushort reason = 1; reason <= 17; reason++)
        {
            _idsM.Report(IdsMEvent.ManifestRefused, reason);
            Settle();
        }

        _idsM.Report(IdsMEvent.ManifestRefused, 2);
        Settle();
        _idsM.Report(IdsMEvent.ManifestRefused, 18);
        Settle();
        IReadOnlyList<string> entries = Entries();
        Assert.Equal(16, entries.Count);
        Assert.Equal(["19: 6/18 ×1 in 1", "18: 6/2 ×2 in 1", "17: 6/17 ×1 in 1"], entries.Take(3));
        Assert.Equal("4: 6/4 ×1 in 1", entries[^1]);
        PowerOn();
        Assert.Equal(entries, Entries());
    }

    [Fact]
    public void An_occurrence_too_many_is_not_counted_over()
    {
        for (int i = 0; i < 300; i++)
        {
            for (int n = 0; n < 300; n++)
            {
                _idsM.Report(IdsMEvent.AccessRefused, 49);
            }

            _idsM.MainFunction(_nowMs);
        }

        Assert.Equal(["76500: 1/49 ×65535 in 1"], Entries());
    }

    [Fact]
    public void What_is_reported_before_the_memory_is_read_counts_once_it_is()
    {
        _idsM.Report(IdsMEvent.ManifestRefused, 5);
        Settle();
        Make();
        _idsM.Report(IdsMEvent.BankRejected, 45);
        Assert.False(_idsM.IsHanded);
        Settle();
        Assert.Equal(["2: 10/45 ×1 in 2", "1: 6/5 ×1 in 1"], Entries());
    }

    [Fact]
    public void Only_what_is_in_both_areas_is_called_stored()
    {
        _idsM.Report(IdsMEvent.ManifestRefused, 5);
        _idsM.MainFunction(_nowMs);
        Assert.Equal((1u, 0u, false), (_idsM.NewestNumber, _idsM.StoredNumber, _idsM.IsSettled));
        Settle();
        Assert.Equal((1u, 1u, true), (_idsM.NewestNumber, _idsM.StoredNumber, _idsM.IsSettled));
        _idsM.Report(IdsMEvent.AccessRefused, 49);
        Settle();
        _idsM.Report(IdsMEvent.AccessRefused, 49);
        Settle();
        Assert.Equal((3u, 2u), (_idsM.NewestNumber, _idsM.StoredNumber));
        Run(60_100);
        Assert.Equal((3u, 3u), (_idsM.NewestNumber, _idsM.StoredNumber));
    }

    [Fact]
    public void A_flash_that_fails_stores_nothing_and_keeps_nobody_waiting()
    {
        _flash.Fault = operation => operation.Kind == FlashOperationKind.Program ? FlashFault.Failed : FlashFault.None;
        _idsM.Report(IdsMEvent.ManifestRefused, 5);
        Settle();
        Assert.Equal((1u, 0u, true), (_idsM.NewestNumber, _idsM.StoredNumber, _idsM.IsSettled));
    }

    [Fact]
    public void A_smaller_log_keeps_the_newest()
    {
        for (ushort reason = 1; reason <= 16; reason++)
        {
            _idsM.Report(IdsMEvent.ManifestRefused, reason);
            Settle();
        }

        PowerOn(length: 4 + (3 * 16) + 7);
        Assert.Equal(3, _idsM.Capacity);
        Assert.Equal(["16: 6/16 ×1 in 1", "15: 6/15 ×1 in 1", "14: 6/14 ×1 in 1"], Entries());
    }

    [Fact]
    public void A_log_without_work_allocates_nothing()
    {
        _idsM.Report(IdsMEvent.ManifestRefused, 5);
        Settle();
        byte[] into = new byte[16 * EsyncAgent.IdsM.EntryLength];
        long before = GC.GetAllocatedBytesForCurrentThread();
        _idsM.Report(IdsMEvent.AccessRefused, 49);
        _idsM.MainFunction(_nowMs);
        _idsM.ReadNewest(16, into, 0);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private void Make(int length = 260)
    {
        _rig = new MemoryRig(_flash);
        _idsM = new EsyncAgent.IdsM(_rig.NvM, length);
    }

    private void PowerOn(int length = 260)
    {
        Make(length);
        _rig.Run(() => _rig.NvM.IsReady, Step);
        Step();
    }

    private void Settle()
    {
        Run(2);
        _rig.Run(() => _rig.NvM.IsIdle, Step);
    }

    private void Run(uint ms)
    {
        int end = _rig.Cycles + (int)ms;
        _rig.Run(() => _rig.Cycles >= end, Step);
    }

    private void Step()
    {
        _nowMs++;
        _rig.NvM.MainFunction(_nowMs);
        _idsM.MainFunction(_nowMs);
    }

    private IReadOnlyList<string> Entries()
    {
        byte[] into = new byte[16 * EsyncAgent.IdsM.EntryLength];
        int count = _idsM.ReadNewest(16, into, 0);
        return [.. Enumerable.Range(0, count).Select(i => i * EsyncAgent.IdsM.EntryLength).Select(at =>
            $"{BigEndian.ReadU32(into, at)}: {into[at + 4]}/{BigEndian.ReadU16(into, at + 6)} ×{BigEndian.ReadU16(into, at + 8)} in {BigEndian.ReadU16(into, at + 10)}")];
    }
}
