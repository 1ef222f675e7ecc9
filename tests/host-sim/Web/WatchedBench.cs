// A bench with its page in a browser of this machine, for as long as the tests of a class run: started as `esync demo --web` starts it, at
// a free port, on a clock that can be hurried. Where no browser is installed the tests are skipped, and say so.
// Everything that the page logs as an error, and every request that leaves its origin, is kept and asserted on. A test that fails
// tells what the page says.
using EsyncSim.Cli;
using EsyncSim.Web;
using Microsoft.Playwright;
using Xunit;

namespace EsyncTests.HostSim.Web;

/// <summary>The tests that share a bench.</summary>
[CollectionDefinition(nameof(WatchedBench))]
public sealed class WatchedBenchTests : ICollectionFixture<WatchedBench>;

/// <summary>A bench, a browser, and a page of it.</summary>
public sealed class WatchedBench : IAsyncLifetime
{
    /// <summary>How much faster the clock may go while nobody but a test waits.</summary>
    public const double Hurry = 8;

    private static readonly string[] Browsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    private static readonly string? Browser = Browsers.FirstOrDefault(File.Exists);

    private readonly FastClock _clock = new(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly StringWriter _output = new();
    private Task<int> _running = Task.FromResult(0);
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private IBrowserContext? _context;

    /// <summary>Address of the page.</summary>
    public Uri Url { get; private set; } = new("http://127.0.0.1/");

    /// <summary>The server's database.</summary>
    public string Database { get; } = Path.Combine(Directory.CreateTempSubdirectory("esync-page-").FullName, "cloud.db");

    /// <summary>Errors of the page's console, exceptions, requests that failed, and requests to other origins.</summary>
    public List<string> Complaints { get; } = [];

    /// <summary>Skips the test where there is no browser.</summary>
    public static void RequireBrowser() => Assert.SkipWhen(Browser is null, $"absent: browser, none of {string.Join(", ", Browsers)}");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (Browser is null)
        {
            return;
        }

        TaskCompletionSource<Uri> opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        BenchOptions options = new() { ConfigPath = Repository.PathOf("nf.config"), DatabasePath = Database, Clock = _clock, PictureMs = 500, Stop = _stop.Token };
        WebAddress address = WebAddress.Default with { Port = 0 };
        _running = Task.Run(() => DemoWeb.Run(_output, (address, new WebGuard(address, null)), options, host => opened.SetResult(host.Url)));
        Task first = await Task.WhenAny(opened.Task, _running);
        if (first == _running)
        {
            await _running;
        }

        Url = await opened.Task;
        Assertions.SetDefaultExpectTimeout(60_000);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Browser,
            Args = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"],
        });
    }

    /// <summary>Opens the page and waits until the bench is on it.</summary>
    public async Task<IPage> OpenAsync(int width = 1600, int height = 1000, ColorScheme scheme = ColorScheme.Dark)
    {
        RequireBrowser();
        _context = await _browser!.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = height }, ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
        _context.SetDefaultTimeout(60_000);
        IPage page = await _context.NewPageAsync();
        page.Console += (_, message) => Note(message.Type == "error", $"console: {message.Text}");
        page.PageError += (_, error) => Note(true, $"exception: {error}");
        page.Request += (_, request) => Note(new Uri(request.Url).GetLeftPart(UriPartial.Authority) != Url.GetLeftPart(UriPartial.Authority), $"request to {request.Url}");
        page.Response += (_, response) => Note(response.Status >= 500, $"{response.Status} from {response.Url}");
        await page.GotoAsync(Url.ToString());
        await Assertions.Expect(page.Locator("article.ecu")).ToHaveCountAsync(3, new LocatorAssertionsToHaveCountOptions { Timeout = 60_000 });
        return page;
    }

    /// <summary>Closes the page that is open, and lets the bench go on in step with the wall clock.</summary>
    public async ValueTask CloseAsync()
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed && _context is { Pages: [IPage page, ..] })
        {
            await TellAsync(page);
        }

        _clock.Run(1);
        if (_context is { } context)
        {
            _context = null;
            await context.CloseAsync();
        }
    }

    /// <summary>Lets the bench's clock run in step with the wall clock, faster or slower.</summary>
    public void Pace(double factor) => _clock.Run(factor);

    /// <summary>Keeps a picture of the page.</summary>
    public static async Task ShootAsync(IPage page, string name, bool isWhole = true)
    {
        string path = Repository.PathOf($"artifacts/screenshots/{name}.png");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = path, FullPage = isWhole, Timeout = 120_000 });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        await _stop.CancelAsync();
        int code = await _running;
        _stop.Dispose();
        Directory.Delete(Path.GetDirectoryName(Database)!, recursive: true);
        Assert.Equal(0, code);
    }

    // What the page shows, and what it shows when it is loaded anew: a picture that stands still looks like a bench that does.
    private async Task TellAsync(IPage page)
    {
        foreach (string moment in (string[])["as it failed", "loaded anew"])
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"The page, {moment}: {await page.Locator("main").InnerTextAsync()}");
            await page.ReloadAsync();
            await Assertions.Expect(page.Locator("article.ecu")).ToHaveCountAsync(3);
        }

        lock (Complaints)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"Complaints: {string.Join('\n', Complaints)}");
        }
    }

    private void Note(bool isComplaint, string text)
    {
        if (isComplaint)
        {
            lock (Complaints)
            {
                Complaints.Add(text);
            }
        }
    }
}
