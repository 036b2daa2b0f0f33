/**
 * `deno task test:browser`: the library in a page of Chromium, with and without shared memory.
 *
 * The page (page.ts) is bundled and served on localhost; each step calls one of its functions and
 * looks at the answer. It runs on its own, not with the other tests, as Chromium takes both cores:
 * the name of this file keeps it out.
 *
 * For whoever writes kernels of WebGPU: every name of `BACKEND_NAMES` is held against all goldens in
 * the isolated page, so a device that is entered in device.ts is tested here too, on the software
 * adapter SwiftShader (chromium.ts has the flags and its limits). Chromium's messages, such as
 * uncaptured errors of a device and compilation messages of its shaders, are printed as they come.
 * `LSG_BROWSER_DEVICE=webgpu` tests one device only, `LSG_CHROMIUM` names another Chromium.
 */
import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import type { BackendName } from "../../ops/backend.ts";
import { BACKEND_NAMES } from "../../device.ts";
import { type FillMaskResult, pipeline } from "../../mod.ts";
import { allCases } from "../../verify/verify.ts";
import { bundle } from "../helpers/bundle.ts";
import { goldenFolder } from "../verify/golden_folder.ts";
import { findChromium, startChromium } from "./chromium.ts";
import type { Page, PageVerdict } from "./page.ts";
import { servePage } from "./server.ts";

const TEXT = "She looked at him with a <mask> and left the room.";

const executable = findChromium();
const isRequired = Deno.env.get("LSG_REQUIRE_BROWSER") === "1";
const only = Deno.env.get("LSG_BROWSER_DEVICE") as BackendName | undefined;

/** Calls functions of the page. */
type Call = <Name extends keyof Page>(
  name: Name,
  ...args: Parameters<Page[Name]>
) => ReturnType<Page[Name]>;

/** Opens the page in a Chromium of its own. */
async function withPage(isIsolated: boolean, body: (call: Call) => Promise<void>): Promise<void> {
  if (executable === undefined) {
    throw new Error(
      "There is no Chromium: install it (apt-get install -y --no-install-recommends chromium) or " +
        "name one in LSG_CHROMIUM",
    );
  }
  const file = await Deno.makeTempFile({ suffix: ".js" });
  await bundle("tests/browser/page.ts", file);
  const server = servePage(file, isIsolated);
  const browser = await startChromium(executable);
  try {
    const page = await browser.newPage();
    page.on("console", (message) => {
      // Optional files of a checkpoint that are not there are no news.
      if (!/status of 404/.test(message.text())) console.log(`  Chromium: ${message.text()}`);
    });
    page.on("pageerror", (error) => console.log(`  Chromium: ${error}`));
    await page.goto(server.url, { waitUntil: "load" });
    await body((name, ...args) =>
      page.evaluate(`page.${name}(...${JSON.stringify(args)})`) as ReturnType<Page[typeof name]>
    );
  } finally {
    await browser.close();
    await server.close();
    await Deno.remove(file);
  }
}

/** What Deno's reference answers. */
async function referenceAnswer(): Promise<FillMaskResult[]> {
  const folder = fromFileUrl(new URL("../../demo/model", import.meta.url));
  const unmasker = await pipeline("fill-mask", folder, { device: "cpu" });
  const results = await unmasker(TEXT);
  unmasker.dispose();
  return results as FillMaskResult[];
}

const cases = await allCases(goldenFolder);

function assertVerdict({ passed, faults }: PageVerdict): void {
  assertEquals(faults, []);
  assertEquals(passed, cases.length);
  console.log(`  ${passed} cases within bound`);
}

/** The reference's words; scores of float32 logits, so to a few digits. */
function assertAnswer(actual: FillMaskResult[], wanted: FillMaskResult[]): void {
  const short = (results: FillMaskResult[]) =>
    results.map((each) => ({ ...each, score: each.score.toPrecision(3) }));
  assertEquals(short(actual), short(wanted));
}

const title = executable ?? (isRequired ? "no Chromium" : "skipped: no Chromium is installed");

Deno.test({
  name: `a page with isolation headers runs every device, wasm on all cores (${title})`,
  ignore: !executable && !isRequired,
  fn: async (t) => {
    const wanted = await referenceAnswer();
    await withPage(true, async (call) => {
      for (const device of only ? [only] : BACKEND_NAMES) {
        await t.step(`${device}: verify`, async () => {
          const verdict = await call("verify", device);
          assertVerdict(verdict);
          if (device === "wasm") assertEquals(verdict.threads, navigator.hardwareConcurrency);
        });
        await t.step(`${device}: fill-mask`, async () => {
          assertAnswer(await call("fillMask", TEXT, device), wanted);
        });
      }
    });
  },
});

Deno.test({
  name: `a page without isolation headers runs with no option set, on one thread (${title})`,
  ignore: !executable && !isRequired,
  fn: async (t) => {
    const wanted = await referenceAnswer();
    await withPage(false, async (call) => {
      await t.step("verify", async () => {
        const verdict = await call("verify", "wasm");
        assertVerdict(verdict);
        assertEquals(verdict.threads, 1);
      });
      await t.step("fill-mask", async () => {
        assertAnswer(await call("fillMask", TEXT), wanted);
      });
    });
  },
});
