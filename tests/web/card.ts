import { assert, assertEquals, assertMatch } from "@std/assert";
import { findViolations, type OpenSite } from "./open_site.ts";

/** Sizes that an emulated card measures in seconds. */
const SMALL = "?rows=16&tokens=16&heads=1&vocabulary=16&encoder=8&repeats=1&milliseconds=1";

/** Checks the page that measures the visitor's card. */
export async function checkCard(t: Deno.TestContext, site: OpenSite): Promise<void> {
  await t.step("the card is measured, and the table copied as text", async () => {
    const page = await site.open(`card/${SMALL}`);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    assert(await page.isDisabled("#copy"));
    await page.selectOption("#dtype", "q8");
    await page.click("#measure");
    assertEquals(await page.textContent("#measure"), "Stop");
    await page.waitForFunction(
      "document.querySelector('#progress').textContent.startsWith('Done') || " +
        "document.querySelector('#problem').textContent",
      undefined,
      { timeout: 120_000 },
    );
    assertEquals(await page.textContent("#problem"), "");
    assertMatch((await page.textContent("#figures caption"))!, /, emulated, q8$/);
    const rows = await page.locator("#figures tbody tr").all();
    const cells = await Promise.all(rows.map((row) => row.locator("th, td").allTextContents()));
    assertEquals(cells.length, 10);
    assertMatch(cells[2][2], /^[\d.,]+ GFLOPS$/);
    for (const [what, , , limit, share] of cells.slice(4)) {
      assertEquals(limit, limit.endsWith("GB/s") ? cells[3][2] : cells[2][2], what);
      assertMatch(share, /^\d+ %$/);
    }
    assertEquals(await findViolations(page), []);
    await page.click("#copy");
    await page.waitForFunction("document.querySelector('#progress').textContent === 'Copied.'");
    const text = await page.evaluate("navigator.clipboard.readText()") as string;
    for (const [what] of cells) assert(text.includes(`| ${what}`), what);
    await page.close();
  });

  await t.step("a page without WebGPU and sizes that are none are told", async () => {
    const page = await site.open("card/?rows=0");
    await page.click("#measure");
    assertMatch((await page.textContent("#problem"))!, /rows 0: wanted a whole number from 1/);
    await page.addInitScript("delete Navigator.prototype.gpu");
    await page.goto(`${site.url}card/${SMALL}`);
    await page.click("#measure");
    assertMatch((await page.textContent("#problem"))!, /this browser has no WebGPU/);
    assertEquals(await page.textContent("#measure"), "Measure");
    await page.close();
  });
}
