// The table of services read on the wire: every service identifier in every session, with and without access.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

public sealed class DispatchTests
{
    // Written down from PROTOCOL.md, "Services", not from the code: sessions (D, P, E) and access.
    private static readonly Dictionary<byte, (string Sessions, bool IsAccessNeeded)> Expected = new()
    {
        [0x10] = ("DPE", false),
        [0x11] = ("PE", false),
        [0x14] = ("DE", false),
        [0x19] = ("DPE", false),
        [0x22] = ("DPE", false),
        [0x27] = ("PE", false),
        [0x28] = ("PE", false),
        [0x29] = ("PE", false),
        [0x2A] = ("E", false),
        [0x2C] = ("E", false),
        [0x2E] = ("P", true),
        [0x2F] = ("E", true),
        [0x31] = ("PE", false),
        [0x34] = ("P", true),
        [0x36] = ("P", true),
        [0x37] = ("P", true),
        [0x3E] = ("DPE", false),
        [0x85] = ("PE", false),
    };

    public static TheoryData<char, bool> SessionsAndAccess => new()
    {
        { 'D', false },
        { 'P', false },
        { 'P', true },
        { 'E', false },
        { 'E', true },
    };

    // A request of one byte stops at the length (13) of every service that exists here: nothing is done. 37 has no
    // more than its SID, so that it shows itself by 24.
    [Theory]
    [MemberData(nameof(SessionsAndAccess))]
    public void Every_service_identifier_answers_as_the_table_says(char session, bool isOpen)
    {
        DcmBench bench = new();
        if (session != 'D')
        {
            bench.Enter(session == 'P' ? DcmSession.Programming : DcmSession.Extended);
        }

        if (isOpen)
        {
            bench.OpenAccess();
        }

        for (int sid = 0; sid <= 0xFF; sid++)
        {
            bench.Expect($"{sid:X2}", $"7F {sid:X2} {NrcFor((byte)sid, session, isOpen):X2}");
        }
    }

    private static byte NrcFor(byte sid, char session, bool isOpen)
    {
        if (!Expected.TryGetValue(sid, out (string Sessions, bool IsAccessNeeded) row))
        {
            return Nrc.ServiceNotSupported;
        }

        if (!row.Sessions.Contains(session))
        {
            return Nrc.ServiceNotSupportedInActiveSession;
        }

        if (row.IsAccessNeeded && !isOpen)
        {
            return Nrc.SecurityAccessDenied;
        }

        return sid == 0x37 ? Nrc.RequestSequenceError : Nrc.IncorrectMessageLength;
    }

    [Fact]
    public void A_negative_response_is_sent_in_spite_of_the_suppress_bit()
    {
        DcmBench bench = new();
        bench.Expect("10 84", "7F 10 12");
        bench.Expect("3E 80 00", "7F 3E 13");
    }

    [Fact]
    public void The_suppress_bit_of_one_request_does_not_silence_the_next()
    {
        DcmBench bench = new();
        bench.Expect("3E 80", string.Empty);
        bench.Expect("22 F1 86", "62 F1 86 01");
        bench.Expect("3E 00", "7E 00");
    }

    [Fact]
    public void A_second_byte_with_its_top_bit_set_is_no_suppress_bit_where_there_is_no_sub_function()
    {
        DcmBench bench = new(c =>
        {
            c.ConstantIds = [0xF190];
            c.ConstantRecords = [[1]];
        });
        bench.Expect("22 F1 90", "62 F1 90 01");
        bench.Unlock();
        bench.Expect("34 00 44 20 00 00 00 00 01 00 00", "74 20 0F FF");
        for (int block = 1; block <= 0x81; block++)
        {
            bench.Expect($"36 {block:X2} 00", $"76 {block:X2}");
        }
    }
}
