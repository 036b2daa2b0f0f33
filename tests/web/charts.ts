import { assertEquals, assertMatch } from "@std/assert";
import type { MeasuredPass } from "../../bench/length_report.ts";
import { formatScores } from "../../bench/table1/report.ts";
import { findViolations, type OpenSite } from "./open_site.ts";

/** Checks the charts against the files that they are made from. */
export async function checkCharts(t: Deno.TestContext, site: OpenSite): Promise<void> {
  const page = await site.open("charts/");
  await page.waitForSelector("#length .line");

  await t.step("Table 1 has the figures of docs/which_pattern.md, and sorts", async () => {
    const results = JSON.parse(await Deno.readTextFile("bench/table1/results.json"));
    const wanted = formatScores(results.table).slice(2).map((line) =>
      line.split("|").slice(1, -1).map((cell) => cell.trim())
    );
    const shown = async () =>
      (await page.locator("#table1 tbody tr").all()).map((row) =>
        row.locator("th, td").allTextContents()
      );
    const rows = await Promise.all(await shown());
    assertEquals(
      rows.map(([name, , ...cells]) => [name, ...cells.map((cell) => cell.replaceAll(" ± ", "±"))]),
      wanted.map(([name, short, long, change, , correct, , seconds, megabytes]) => [
        name,
        short,
        long,
        change,
        correct,
        seconds,
        megabytes,
      ]),
    );
    await page.click('#table1 button:text-is("at 4,096")');
    const sorted = await Promise.all(await shown());
    const bits = sorted.map(([, , , long]) => parseFloat(long));
    assertEquals(bits, bits.toSorted((a, b) => a - b));
    assertEquals(await page.getAttribute("#table1 th[aria-sort]", "aria-sort"), "ascending");
  });

  await t.step("cost over length has the measured values, on each backend", async () => {
    const results: Record<string, MeasuredPass[]> = JSON.parse(
      await Deno.readTextFile("bench/length_results.json"),
    );
    for (const [device, passes] of Object.entries(results)) {
      await page.selectOption("#device", device);
      for (const tokens of [512, 4096, 16384]) {
        const row = page.locator("#length tbody tr", {
          has: page.locator(`th:text-is("${tokens.toLocaleString("en")}")`),
        });
        const names = (await page.locator("#length thead th").allTextContents()).slice(1);
        const values = await row.locator("td").evaluateAll((cells) =>
          cells.map(({ textContent }) => Number(textContent))
        );
        const wanted = names.map((name) =>
          passes.find((pass) => pass.pattern === name && pass.tokens === tokens)!.seconds
        );
        assertEquals(values, wanted.map((value) => Number(value.toPrecision(5))));
      }
    }
  });

  await t.step("a chart is read by slider and pointer, and a line is hidden", async () => {
    const slider = page.locator("#bits input[type=range]");
    await slider.focus();
    await page.keyboard.press("Home");
    assertMatch((await slider.getAttribute("aria-valuetext"))!, /^512 tokens: full [\d.]+, /);
    const { x, y, width } = (await page.locator("#bits .plot").boundingBox())!;
    await page.mouse.move(x + width - 30, y + 100);
    assertMatch((await slider.getAttribute("aria-valuetext"))!, /^16,384 tokens: /);
    assertEquals(await page.locator("#bits .line").count(), 6);
    await page.click("#bits .series button");
    assertEquals(await page.locator("#bits .line").count(), 5);
  });

  await t.step("the training curve has every line of its file", async () => {
    const lines = (await Deno.readTextFile("demo/model/curve.csv")).trim().split("\n").slice(1);
    assertEquals(await page.locator("#curve tbody tr").count(), lines.length);
    await page.click("#curve summary");
    assertEquals(await findViolations(page), []);
  });
  await page.close();
}
