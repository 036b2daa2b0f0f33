/**
 * The site in Firefox, if it is installed, or at the path in `LSG_FIREFOX`; otherwise the test is
 * ignored. Run by `deno task test:web`, after the same site in Chromium.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { buildSite, SITE } from "../../web/build/build_site.ts";
import { serveSite } from "../../web/build/serve_site.ts";
import { SECTIONS } from "../../web/sections.ts";
import { recordLsg } from "../../picture/record_lsg.ts";
import { amount, summarizePattern } from "../../picture/summary.ts";
import { testUnless } from "../helpers/test_unless.ts";
import { findFirefox, type FirefoxPage, withFirefox } from "./firefox.ts";

const executable = findFirefox();

/** Waits in the page until an expression is true; else what the page shows is in the error. */
async function waitFor(page: FirefoxPage, expression: string): Promise<void> {
  const shown = await page.evaluate(`(async () => {
    for (let i = 0; i < 600; i++) {
      if (${expression}) return true;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return document.body.innerText;
  })()`);
  assertEquals(shown, "true", expression);
}

const textOf = (selector: string) => `document.querySelector("${selector}").textContent`;

testUnless(executable ? undefined : "Firefox is not installed", "Firefox", async (t) => {
  await buildSite({ reference: false });
  const server = serveSite(SITE, 0);
  try {
    await withFirefox(executable!, async (page) => {
      for (const [i, { path, title }] of SECTIONS.entries()) {
        await t.step(`/${path} loads`, async () => {
          await page.open(server.url + (i === 0 ? "" : `${path}/`));
          assertMatch(await page.evaluate("document.title"), new RegExp(title));
        });
      }
      await t.step("the explorer draws, counts, measures and saves", async () => {
        await page.open(`${server.url}explorer/?tokens=2000&sparsity_type=stride`);
        const size = { tokens: 2000, heads: 12, head: 0, seed: 0, causal: false };
        const { visible_keys } = summarizePattern(recordLsg({ sparsity_type: "stride" }, size));
        assertMatch(
          await page.evaluate(textOf("#figures dd")),
          new RegExp(`^${amount(visible_keys.mean)} of 2,001`),
        );
        const colours = await page.evaluate(`(() => {
          const canvas = document.querySelector("#matrix");
          const middle = canvas.width / 2;
          const { data } = canvas.getContext("2d").getImageData(middle, middle + 2, 1, 1);
          return [...data];
        })()`);
        assertEquals(colours, "0,114,178,255"); // local
        await page.evaluate('document.querySelector("#measure").click()');
        await waitFor(page, `${textOf("#measured")}.includes("One layer")`);
        const png = await page.evaluate(`new Promise((resolve) => {
          HTMLAnchorElement.prototype.click = function () {
            fetch(this.href).then((response) => response.blob()).then(createImageBitmap)
              .then(({ width }) => resolve(width));
          };
          document.querySelector("#png").click();
        })`);
        assertEquals(png, "1600");
      });
      await t.step("the charts have their lines", async () => {
        await page.open(`${server.url}charts/`);
        await waitFor(page, 'document.querySelectorAll("figure .line").length === 15');
      });
      await t.step("the document is read by an isolated page, and searched", async () => {
        await page.open(`${server.url}document/`);
        await waitFor(page, 'document.body?.dataset.ready === "yes"');
        assertEquals(await page.evaluate("crossOriginIsolated"), "true");
        for (const task of ["fill", "search"]) {
          const start = `document.querySelector("#${task} button").click()`;
          const isDone = 'document.querySelector("#status").hidden';
          await page.evaluate(start);
          await waitFor(page, isDone);
          assertEquals(await page.evaluate(textOf("#problem")), "");
        }
        const cores = await page.evaluate("navigator.hardwareConcurrency");
        const runs = await page.evaluate(textOf("#runs"));
        assertMatch(runs, new RegExp(`LSGWebAssembly, ${cores} threads4,096.* of 60 right`));
        assertMatch(await page.evaluate(textOf(".found blockquote")), /journal/);
      });
      await t.step("no page complains", () => assertEquals(page.complaints, []));
    });
  } finally {
    await server.close();
  }
});
