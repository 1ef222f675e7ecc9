// Who can use the page: by keyboard alone, with a screen reader, on a narrow window, in the dark and in the light. What a program can
// check of that is checked here: names, labels, landmarks, headings, captions, contrast as the browser has computed it, focus that shows.
// Clauses: WCAG 2.2 success criteria 1.3.1, 1.4.3, 1.4.10, 2.1.1, 2.4.7, 4.1.2.
using System.Text.Json;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace EsyncTests.HostSim.Web;

[Collection(nameof(WatchedBench))]
public sealed class PageAccessTests(WatchedBench bench) : IAsyncDisposable
{
    // Each returns sentences about what is wrong.
    private const string Names = """
        () => [...document.querySelectorAll('button, input, select, a[href], [role=region], table, progress, svg[role=img]')].filter(e => e.checkVisibility()).filter(e => {
          const by = (e.getAttribute('aria-labelledby') ?? '').split(' ').map(id => document.getElementById(id)?.textContent ?? '').join('');
          const label = e.labels?.length ? [...e.labels].map(l => l.textContent).join('') : '';
          const own = ['BUTTON', 'A'].includes(e.tagName) ? e.textContent : e.tagName === 'TABLE' ? e.caption?.textContent ?? '' : '';
          return !(e.getAttribute('aria-label') || by || label || own).trim();
        }).map(e => `without a name: ${e.outerHTML.slice(0, 120)}`)
        """;

    private const string Structure = """
        () => {
          const wrong = [];
          for (const landmark of ['header', 'nav', 'main']) if (document.querySelectorAll(`body > ${landmark}`).length !== 1) wrong.push(`not one ${landmark}`);
          const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
          wrong.push(...ids.filter((id, i) => ids.indexOf(id) !== i).map(id => `twice: ${id}`));
          let before = 0;
          for (const heading of [...document.querySelectorAll('h1, h2, h3')].filter(e => e.checkVisibility())) {
            const level = +heading.tagName[1];
            if (level > before + 1) wrong.push(`heading ${heading.textContent} leaves a level out`);
            before = level;
          }
          wrong.push(...[...document.querySelectorAll('section')].filter(e => e.checkVisibility() && !document.getElementById(e.getAttribute('aria-labelledby'))).map(e => `section ${e.id} has no heading`));
          wrong.push(...[...document.querySelectorAll('th')].filter(e => !e.scope).map(e => `head ${e.textContent} without scope`));
          wrong.push(...[...document.querySelectorAll('[aria-live=assertive], [role=alert]')].map(e => `interrupts: ${e.id}`));
          if (document.documentElement.lang !== 'en') wrong.push('no language');
          return wrong;
        }
        """;

    private const string Contrast = """
        () => {
          const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
          const rgba = color => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data; return [r, g, b, a / 255]; };
          const light = ([r, g, b]) => { const [x, y, z] = [r, g, b].map(v => { const c = v / 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; }); return 0.2126 * x + 0.7152 * y + 0.0722 * z; };
          const ground = e => { for (; e; e = e.parentElement) { const c = rgba(getComputedStyle(e).backgroundColor); if (c[3] > 0.99) return c; } return [255, 255, 255, 1]; };
          const wrong = new Set();
          const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          for (let node = walk.nextNode(); node; node = walk.nextNode()) {
            const e = node.parentElement;
            if (!node.textContent.trim() || !e.checkVisibility({ visibilityProperty: true }) || e.closest('.hidden, .skip, :disabled, option')) continue;
            const style = getComputedStyle(e);
            const text = rgba(e.namespaceURI.endsWith('svg') ? style.fill : style.color), back = ground(e);
            const [a, b] = [light(text), light(back)];
            const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            if (ratio < 4.5) wrong.add(`${ratio.toFixed(2)}: "${node.textContent.trim().slice(0, 40)}" in ${e.className || e.tagName}`);
          }
          return [...wrong];
        }
        """;

    public ValueTask DisposeAsync() => bench.CloseAsync();

    [Theory]
    [InlineData(1600, 1000, ColorScheme.Dark, "bench-dark")]
    [InlineData(1600, 1000, ColorScheme.Light, "bench-light")]
    [InlineData(1024, 768, ColorScheme.Light, "bench-1024")]
    [InlineData(360, 740, ColorScheme.Dark, "bench-narrow-dark")]
    [InlineData(360, 740, ColorScheme.Light, "bench-narrow-light")]
    public async Task Everything_has_a_name_a_place_and_contrast_and_fits_the_window(int width, int height, ColorScheme scheme, string picture)
    {
        IPage page = await bench.OpenAsync(width, height, scheme);
        await Expect(page.Locator("#signal-rows tr")).Not.ToHaveCountAsync(0);
        await page.EvaluateAsync("() => scrollTo(0, 0)");
        await WatchedBench.ShootAsync(page, picture);

        Assert.Empty(await FindAsync(page, Names));
        Assert.Empty(await FindAsync(page, Structure));
        Assert.Empty(await FindAsync(page, Contrast));
        Assert.Equal(0, await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth"));
    }

    [Fact]
    public async Task Theme_and_zone_are_chosen_on_the_page_and_kept()
    {
        IPage page = await bench.OpenAsync();
        string dark = await GroundAsync(page);
        await page.Locator("#theme").SelectOptionAsync("light");
        string light = await GroundAsync(page);
        await page.Locator("#zone").SelectOptionAsync("local");
        Assert.NotEqual(dark, light);

        await page.ReloadAsync();
        await Expect(page.Locator("article.ecu")).ToHaveCountAsync(3);
        Assert.Equal(light, await GroundAsync(page));
        await Expect(page.Locator("#zone")).ToHaveValueAsync("local");
        await Expect(page.Locator("#clock-zone")).ToHaveTextAsync(await page.EvaluateAsync<string>("() => Intl.DateTimeFormat().resolvedOptions().timeZone"));
    }

    [Fact]
    public async Task A_fault_is_brought_about_and_taken_back_by_keyboard_alone_and_focus_shows()
    {
        IPage page = await bench.OpenAsync();
        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to the content", await page.EvaluateAsync<string>("() => document.activeElement.textContent"));
        await page.Keyboard.PressAsync("Enter");
        await TabToAsync(page, "Babble at low priority");
        Assert.NotEqual("none 0px", await page.EvaluateAsync<string>("() => { const s = getComputedStyle(document.activeElement); return `${s.outlineStyle} ${s.outlineWidth}`; }"));
        await page.Keyboard.PressAsync("Space");
        await Expect(page.Locator("#fault-list")).ToContainTextAsync("a node babbles at low priority");
        await Expect(page.Locator("#announcer")).ToContainTextAsync("a node babbles");
        await WatchedBench.ShootAsync(page, "faults-in-force");

        await TabToAsync(page, "Silence it");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#fault-list li")).ToHaveCountAsync(0);
    }

    private static async Task TabToAsync(IPage page, string button)
    {
        for (int i = 0; i < 80; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<string>("() => document.activeElement.textContent") == button)
            {
                return;
            }
        }

        Assert.Fail($"{button} is not reached by 80 tabs");
    }

    private static Task<string> GroundAsync(IPage page) => page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor");

    private static async Task<string[]> FindAsync(IPage page, string script) =>
        [.. (await page.EvaluateAsync<JsonElement>(script)).EnumerateArray().Select(item => item.GetString() ?? string.Empty)];
}
