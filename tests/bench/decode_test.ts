import { assertEquals, assertGreater, assertLess, assertStringIncludes } from "@std/assert";
import { measureBusiest, measureThreads } from "../../bench/busiest_thread.ts";
import { main } from "../../bench/decode.ts";
import { DecodeStep } from "../../bench/decode_step.ts";
import { countPromptFlop, STEP_WEIGHTS } from "../../bench/smol_lm.ts";
import type { CpuBackend } from "../../cpu/mod.ts";

Deno.test("bench:decode --help prints the usage", async () => {
  const lines: string[] = [];
  assertEquals(await main(["--help"], (line) => lines.push(line)), 0);
  assertStringIncludes(lines[0], "deno task bench:decode");
});

for (
  const args of [["--memory", "0"], ["--memory", "4096,x"], ["--repeats", "0"], ["--only", "x"], [
    "more",
  ]]
) {
  Deno.test(`bench:decode rejects ${args.join(" ")}`, async () => {
    const lines: string[] = [];
    assertEquals(await main(args, (line) => lines.push(line)), 2);
    assertStringIncludes(lines[0], "bench:decode: ");
  });
}

Deno.test("measureBusiest() counts the work of this thread", async () => {
  const work = () => {
    const end = performance.now() + 30;
    while (performance.now() < end);
    return Promise.resolve();
  };
  assertGreater(await measureBusiest(work), 0.001);
});

Deno.test("measureThreads() leaves out what measuring takes", async () => {
  const passed: number[] = [];
  for (let i = 0; i < 20; i++) {
    passed.push((await measureThreads(() => Promise.resolve())).passed);
  }
  // It sleeps twice for a millisecond.
  assertLess(Math.min(...passed), 0.001);
});

Deno.test("DecodeStep counts the bytes of BART-base's decoder", () => {
  // Weights of 353 MB and 36.9 kB a memory row, without any of them.
  const empty = { weight() {}, floats() {}, scope: () => {} } as unknown as CpuBackend;
  const step = new DecodeStep(empty, 4096);
  assertEquals(Math.round(step.bytes(4) / 1e6), 353 + 151);
});

Deno.test("SmolLM's shape has 135 million weights", () => {
  // 134,515,008 with the weights of norms.
  assertEquals(STEP_WEIGHTS, 134_515_008 - 61 * 576);
  // Each weight of a layer multiplies each token; scores and weighted values of the keys up to it.
  const layers = STEP_WEIGHTS - 49_152 * 576;
  assertEquals(countPromptFlop(2) - countPromptFlop(1), 2 * layers + 30 * 4 * 576 * 2);
});
