// A Winbond W25Q NOR flash at SPI byte level, in front of a flash model that keeps cells, times, rules and power cuts: the
// ECU's memory is one thing, whether it is reached by bytes, by files or directly.
// Invariants: while an erase, a program or a register write is under way only status reads and the reset are heard; the
// write enable latch falls when one has ended, and stays when one was refused; a processor's reset does not reach the chip;
// what is not known is ignored, as the chip does, and nobody drives the line then.
// Modelled: 01 02 03 05 06 04 0B 11 15 20 31 35 50 66 90 99 9F AB B9. Left out: erases of 32 and 64 KiB and of the chip,
// suspend, dual and quad, security registers; a program that wraps within its page counts as one of the whole page.
// Winbond W25Q32JV §7, §8, §9.6 (times). Tests: tests/host-sim/Devices/W25qChipTests, W25qProtectionTests.
using System.Numerics;
using EsyncAgent;
using EsyncAgent.Drivers;
using EsyncSim.Flash;

namespace EsyncSim.Devices;

/// <summary>The chip on its chip select.</summary>
public sealed class W25qChip : ISpiPort
{
    private const int PageLength = 256;
    private const int SectorLength = 4096;
    private const int DataAt = 4;
    private const int ResetUs = 30;
    private const int RegisterWriteUs = 10_000;
    private readonly FlashModel _flash;
    private bool _isWriteEnabled;
    private bool _isChanging;
    private bool _isAsleep;
    private byte _previous;
    private long _deafUntilUs;
    private long _registerBusyUntilUs;

    /// <summary>A chip over the cells of a model with sectors of 4 KiB and pages of 256 bytes.</summary>
    public W25qChip(FlashModel flash)
    {
        if (flash.PageSize != PageLength || flash.WriteUnit != 1 || flash.Geometry.Runs.Any(run => run.Length != SectorLength) || !BitOperations.IsPow2(flash.Size))
        {
            throw new ArgumentException($"{flash.Geometry} is no W25Q: it has sectors of {SectorLength} bytes, pages of {PageLength}, and a power of two of bytes", nameof(flash));
        }

        _flash = flash;
        _flash.PoweredOn += PowerOn;
        JedecId = 0xEF4000u | (uint)BitOperations.Log2(flash.Size);
    }

    /// <summary>Manufacturer, memory type, capacity.</summary>
    public uint JedecId { get; set; }

    /// <summary>Status registers.</summary>
    public W25qRegisters Registers { get; } = new();

    /// <summary>True: no chip is there, or its power or chip select is broken off.</summary>
    public bool IsAbsent { get; set; }

    /// <summary>What a master reads while nobody drives the line.</summary>
    public byte FloatingLevel { get; set; } = 0xFF;

    /// <summary>True while an erase, a program or a register write is under way.</summary>
    public bool IsBusy
    {
        get
        {
            bool isChanging = _flash.Poll() == FlsStatus.Busy;
            return isChanging || _flash.NowUs < _registerBusyUntilUs;
        }
    }

    /// <inheritdoc/>
    public void Transfer(byte[] write, byte[]? read, int count)
    {
        Span<byte> answer = read is null ? stackalloc byte[0] : read.AsSpan(0, count);
        answer.Fill(FloatingLevel);
        if (IsAbsent || _flash.IsPowerLost || count == 0)
        {
            return;
        }

        byte previous = _previous;
        _previous = write[0];
        Settle();
        bool isDeaf = _flash.NowUs < _deafUntilUs || (_isAsleep && write[0] != 0xAB);
        if (!isDeaf && !Answer(write.AsSpan(0, count), answer) && (!IsBusy || write[0] is 0x66 or 0x99))
        {
            Act(write.AsSpan(0, count), previous);
        }
    }

    private void PowerOn()
    {
        _isWriteEnabled = false;
        _isAsleep = false;
        _previous = 0;
        _deafUntilUs = 0;
        _registerBusyUntilUs = 0;
        _isChanging = false;
        Registers.PowerOn();
    }

    // What was under way may have ended: the latch falls with it.
    private void Settle()
    {
        if (_isChanging && !IsBusy)
        {
            _isChanging = false;
            _isWriteEnabled = false;
        }
    }

    // Instructions that only read; false for the others.
    private bool Answer(ReadOnlySpan<byte> sent, Span<byte> answer)
    {
        switch (sent[0])
        {
            case 0x05:
                AfterHead(answer, 1).Fill((byte)(Registers[0] | (IsBusy ? 1 : 0) | (_isWriteEnabled ? 2 : 0)));
                return true;
            case 0x35:
                AfterHead(answer, 1).Fill(Registers[1]);
                return true;
            case 0x15:
                AfterHead(answer, 1).Fill(Registers[2]);
                return true;
            case 0x03 or 0x0B when !IsBusy:
                Read(sent, AfterHead(answer, sent[0] == 0x03 ? DataAt : DataAt + 1));
                return true;
            case 0x9F when !IsBusy:
                Cycle(AfterHead(answer, 1), (byte)(JedecId >> 16), (byte)(JedecId >> 8), (byte)JedecId);
                return true;
            case 0x90 when !IsBusy:
                Cycle(AfterHead(answer, DataAt), (byte)(JedecId >> 16), DeviceId);
                return true;
            case 0xAB when !IsBusy:
                _isAsleep = false;
                AfterHead(answer, DataAt).Fill(DeviceId);
                return true;
            default:
                return false;
        }
    }

    private byte DeviceId => (byte)(JedecId - 1);

    private void Act(ReadOnlySpan<byte> sent, byte previous)
    {
        switch (sent[0])
        {
            case 0x06:
                _isWriteEnabled = true;
                break;
            case 0x04:
                _isWriteEnabled = false;
                break;
            case 0x01 or 0x31 or 0x11:
                WriteRegister(sent, isVolatile: previous == 0x50 && Registers.HasVolatileWrite);
                break;
            case 0x02:
                Program(sent);
                break;
            case 0x20:
                Erase(sent);
                break;
            case 0xB9:
                _isAsleep = true;
                break;
            case 0x99 when previous == 0x66:
                Reset();
                break;
            default:
                break;
        }
    }

    private void Read(ReadOnlySpan<byte> sent, Span<byte> into)
    {
        if (into.IsEmpty)
        {
            return;
        }

        uint address = AddressIn(sent);
        _flash.Statistics.Reads++;
        _flash.Statistics.ReadBytes += into.Length;
        while (into.Length > 0)
        {
            int count = (int)Math.Min((uint)into.Length, _flash.Size - address);
            _flash.Memory.Read(address, into[..count]);
            into = into[count..];
            address = 0;
        }
    }

    private void Program(ReadOnlySpan<byte> sent)
    {
        if (!_isWriteEnabled || sent.Length <= DataAt || Registers.IsProtected(AddressIn(sent), _flash.Size))
        {
            return;
        }

        uint address = AddressIn(sent);
        uint page = address & ~(uint)(PageLength - 1);
        int at = (int)(address - page);
        ReadOnlySpan<byte> data = sent[DataAt..];
        byte[] latch = new byte[PageLength];
        latch.AsSpan().Fill(0xFF);
        for (int i = 0; i < data.Length; i++)
        {
            latch[(at + i) % PageLength] = data[i];
        }

        bool isWrapping = at + data.Length > PageLength;
        _isChanging = true; // also when the processor stops at this moment
        _isChanging = isWrapping
            ? _flash.StartProgram(page, latch, 0, PageLength)
            : _flash.StartProgram(address, latch, at, data.Length);
    }

    private void Erase(ReadOnlySpan<byte> sent)
    {
        if (_isWriteEnabled && sent.Length == DataAt && !Registers.IsProtected(AddressIn(sent), _flash.Size))
        {
            _isChanging = true;
            _isChanging = _flash.StartErase(AddressIn(sent) & ~(uint)(SectorLength - 1));
        }
    }

    private void WriteRegister(ReadOnlySpan<byte> sent, bool isVolatile)
    {
        if (sent.Length < 2 || (!isVolatile && !_isWriteEnabled))
        {
            return;
        }

        int register = sent[0] switch { 0x01 => 0, 0x31 => 1, _ => 2 };
        bool isWritten = Registers.Write(register, sent[1], !isVolatile);
        if (isWritten && register == 0 && sent.Length > 2)
        {
            Registers.Write(1, sent[2], !isVolatile);
        }

        if (isWritten && !isVolatile)
        {
            _registerBusyUntilUs = (_flash.NowUs ?? 0) + RegisterWriteUs;
            _isChanging = true;
        }
    }

    // In the middle of an erase or a program it tears what it finds, as a power cut does.
    private void Reset()
    {
        _flash.Abort();
        _isChanging = false;
        _isWriteEnabled = false;
        _registerBusyUntilUs = 0;
        _deafUntilUs = (_flash.NowUs ?? 0) + ResetUs;
        Registers.Reset();
    }

    private uint AddressIn(ReadOnlySpan<byte> sent) =>
        sent.Length < DataAt ? 0 : (((uint)sent[1] << 16) | ((uint)sent[2] << 8) | sent[3]) & (_flash.Size - 1);

    private static Span<byte> AfterHead(Span<byte> answer, int length) => answer.Length > length ? answer[length..] : [];

    private static void Cycle(Span<byte> answer, params ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < answer.Length; i++)
        {
            answer[i] = bytes[i % bytes.Length];
        }
    }
}
