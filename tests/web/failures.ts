/** Pages where something is slow, blocked or wrong. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { readdir } from "node:fs/promises";
import type { Page, Route } from "playwright-core";
import { SITE } from "../../web/build/build_site.ts";
import { SECTIONS } from "../../web/sections.ts";
import type { OpenSite } from "./open_site.ts";

const READY = "document.body?.dataset.ready === 'yes'";

/** Checks that pages go on. */
export async function checkFailures(t: Deno.TestContext, site: OpenSite): Promise<void> {
  await t.step("no script has `using`, which Firefox has from version 141", async () => {
    const files = await readdir(SITE, { recursive: true });
    // The scripts of the reference are not ours.
    const scripts = files.filter((file) => file.endsWith(".js") && !file.startsWith("api"));
    for (const script of scripts) {
      assert(!/\busing [\w$]+ ?=/.test(await Deno.readTextFile(join(SITE, script))), script);
    }
  });

  await t.step("where storage is blocked, every page works", async () => {
    const page = await site.browser.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    await page.addInitScript(`for (const name of ["localStorage", "sessionStorage"]) {
      Object.defineProperty(window, name, { get() { throw new DOMException("Access is denied"); } });
    }`);
    for (const [i, { path }] of SECTIONS.entries()) {
      await page.goto(`${site.url}${i === 0 ? "" : `${path}/`}`, { waitUntil: "load" });
      await page.click("#scheme");
      assertEquals(await page.textContent("#scheme"), "Light", path);
      if (path === "document") await page.waitForFunction(READY);
    }
    assertEquals(errors, []);
    await page.close();
  });

  await t.step("a text that is typed stays when the page loads itself again", async () => {
    const page = await site.browser.newPage();
    await page.route("**/icon.svg", slowly); // the page waits for it before it loads itself again
    await page.goto(`${site.url}document/`, { waitUntil: "commit" });
    await page.fill("#text", "Typed at once.");
    assertEquals(await page.evaluate("crossOriginIsolated"), false);
    await page.waitForFunction(`crossOriginIsolated && ${READY}`);
    assertEquals(await page.inputValue("#text"), "Typed at once.");
    await page.close();
  });

  await t.step("a text that is typed stays when the book arrives later", async () => {
    for (const path of ["document/", "explorer/"]) {
      const page = await site.browser.newPage();
      await page.route("**/northanger_abbey.txt", slowly);
      await page.goto(site.url + path);
      await page.waitForFunction("location.pathname === '/explorer/' || crossOriginIsolated");
      await page.waitForLoadState("load");
      const book = page.waitForResponse("**/northanger_abbey.txt");
      await page.click("#book");
      await page.fill("#text", "Typed later.");
      await (await book).finished();
      await page.waitForTimeout(100);
      assertEquals(await page.inputValue("#text"), "Typed later.", path);
      await page.close();
    }
  });

  await t.step("the explorer says that the novel cannot be fetched", async () => {
    const page = await openExplorer(site);
    await page.route("**/northanger_abbey.txt", (route) => route.abort());
    await page.click("#book");
    await page.waitForFunction("document.querySelector('#text-note').textContent !== ''");
    assertMatch((await page.textContent("#text-note"))!, /^Cannot fetch the novel: /);
    await page.close();
  });

  await t.step("a measurement stops while a field is wrong, and does not start", async () => {
    const page = await openExplorer(site);
    await page.click("#measure");
    await page.fill("#choice-tokens", "");
    await page.click("#measure");
    assertEquals(await page.textContent("#measure"), "Measure here");
    assertEquals(await page.textContent("#measured"), "Stopped.");
    await page.click("#measure");
    assertMatch((await page.textContent("#measured"))!, /^Cannot use tokens \(empty\)/);
    await page.close();
  });
}

async function openExplorer(site: OpenSite): Promise<Page> {
  const page = await site.browser.newPage();
  await page.goto(`${site.url}explorer/?tokens=8192`);
  return page;
}

async function slowly(route: Route): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await route.continue().catch(() => {}); // a page that is loaded again does not wait for it
}
