/**
 * `deno task test:browser`: the library in a page of Chromium, with and without shared memory.
 *
 * The page (page.ts) is bundled and served on localhost; each step calls one of its functions and
 * checks the result. The file name excludes it from `deno task test`, as Chromium uses both cores.
 *
 * Every backend in `BACKEND_NAMES` is compared with goldens in the isolated page: `wasm`, whose
 * threads are the page's own, with all, the others with some of each model (WebGPU on the software
 * adapter SwiftShader; flags and limits are in chromium.ts). Messages of Chromium, such as
 * uncaptured device errors and shader compilation messages, are printed.
 * `LSG_BROWSER_DEVICE=webgpu` tests a single device, `LSG_CHROMIUM` is the path of another Chromium.
 * Without Chromium the tests are ignored; they fail if `LSG_REQUIRE_BROWSER=1`.
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import type { BackendName } from "../../ops/backend.ts";
import { BACKEND_NAMES } from "../../device.ts";
import { type FillMaskResult, pipeline } from "../../mod.ts";
import { UNIT } from "../../verify/bounds.ts";
import { allCases } from "../../verify/verify.ts";
import { bundle } from "../helpers/bundle.ts";
import { testUnless } from "../helpers/test_unless.ts";
import { goldenFolder } from "../verify/golden_folder.ts";
import { sampledCases } from "../verify/sampled_cases.ts";
import { findChromium, startChromium } from "./chromium.ts";
import { longestTask } from "./longest_task.ts";
import type { Page, PageVerdict } from "./page.ts";
import { servePage } from "./server.ts";
import { RATE, STEPS, TRAINED, type Trained, trainTiny } from "./train_tiny.ts";

const TEXT = "She looked at him with a <mask> and left the room.";

const executable = findChromium();
const isRequired = Deno.env.get("LSG_REQUIRE_BROWSER") === "1";
const only = Deno.env.get("LSG_BROWSER_DEVICE") as BackendName | undefined;

/** Calls a function of the page. */
type Call = <Name extends keyof Page>(
  name: Name,
  ...args: Parameters<Page[Name]>
) => ReturnType<Page[Name]>;

/** Opens the page in a new Chromium. */
async function withPage(
  isIsolated: boolean,
  body: (
    call: Call,
    messages: readonly string[],
    measure: (expression: string) => ReturnType<typeof longestTask>,
  ) => Promise<void>,
  policy?: string,
): Promise<void> {
  if (executable === undefined) {
    throw new Error(
      "Cannot find Chromium: install it (apt-get install -y --no-install-recommends chromium) or " +
        "set LSG_CHROMIUM to its path",
    );
  }
  const file = await Deno.makeTempFile({ suffix: ".js" });
  await bundle("tests/browser/page.ts", file);
  const server = servePage(file, isIsolated, policy);
  const browser = await startChromium(executable);
  const messages: string[] = [];
  try {
    const page = await browser.newPage();
    page.on("console", (message) => {
      messages.push(message.text());
      // Optional files of a checkpoint may be missing.
      if (!/status of 404/.test(message.text())) console.log(`  Chromium: ${message.text()}`);
    });
    page.on("pageerror", (error) => console.log(`  Chromium: ${error}`));
    await page.goto(server.url, { waitUntil: "load" });
    await body(
      (name, ...args) =>
        page.evaluate(`page.${name}(...${JSON.stringify(args)})`) as ReturnType<Page[typeof name]>,
      messages,
      (expression) => longestTask(browser, page, expression),
    );
  } finally {
    await browser.close();
    await server.close();
    await Deno.remove(file);
  }
}

/** Computes the expected results on the CPU reference in Deno. */
async function computeReference(): Promise<FillMaskResult[]> {
  const folder = fromFileUrl(new URL("../../demo/model", import.meta.url));
  const unmasker = await pipeline("fill-mask", folder, { device: "cpu" });
  const results = await unmasker(TEXT);
  unmasker.dispose();
  return results as FillMaskResult[];
}

const cases = await allCases(goldenFolder);

/** Of so many cases of a model one runs where all of them run elsewhere, or for minutes. */
const SOME = 10;

function assertVerdict({ passed, faults }: PageVerdict, every: number): void {
  assertEquals(faults, []);
  assertEquals(passed, sampledCases(cases, every).length);
  console.log(`  ${passed} cases within bound`);
}

/** Asserts that a training went as on the reference in Deno. */
function assertTrained({ losses, parameters }: Trained, wanted: Trained): void {
  assertEquals(losses.length, STEPS);
  losses.forEach((loss, i) => assertAlmostEquals(loss, wanted.losses[i], 2e-6));
  assertEquals(Object.keys(parameters), Object.keys(wanted.parameters));
  for (const [name, values] of Object.entries(parameters)) {
    // As in tests/training/trajectory_test.ts.
    if (name.endsWith("key.bias")) continue;
    values.forEach((value, i) => {
      const expected = wanted.parameters[name][i];
      const most = STEPS * (RATE * 1e-4 + 2 * UNIT * Math.abs(expected));
      assertAlmostEquals(value, expected, most, `${name} at ${i}`);
    });
  }
}

/** Asserts the same words, and scores to a few digits, as logits are float32. */
function assertResults(actual: FillMaskResult[], wanted: FillMaskResult[]): void {
  const short = (results: FillMaskResult[]) =>
    results.map((each) => ({ ...each, score: each.score.toPrecision(3) }));
  assertEquals(short(actual), short(wanted));
}

const skipReason = executable || isRequired ? undefined : "Chromium is not installed";

testUnless(
  skipReason,
  "a page with isolation headers runs every device, with wasm on all cores",
  async (t) => {
    const wanted = await computeReference();
    const trained = await trainTiny(
      fromFileUrl(new URL(`../golden/${TRAINED}`, import.meta.url)),
      "cpu",
    );
    await withPage(true, async (call) => {
      for (const device of only ? [only] : BACKEND_NAMES) {
        await t.step(`${device}: verify`, async () => {
          const every = device === "wasm" ? 1 : SOME;
          const verdict = await call("verify", device, every);
          assertVerdict(verdict, every);
          if (device === "wasm") assertEquals(verdict.threads, navigator.hardwareConcurrency);
        });
        await t.step(`${device}: fill-mask`, async () => {
          assertResults(await call("fillMask", TEXT, device), wanted);
        });
        if (device === "webgpu") {
          await t.step("webgpu: products in 8 bits", async () => {
            assertEquals(await call("quantizedProducts"), { all: 4900, other: 0 });
          });
          await t.step("webgpu: gradients of numbers of all magnitudes", async () => {
            assertEquals(await call("gradientMagnitudes"), []);
          });
        }
        await t.step(`${device}: a training, in the page and in a worker`, async () => {
          assertTrained(await call("train", device), trained);
          assertTrained(await call("trainInWorker", device), trained);
        });
        if (device === "wasm") {
          await t.step("wasm: fill-mask in a worker, on threads that the page starts", async () => {
            const { results, started, ended } = await call("fillOnLentThreads", TEXT);
            assertResults(results, wanted);
            assertEquals([started, ended], [2, 2]);
          });
        }
      }
    });
  },
);

testUnless(
  skipReason,
  "a page without isolation headers runs by default on one thread",
  async (t) => {
    const wanted = await computeReference();
    await withPage(false, async (call, _, measure) => {
      await t.step("verify", async () => {
        const verdict = await call("verify", "wasm", SOME);
        assertVerdict(verdict, SOME);
        assertEquals(verdict.threads, 1);
      });
      await t.step("fill-mask", async () => {
        assertResults(await call("fillMask", TEXT), wanted);
      });
      await t.step("no task of a pass of 4,096 tokens takes 50 ms", async () => {
        const tokens = await call("openBook");
        assert(tokens > 4000 && tokens <= 4096, `${tokens} tokens`);
        for (const pass of ["first", "second"]) {
          const { own, all } = await measure("page.fillBook()");
          console.log(`  ${pass} pass: ${own.toFixed(1)} ms (${all.toFixed(1)} with others' time)`);
          assert(own <= 50, `${own} ms`);
        }
      });
    });
  },
);

testUnless(
  skipReason,
  "a page whose policy refuses workers runs on one thread, with a warning",
  async () => {
    const wanted = await computeReference();
    await withPage(true, async (call, messages) => {
      // Unless threads are asked for, a short text does not need workers.
      assertResults(await call("fillMask", TEXT, "wasm", 2), wanted);
      const warnings = messages.filter((text) => text.includes("worker-src blob:"));
      assertEquals(warnings.length, 1, messages.join("\n"));
    }, "worker-src 'self'");
  },
);
