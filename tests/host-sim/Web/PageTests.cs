// The page in a real browser: it loads by itself, shows updates to their end, asks for consent, lets power be cut and given back, shows
// three ECUs going back together, filters the trace; by mouse and by keyboard. Pictures are kept in artifacts/screenshots.
// The tests of a browser share one bench, so each waits until what the one before it began has ended.
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace EsyncTests.HostSim.Web;

[Collection(nameof(WatchedBench))]
public sealed class PageTests : IAsyncDisposable
{
    private const int TriesMax = 40;
    private static readonly string[] All = ["motor", "battery", "pump"];
    private static readonly LocatorAssertionsToHaveTextOptions Patient = new() { Timeout = 90_000 };
    private readonly WatchedBench _bench;

    public PageTests(WatchedBench bench)
    {
        _bench = bench;
        bench.Pace(WatchedBench.Hurry);
    }

    public ValueTask DisposeAsync() => _bench.CloseAsync();

    [Fact]
    public async Task The_page_loads_without_a_complaint_and_asks_its_own_server_only()
    {
        IPage page = await _bench.OpenAsync();

        await Expect(page.Locator("#link-state")).ToHaveTextAsync("live", Patient);
        await Expect(page).ToHaveTitleAsync("eSync bench");
        await Expect(page.Locator("#head-vehicle")).ToHaveTextAsync("ESYNC0DEM0VEH1C01", Patient);
        await Expect(page.Locator("#signal-rows tr")).Not.ToHaveCountAsync(0);
        await Expect(page.Locator("#trace-rows tr")).Not.ToHaveCountAsync(0);
        Assert.Equal("none", await page.EvaluateAsync<string>("() => [...document.querySelectorAll('script[src],link[href],img[src]')].map(e => e.src || e.href).find(u => !u.startsWith(location.origin)) ?? 'none'"));
        Assert.Empty(_bench.Complaints);
    }

    [Fact]
    public async Task An_update_of_three_ECUs_is_watched_to_its_end()
    {
        IPage page = await _bench.OpenAsync();
        string release = Other(await TogetherAsync(page));
        string campaign = await UpdateAsync(page, release, "all-or-nothing", All);
        _bench.Pace(1);
        await Expect(page.Locator("article.ecu .stage").Filter(new LocatorFilterOptions { HasText = "transfer" }).First).ToBeVisibleAsync();
        await WatchedBench.ShootAsync(page, "update-under-way");
        _bench.Pace(WatchedBench.Hurry);
        await Expect(Campaign(page, campaign).Locator(".state")).ToHaveTextAsync("Done", Patient);

        await Expect(Campaign(page, campaign).Locator(".result")).ToHaveTextAsync(["completed", "completed", "completed"]);
        foreach (string ecu in All)
        {
            await Expect(Ecu(page, ecu).Locator(".bank[data-state=Confirmed] .holds")).ToHaveTextAsync(release, Patient);
        }

        await Expect(Ecu(page, "motor").Locator(".bank[data-state=Previous]")).ToHaveCountAsync(1);

        await Expect(Ecu(page, "motor").Locator(".rate")).ToContainTextAsync("% of line rate");
        await WatchedBench.ShootAsync(page, "update-completed");
        Assert.Empty(_bench.Complaints);
    }

    [Fact]
    public async Task Consent_is_waited_for_and_given_by_button()
    {
        IPage page = await _bench.OpenAsync();
        string release = await OtherReleaseAsync(page, "pump");
        await page.Locator("#update-consent").CheckAsync();
        string campaign = await UpdateAsync(page, release, "independent", "pump");
        await Expect(Campaign(page, campaign).Locator(".consent")).ToContainTextAsync("ESYNC0DEM0VEH1C01 waits for consent.", new LocatorAssertionsToContainTextOptions { Timeout = 90_000 });
        await WatchedBench.ShootAsync(page, "consent");
        await Campaign(page, campaign).GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Give consent" }).ClickAsync();

        await CompletedAsync(page, campaign);
        await Expect(Campaign(page, campaign).Locator(".consent")).ToHaveCountAsync(0);
        await Expect(Ecu(page, "pump").Locator(".runs")).ToHaveTextAsync(release, Patient);
    }

    [Fact]
    public async Task A_campaign_is_paused_resumed_and_aborted_by_button()
    {
        IPage page = await _bench.OpenAsync();
        string release = await OtherReleaseAsync(page, "pump");
        await page.Locator("#update-consent").CheckAsync();
        ILocator campaign = Campaign(page, await UpdateAsync(page, release, "independent", "pump"));
        await Expect(campaign.Locator(".consent")).ToHaveCountAsync(1, new LocatorAssertionsToHaveCountOptions { Timeout = 90_000 });
        foreach ((string button, string state) in new[] { ("Pause", "Paused"), ("Resume", "Running"), ("Abort", "Cancelled") })
        {
            await campaign.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = button }).ClickAsync();
            await Expect(campaign.Locator(".state")).ToHaveTextAsync(state, Patient);
        }

        await Expect(campaign.Locator(".consent")).ToHaveCountAsync(0);
        await Expect(campaign.Locator("tbody .result")).ToHaveTextAsync("withheld", Patient);
        await Expect(Ecu(page, "pump").Locator(".runs")).Not.ToHaveTextAsync(release);
    }

    [Fact]
    public async Task Power_is_cut_by_button_and_the_update_goes_on_to_its_end()
    {
        IPage page = await _bench.OpenAsync();
        string release = await OtherReleaseAsync(page, "motor");
        ILocator motor = Ecu(page, "motor");
        string campaign = await UpdateAsync(page, release, "independent", "motor");
        _bench.Pace(0.25); // so that a hand, and a slow machine, meets the middle of the transfer
        await page.WaitForFunctionAsync("() => { const value = document.querySelector('article.ecu[data-key=motor] progress').value; return value > 13000 && value < 50000; }");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Cut the power of motor" }).ClickAsync();
        await Expect(motor.Locator(".power")).ToHaveTextAsync("no power", Patient);
        await Expect(page.Locator("#fault-list")).ToContainTextAsync("motor has no power");
        _bench.Pace(WatchedBench.Hurry);
        await WatchedBench.ShootAsync(page, "power-cut");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Give motor its power back" }).ClickAsync();

        // The client asks again after minutes in which nothing else happens.
        _bench.Pace(8 * WatchedBench.Hurry);
        await CompletedAsync(page, campaign);
        await Expect(motor.Locator(".bank[data-state=Confirmed] .holds")).ToHaveTextAsync(release, Patient);
        await Expect(page.Locator("#event-rows")).ToContainTextAsync($"the transfer of {release} goes on at byte");
        await WatchedBench.ShootAsync(page, "power-back");
    }

    [Fact]
    public async Task One_of_three_that_fails_takes_all_back_on_the_page_and_in_the_database()
    {
        IPage page = await _bench.OpenAsync();
        string before = await TogetherAsync(page);
        await page.Locator("#update-failing").SelectOptionAsync("battery");
        string campaign = await UpdateAsync(page, Other(before), "all-or-nothing", All);

        await Expect(Campaign(page, campaign).Locator(".state")).ToHaveTextAsync("Done", Patient);
        await Expect(Campaign(page, campaign).Locator("tbody .result")).Not.ToContainTextAsync(["completed"]);
        await Expect(Ecu(page, "motor").Locator(".runs")).ToHaveTextAsync(before, Patient);
        await Expect(Ecu(page, "motor").Locator(".bank[data-state=Confirmed]")).ToHaveCountAsync(1);
        await Expect(Ecu(page, "battery").Locator(".bank[data-state=Rejected]")).ToHaveCountAsync(1);
        await Expect(page.Locator("#dtc-rows")).ToContainTextAsync("a trial went back on its own");
        await WatchedBench.ShootAsync(page, "all-went-back");
        Assert.Equal(3, EndsInDatabase(campaign).Count(end => end is "RolledBack" or "Failed" or "Withheld"));
    }

    [Fact]
    public async Task The_trace_is_filtered_by_text_layer_and_ECU_and_can_be_held()
    {
        IPage page = await _bench.OpenAsync();
        ILocator rows = page.Locator("#trace-rows tr");
        await page.Locator("#trace-text").FillAsync("report log");
        await Expect(rows).Not.ToHaveCountAsync(0);
        Assert.All(await rows.AllInnerTextsAsync(), text => Assert.Contains("report log", text, StringComparison.Ordinal));

        await page.Locator("#trace-text").FillAsync("7ea");
        await page.Locator("#layer-isotp").CheckAsync();
        await page.Locator("#layer-uds").UncheckAsync();
        await page.Locator("#trace-ecu").SelectOptionAsync("battery");
        await Expect(page.Locator("#trace-rows tr[data-layer=isotp]")).Not.ToHaveCountAsync(0);
        Assert.All(await rows.AllInnerTextsAsync(), text => Assert.Matches("7EA\\s+battery →\\s+ISO-TP", text));

        await page.Locator("#trace-hold").ClickAsync();
        string first = await rows.First.InnerTextAsync();
        await page.WaitForFunctionAsync("frames => document.querySelector('#bus-frames').textContent !== frames", await page.Locator("#bus-frames").InnerTextAsync());
        Assert.Equal(first, await rows.First.InnerTextAsync());
        await WatchedBench.ShootAsync(page, "trace-filtered");

        await page.Locator("#trace-text").FillAsync("nothing says this");
        await Expect(page.Locator("#trace-empty")).ToBeVisibleAsync();
    }

    private static ILocator Ecu(IPage page, string name) => page.Locator($"article.ecu[data-key={name}]");

    private static ILocator Campaign(IPage page, string id) => page.Locator($"article.campaign[data-key='{id}']");

    private static async Task<string> OtherReleaseAsync(IPage page, string ecu)
    {
        await Expect(Ecu(page, ecu).Locator(".runs")).ToHaveTextAsync(new Regex(@"^[12]\.0\.0$"), Patient);
        return Other(await Ecu(page, ecu).Locator(".runs").InnerTextAsync());
    }

    private static string Other(string release) => release == "1.0.0" ? "2.0.0" : "1.0.0";

    // The tests of single ECUs, which may run before, leave the three with different releases: a campaign for all would find one up to date.
    private async Task<string> TogetherAsync(IPage page)
    {
        string release = Other(await OtherReleaseAsync(page, "motor"));
        foreach (string ecu in All)
        {
            if (await OtherReleaseAsync(page, ecu) == release)
            {
                string campaign = await UpdateAsync(page, release, "independent", ecu);
                await CompletedAsync(page, campaign);
                await Expect(Ecu(page, ecu).Locator(".runs")).ToHaveTextAsync(release, Patient);
            }
        }

        return release;
    }

    // The ECU has it, and the campaign is over: until then the bench takes no other.
    private static async Task CompletedAsync(IPage page, string campaign)
    {
        await Expect(Campaign(page, campaign).Locator(".result")).ToHaveTextAsync("completed", Patient);
        await Expect(Campaign(page, campaign).Locator(".state")).ToHaveTextAsync("Done", Patient);
    }

    // By the form, as a user does; returns the name of the campaign.
    private async Task<string> UpdateAsync(IPage page, string release, string mode, params string[] ecus)
    {
        foreach (string ecu in All)
        {
            await page.Locator($"#update-{ecu}").SetCheckedAsync(ecus.Contains(ecu));
        }

        await page.Locator("#update-release").SelectOptionAsync(release);
        await page.Locator("#update-mode").SelectOptionAsync(mode);
        ILocator answer = page.Locator("#update-answer");
        for (int tries = 0; ; tries++)
        {
            _bench.Pace(1);
            if (ecus.Contains("battery"))
            {
                await RestAsync(page);
            }

            await answer.EvaluateAsync("element => { element.textContent = ''; }"); // what comes is the answer to this click
            await page.Locator("#update-start").ClickAsync();
            await Expect(answer).ToHaveTextAsync(new Regex($" to {Regex.Escape(release)}$|is under way"), Patient);
            string text = await answer.InnerTextAsync();
            _bench.Pace(WatchedBench.Hurry);
            if (!text.Contains("is under way", StringComparison.Ordinal))
            {
                return text["campaign ".Length..text.IndexOf(':')];
            }

            // What the test before this one began: a user waits for its end too, as the answer says.
            Assert.True(tries < TriesMax, text);
            await Expect(Campaign(page, text.Split(' ')[1]).Locator(".state")).ToHaveTextAsync(new Regex("^(Done|Cancelled|Aborted)$"), Patient);
        }
    }

    // From its start the battery rests for five minutes; then it drives and charges for two, in which it consents to no update.
    private static async Task RestAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Cut the power of battery" }).ClickAsync();
        await Expect(Ecu(page, "battery").Locator(".power")).ToHaveTextAsync("no power", Patient);
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Give battery its power back" }).ClickAsync();
        await Expect(Ecu(page, "battery").Locator(".runs")).ToHaveTextAsync(new Regex(@"^[12]\.0\.0$"), Patient);
    }

    private List<string> EndsInDatabase(string campaign)
    {
        using SqliteConnection connection = new($"Data Source={_bench.Database};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using SqliteCommand ask = connection.CreateCommand();
        ask.CommandText = "SELECT end FROM target WHERE campaign = $c ORDER BY ecu";
        ask.Parameters.AddWithValue("$c", campaign);
        using SqliteDataReader reader = ask.ExecuteReader();
        List<string> ends = [];
        while (reader.Read())
        {
            ends.Add(reader.IsDBNull(0) ? "none" : reader.GetString(0));
        }

        return ends;
    }
}
