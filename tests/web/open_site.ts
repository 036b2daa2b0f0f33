import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { buildSite, SITE } from "../../web/build/build_site.ts";
import { serveSite } from "../../web/build/serve_site.ts";
import { findChromium, startChromium } from "../browser/chromium.ts";

/** How a page is opened. */
export interface View {
  /** Light or dark; light if absent. */
  readonly scheme?: "light" | "dark";
  /** Width of the window in pixels; 1,280 if absent. */
  readonly width?: number;
}

/** The built site in Chromium. */
export interface OpenSite {
  /** Address of the front page. */
  readonly url: string;
  /** The browser. */
  readonly browser: Browser;
  /** Opens a page; what it complains of goes to `complaints`. */
  open(path: string, view?: View): Promise<Page>;
  /** Errors of all pages: messages, exceptions, failed requests. */
  readonly complaints: string[];
}

/** Why the tests are skipped: Chromium is not installed, and not required. */
export const skipReason: string | undefined =
  findChromium() || Deno.env.get("LSG_REQUIRE_BROWSER") === "1"
    ? undefined
    : "Chromium is not installed";

/** Builds the site and serves it to a new Chromium. */
export async function withSite(body: (site: OpenSite) => Promise<void>): Promise<void> {
  const executable = findChromium();
  if (executable === undefined) {
    throw new Error(
      "Cannot find Chromium: install it (apt-get install -y --no-install-recommends chromium) or " +
        "set LSG_CHROMIUM to its path",
    );
  }
  await buildSite();
  const server = serveSite(SITE, 0);
  const browser = await startChromium(executable);
  const complaints: string[] = [];
  try {
    await body({
      url: server.url,
      browser,
      complaints,
      async open(path, { scheme = "light", width = 1280 } = {}) {
        const page = await browser.newPage({
          viewport: { width, height: 900 },
          colorScheme: scheme,
        });
        page.on("console", (message) => {
          if (["error", "warning"].includes(message.type())) {
            complaints.push(`${path}: ${message.text()}`);
          }
        });
        page.on("pageerror", (error) => complaints.push(`${path}: ${error}`));
        page.on("requestfailed", (request) => {
          const reason = request.failure()?.errorText;
          // What is not needed any more after a click on a link.
          if (reason === "net::ERR_ABORTED") return;
          complaints.push(`${path}: ${request.url()} failed: ${reason}`);
        });
        await page.goto(server.url + path, { waitUntil: "load" });
        await waitForReload(page, path);
        return page;
      },
    });
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Waits until the page of the document has been loaded again; see web/shell/isolate.ts. */
export async function waitForReload(page: Page, path: string): Promise<void> {
  if (path !== "document/") return;
  await page.waitForFunction("document.body?.dataset.ready === 'yes'");
}

/** Lists violations of accessibility rules by the visible content of a page, each with an element. */
export async function findViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate("axe.run()") as {
    violations: { id: string; help: string; nodes: { html: string; failureSummary: string }[] }[];
  };
  return violations.map(({ id, help, nodes: [{ html, failureSummary }] }) =>
    `${id}: ${help}: ${html.slice(0, 160)}: ${failureSummary}`
  );
}
