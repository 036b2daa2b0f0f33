import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, toFileUrl } from "@std/path";
import { bundle } from "../helpers/bundle.ts";
import { type FillMaskResult, pipeline, WasmBackend } from "./bundled.ts";

const MODEL = fromFileUrl(new URL("../../demo/model", import.meta.url));
const TEXT = "She looked at him with a <mask> and left the room.";

/** The major version of Node, or 0 where it is not installed. */
async function nodeVersion(): Promise<number> {
  try {
    const { stdout } = await new Deno.Command("node", { args: ["--version"] }).output();
    return Number(new TextDecoder().decode(stdout).match(/^v(\d+)/)?.[1]);
  } catch {
    return 0;
  }
}

/** Runs a script in Node; it must end by itself. */
async function runInNode(script: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("node", {
    args: ["--input-type=module", "--eval", script],
    signal: AbortSignal.timeout(20_000),
  }).output();
  assert(success, new TextDecoder().decode(stderr) || "did not end within 20 seconds");
  return new TextDecoder().decode(stdout);
}

Deno.test({
  name: "Node ≥ 20 gives Deno's answers, on one thread and on two, and ends by itself",
  ignore: await nodeVersion() < 20,
  fn: async () => {
    const file = await Deno.makeTempFile({ suffix: ".mjs" });
    try {
      await bundle("tests/platform/bundled.ts", file);
      for (const threads of [1, 2]) {
        // The build that every engine has: products are rounded alike.
        const options = { threads, build: "plain" } as const;
        const device = await WasmBackend.open(options);
        const unmasker = await pipeline("fill-mask", MODEL, { device });
        const wanted = await unmasker(TEXT) as FillMaskResult[];
        unmasker.dispose();
        device.dispose();
        const output = await runInNode(`
          import { pipeline, WasmBackend } from ${JSON.stringify(toFileUrl(file))};
          const device = await WasmBackend.open(${JSON.stringify(options)});
          const unmasker = await pipeline("fill-mask", ${JSON.stringify(MODEL)}, { device });
          const results = await unmasker(${JSON.stringify(TEXT)});
          console.log(JSON.stringify({ threads: device.threads, results }));`);
        const { threads: count, results } = JSON.parse(output);
        assertEquals(count, threads);
        // Two versions of Math.exp may differ in their last bit.
        const rounded = (all: FillMaskResult[]) =>
          all.map((each) => ({ ...each, score: each.score.toPrecision(12) }));
        assertEquals(rounded(results), rounded(wanted));
      }
    } finally {
      await Deno.remove(file);
    }
  },
});

Deno.test({
  name: "Node ≥ 20 takes as many threads as there are cores, and reports one that dies",
  ignore: await nodeVersion() < 20,
  fn: async () => {
    const file = await Deno.makeTempFile({ suffix: ".mjs" });
    try {
      await bundle("wasm/machine/machine.ts", file);
      const output = await runInNode(`
        import { availableParallelism } from "node:os";
        import { Machine } from ${JSON.stringify(toFileUrl(file))};
        const whole = await Machine.open({});
        console.log(whole.threads - availableParallelism());
        const machine = await Machine.open({ threads: 3 });
        // The first thread packs, and reads past the end of the memory.
        machine.record({ operation: "packWeights", words: [2 ** 32 - 8, 8, 4, 65536] });
        await machine.run().catch(({ message }) => console.log(message));`);
      const [difference, message] = output.split("\n");
      assertEquals(difference, "0");
      assert(message.startsWith("A thread of the wasm backend failed: RuntimeError"), message);
    } finally {
      await Deno.remove(file);
    }
  },
});
