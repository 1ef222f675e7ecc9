// Services 34, 36 and 37: what a download is, its blocks, its end. The area that manifests go to is written, and nothing is
// installed: what is sent is no manifest.
// Clauses: ISO 14229-1:2020 §15.2 (34), §15.4 (36), §15.5 (37).
// Tests: tests/host-sim/Conformance.
using EsyncSim.Attack;
using static EsyncSim.Conformance.CaseSteps;

namespace EsyncSim.Conformance;

/// <summary>Cases of downloads.</summary>
internal static class DownloadCases
{
    private const string Request = "ISO 14229-1:2020 §15.2";
    private const string Block = "ISO 14229-1:2020 §15.4";
    private const string Exit = "ISO 14229-1:2020 §15.5";
    private const int Small = 0x100;
    private const ConformanceNeeds Needs = ConformanceNeeds.Access | ConformanceNeeds.Programming | ConformanceNeeds.Destructive;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new("DL-001", "34: accepted", Request, "The answer is 74, the length format and the block length, which is that of the profile", Needs, AcceptedAsync),
        new("DL-002", "34: unknown address and length format", Request, "A format that the ECU does not have is refused by 31", Needs, UnknownFormatAsync),
        new("DL-003", "34: format and length disagree", Request, "A request that is shorter than its format says is refused by 13", Needs, FormatLengthAsync),
        new("DL-004", "34: nothing", Request, "A download of no bytes is refused by 31", Needs, scene => RefusedAsync(scene, scene.DownloadRequest(0), 0x31)),
        new("DL-005", "34: too much", Request, "A download that is longer than the memory is refused by 31 or 70", Needs, scene => RefusedAsync(scene, scene.DownloadRequest(0x7FFFFFFF), 0x31, 0x70)),
        new("DL-006", "34: an address outside of memory", Request, "A download to an address that the ECU does not have is refused by 31, 70 or 24", Needs, scene => RefusedAsync(scene, scene.DownloadRequest(Small, 0x0BAD0000), 0x31, 0x70, 0x24)),
        new("DL-007", "34: unknown data format", Request, "A compression or encryption that the ECU does not have is refused by 31", Needs, DataFormatAsync),
        new("DL-008", "34: while a download is under way", Request, "A second download is refused by 22 while the first has begun", Needs, SecondAsync),
        new("DL-009", "34: again after the end", Request, "When a download has ended the next one is accepted", Needs, AgainAsync),
        new("DL-020", "36: a block", Block, "The answer is 76 and the block's counter, which begins with 01", Needs, BlockAsync),
        new("DL-021", "36: a block of the announced length", Block, "A block as long as 34 announced is taken", Needs, LongestAsync),
        new("DL-022", "36: the counter wraps", Block, "After counter FF comes 00", Needs, WrapAsync),
        new("DL-023", "36: the first counter is wrong", Block, "A first block with another counter than 01 is refused by 73", Needs, scene => WrongCounterAsync(scene, 0, 0x02)),
        new("DL-024", "36: the first counter is 00", Block, "00 is no counter of a first block: 73", Needs, scene => WrongCounterAsync(scene, 0, 0x00)),
        new("DL-025", "36: a counter is left out", Block, "A counter that is one too high is refused by 73, and the transfer goes on with the right one", Needs, scene => WrongCounterAsync(scene, 1, 0x03)),
        new("DL-026", "36: a repeated block", Block, "The last block once more, with its counter, is answered positively again", Needs, RepeatedAsync),
        new("DL-027", "36: a repeated block is not written twice", Block, "A block that was repeated counts once: the transfer still ends with the announced length", Needs, WrittenOnceAsync),
        new("DL-028", "36: too many bytes", Block, "More bytes than were announced are refused by 71 or 31", Needs, TooManyAsync),
        new("DL-029", "36: without a download", Block, "A block without a download is refused by 24", Needs, scene => RefusedAsync(scene, [0x36, 0x01, 0x00], 0x24)),
        new("DL-030", "36: no data", Block, "A block without data is refused by 13 or 31", Needs, NoDataAsync),
        new("DL-031", "36: after the end", Block, "A block after 37 is refused by 24", Needs, AfterEndAsync),
        new("DL-032", "36: a change of session ends the download", Block, "After a change of session a block is refused by 24, or by 33 as long as access is closed", Needs, SessionAsync),
        new("DL-040", "37: the end", Exit, "When everything was sent 37 is answered by 77", Needs, EndAsync),
        new("DL-041", "37: too early", Exit, "37 before everything was sent is refused by 24, and the transfer goes on", Needs, EarlyAsync),
        new("DL-042", "37: without a download", Exit, "37 without a download is refused by 24", Needs, scene => RefusedAsync(scene, [0x37], 0x24)),
        new("DL-043", "37: in time", "ISO 14229-2:2013 §7.2", "37 is answered within P2server_max, or response pendings come in time", Needs, EndInTimeAsync),
        new("DL-044", "blocks in time", "ISO 14229-2:2013 §7.2", "Each block is answered within P2server_max, or response pendings come in time", Needs, BlocksInTimeAsync),
    ];

    private static async Task<int> BeginAsync(ConformanceScene scene, uint size)
    {
        await scene.GoForAsync(0x34);
        byte[] answer = await scene.RequireAsync(scene.DownloadRequest(size));
        return LengthOf(answer);
    }

    private static int LengthOf(byte[] answer) =>
        answer.Length >= 2 && answer.Length == 2 + (answer[1] >> 4) ? answer[2..].Aggregate(0, (value, next) => (value << 8) | next) : 0;

    private static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(i * 7))];

    private static byte[] BlockOf(byte counter, int count) => [0x36, counter, .. Bytes(count)];

    private static async Task RefusedAsync(ConformanceScene scene, byte[] request, params byte[] codes)
    {
        await scene.GoForAsync(0x34);
        await scene.ExpectNrcAsync("refused", request, codes);
    }

    private static async Task AcceptedAsync(ConformanceScene scene)
    {
        await scene.GoForAsync(0x34);
        Exchange exchange = await scene.ExchangeAsync(scene.DownloadRequest(Small));
        int length = exchange.Response is { } answer ? LengthOf(answer) : 0;
        int? told = scene.Profile.Download!.BlockLength;
        scene.Expect(exchange.IsPositive && length > 2 && (told is null || length == told), $"74, a length format, a block length{(told is { } known ? $" of {known}" : string.Empty)}", $"{exchange.Text}: {length}");
    }

    private static async Task UnknownFormatAsync(ConformanceScene scene)
    {
        await scene.GoForAsync(0x34);
        byte[] request = scene.DownloadRequest(Small);
        request[2] = 0x00;
        await scene.ExpectNrcAsync("format 00", request, 0x31);
        request[2] = 0xFF;
        await scene.ExpectNrcAsync("format FF", request, 0x31);
    }

    private static async Task FormatLengthAsync(ConformanceScene scene)
    {
        await scene.GoForAsync(0x34);
        byte[] request = scene.DownloadRequest(Small);
        await scene.ExpectNrcAsync("a byte too few", request[..^1], 0x13);
    }

    private static async Task DataFormatAsync(ConformanceScene scene)
    {
        await scene.GoForAsync(0x34);
        byte[] request = scene.DownloadRequest(Small);
        request[1] = 0xEE;
        await scene.ExpectNrcAsync("data format EE", request, 0x31);
    }

    private static async Task SecondAsync(ConformanceScene scene)
    {
        await BeginAsync(scene, Small);
        await scene.RequireAsync(BlockOf(1, 16));
        await scene.ExpectNrcAsync("a second download", scene.DownloadRequest(2 * Small), 0x22, 0x24, 0x70);
        await scene.ExpectExactlyAsync("the first goes on", BlockOf(2, 16), 0x76, 0x02);
    }

    private static async Task AgainAsync(ConformanceScene scene)
    {
        await BeginAsync(scene, 16);
        await scene.RequireAsync(BlockOf(1, 16));
        await scene.RequireAsync(0x37);
        scene.ExpectBegin("the next one", await scene.ExchangeAsync(scene.DownloadRequest(32)), 0x74);
        await scene.ExpectExactlyAsync("its first block", BlockOf(1, 32), 0x76, 0x01);
    }

    private static async Task BlockAsync(ConformanceScene scene)
    {
        await BeginAsync(scene, Small);
        await scene.ExpectExactlyAsync("the first", BlockOf(1, 0x80), 0x76, 0x01);
        await scene.ExpectExactlyAsync("the second", BlockOf(2, 0x80), 0x76, 0x02);
    }

    private static async Task LongestAsync(ConformanceScene scene)
    {
        const int TriedMax = 0x10000;
        int length = await BeginAsync(scene, Small);
        if (length < 3)
        {
            scene.Inconclusive("34 was answered without a block length");
        }

        await scene.RequireAsync(0x10, Programming);
        int tried = Math.Min(length, TriedMax);
        await scene.OpenAsync();
        await scene.RequireAsync(scene.DownloadRequest((uint)(tried - 2)));
        await scene.ExpectExactlyAsync($"a block of {tried} bytes", BlockOf(1, tried - 2), 0x76, 0x01);
        await scene.ExpectExactlyAsync("the end", [0x37], 0x77);
    }

    private static async Task WrapAsync(ConformanceScene scene)
    {
        const int Blocks = 258;
        await BeginAsync(scene, Blocks * 4);
        for (int i = 1; i < Blocks; i++)
        {
            Exchange exchange = await scene.ExchangeAsync(BlockOf((byte)i, 4));
            if (i is 1 or >= 255 || !exchange.IsPositive)
            {
                scene.ExpectBegin($"block {i}", exchange, 0x76, (byte)i);
            }

            if (!exchange.IsPositive)
            {
                return;
            }
        }
    }

    private static async Task WrongCounterAsync(ConformanceScene scene, int sent, byte counter)
    {
        await BeginAsync(scene, Small);
        for (int i = 1; i <= sent; i++)
        {
            await scene.RequireAsync(BlockOf((byte)i, 16));
        }

        await scene.ExpectNrcAsync("another counter", BlockOf(counter, 16), 0x73);
        await scene.ExpectExactlyAsync("the right one", BlockOf((byte)(sent + 1), 16), 0x76, (byte)(sent + 1));
    }

    private static async Task RepeatedAsync(ConformanceScene scene)
    {
        await BeginAsync(scene, Small);
        await scene.RequireAsync(BlockOf(1, 16));
        await scene.RequireAsync(BlockOf(2, 16));
        await scene.ExpectExactlyAsync("the second once more", BlockOf(2, 16), 0x76, 0x02);
        await scene.ExpectExactlyAsync("the third", BlockOf(3, 16), 0x76, 0x03);
    }

    private static async Task WrittenOnceAsync(ConformanceScene scene)
    {
        await BeginAsync(scene, 48);
        await scene.RequireAsync(BlockOf(1, 16));
        await scene.ExchangeAsync(BlockOf(1, 16));
        await scene.ExpectExactlyAsync("the second", BlockOf(2, 16), 0x76, 0x02);
        await scene.ExpectNrcAsync("the end before the third", [0x37], 0x24);
        await scene.ExpectExactlyAsync("the third", BlockOf(3, 16), 0x76, 0x03);
        await scene.ExpectExactlyAsync("the end", [0x37], 0x77);
    }

    private static async Task TooManyAsync(ConformanceScene scene)
    {
        await BeginAsync(scene, 16);
        await scene.ExpectNrcAsync("17 bytes of 16", BlockOf(1, 17), 0x71, 0x31);
    }

    private static async Task NoDataAsync(ConformanceScene scene)
    {
        await BeginAsync(scene, Small);
        await scene.ExpectNrcAsync("no data", [0x36, 0x01], 0x13, 0x31);
        await scene.ExpectExactlyAsync("the block with data", BlockOf(1, 16), 0x76, 0x01);
    }

    private static async Task AfterEndAsync(ConformanceScene scene)
    {
        await BeginAsync(scene, 16);
        await scene.RequireAsync(BlockOf(1, 16));
        await scene.RequireAsync(0x37);
        await scene.ExpectNrcAsync("one more", BlockOf(2, 16), 0x24);
    }

    private static async Task SessionAsync(ConformanceScene scene)
    {
        await BeginAsync(scene, Small);
        await scene.RequireAsync(BlockOf(1, 16));
        await scene.RequireAsync(0x10, Programming);
        await scene.ExpectNrcAsync("the next block after a change of session", BlockOf(2, 16), 0x24, 0x33);
        await scene.OpenAsync();
        await scene.ExpectNrcAsync("with access again", BlockOf(2, 16), 0x24);
    }

    private static async Task EndAsync(ConformanceScene scene)
    {
        await BeginAsync(scene, 32);
        await scene.RequireAsync(BlockOf(1, 16));
        await scene.RequireAsync(BlockOf(2, 16));
        await scene.ExpectExactlyAsync("the end", [0x37], 0x77);
    }

    private static async Task EarlyAsync(ConformanceScene scene)
    {
        await BeginAsync(scene, 32);
        await scene.ExpectNrcAsync("before the first block", [0x37], 0x24);
        await scene.RequireAsync(BlockOf(1, 16));
        await scene.ExpectNrcAsync("before the last block", [0x37], 0x24);
        await scene.ExpectExactlyAsync("the last block", BlockOf(2, 16), 0x76, 0x02);
    }

    private static async Task EndInTimeAsync(ConformanceScene scene)
    {
        await BeginAsync(scene, 0x800);
        await scene.RequireAsync(BlockOf(1, 0x800));
        Exchange exchange = await scene.ExchangeAsync([0x37]);
        scene.ExpectP2(exchange);
        scene.ExpectBegin("the end", exchange, 0x77);
    }

    private static async Task BlocksInTimeAsync(ConformanceScene scene)
    {
        const int Blocks = 8;
        const int Length = 0x200;
        await BeginAsync(scene, Blocks * Length);
        for (byte counter = 1; counter <= Blocks; counter++)
        {
            scene.ExpectP2(await scene.ExchangeAsync(BlockOf(counter, Length)));
        }
    }
}
