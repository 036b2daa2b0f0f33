import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, toFileUrl } from "@std/path";
import { HubServer } from "../hub/hub_server.ts";
import { bundle } from "../helpers/bundle.ts";
import { findNodeReason } from "../helpers/find_node_reason.ts";
import { testUnless } from "../helpers/test_unless.ts";
import { type FillMaskResult, pipeline, WasmBackend } from "./bundled.ts";

const MODEL = fromFileUrl(new URL("../../demo/model", import.meta.url));
const TEXT = "She looked at him with a <mask> and left the room.";

const skipReason = await findNodeReason();

/** Runs a script in Node, which must exit by itself, and returns its output. */
async function runInNode(script: string, flags: readonly string[] = []): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("node", {
    args: [...flags, "--input-type=module", "--eval", script],
    signal: AbortSignal.timeout(20_000),
  }).output();
  assert(success, new TextDecoder().decode(stderr) || "did not exit within 20 seconds");
  return new TextDecoder().decode(stdout);
}

testUnless(
  skipReason,
  "Node ≥ 20 gives the same results as Deno on one thread and on two, and exits by itself",
  async () => {
    const file = await Deno.makeTempFile({ suffix: ".mjs" });
    try {
      await bundle("tests/platform/bundled.ts", file);
      for (const threads of [1, 2]) {
        // Every engine has the plain build, so products are rounded the same.
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
        // Math.exp may differ in the last bits between versions of V8.
        const rounded = (all: FillMaskResult[]) =>
          all.map((each) => ({ ...each, score: each.score.toPrecision(12) }));
        assertEquals(rounded(results), rounded(wanted));
      }
    } finally {
      await Deno.remove(file);
    }
  },
);

testUnless(
  skipReason,
  "Node ≥ 20 uses one thread per core, and reports a thread that fails",
  async () => {
    const file = await Deno.makeTempFile({ suffix: ".mjs" });
    try {
      await bundle("tests/platform/bundled_machine.ts", file);
      const output = await runInNode(`
        import { availableParallelism } from "node:os";
        import { Machine, packWeights } from ${JSON.stringify(toFileUrl(file))};
        const whole = await Machine.open({});
        console.log(whole.threads - availableParallelism());
        const machine = await Machine.open({ threads: 3 });
        // The first thread packs the weights, and reads past the end of the memory.
        machine.record([packWeights(2 ** 32 - 8, 8, 4, 65536)]);
        await machine.run().catch(({ message }) => console.log(message));`);
      const [difference, message] = output.split("\n");
      assertEquals(difference, "0");
      assert(message.startsWith("A thread of the wasm backend failed: RuntimeError"), message);
    } finally {
      await Deno.remove(file);
    }
  },
);

testUnless(
  skipReason,
  "Node ≥ 20 whose permissions refuse workers runs on one thread, with a warning",
  async () => {
    const file = await Deno.makeTempFile({ suffix: ".mjs" });
    try {
      await bundle("tests/platform/bundled.ts", file);
      const { stdout } = await new Deno.Command("node", { args: ["--help"] }).output();
      const isStable = /^\s+--permission\b/m.test(new TextDecoder().decode(stdout));
      const output = await runInNode(
        `import { WasmBackend } from ${JSON.stringify(toFileUrl(file))};
        const warnings = [];
        console.warn = (message) => warnings.push(message);
        const device = await WasmBackend.open({ threads: 2 });
        const x = device.floats(new Float32Array([1, 2]), [1, 1, 2]);
        const values = [...await device.add(x, x).getData()];
        console.log(JSON.stringify({ values, threads: device.threads, warnings }));`,
        [isStable ? "--permission" : "--experimental-permission", "--allow-fs-read=*"],
      );
      const { values, threads, warnings } = JSON.parse(output);
      assertEquals([values, threads, warnings.length], [[2, 4], 1, 1]);
      assert(warnings[0].includes("--allow-worker"), warnings[0]);
    } finally {
      await Deno.remove(file);
    }
  },
);

testUnless(
  skipReason,
  "Node ≥ 20 reads without a cache where none can be written",
  async () => {
    const file = await Deno.makeTempFile({ suffix: ".mjs" });
    await using server = new HubServer({ "a/b/config.json": '{"x": 1}' }, { commit: "abc" });
    try {
      await bundle("tests/platform/bundled.ts", file);
      // Node's mkdir with `recursive` never ends below /proc.
      const output = await runInNode(`
        import { env, openCheckpoint } from ${JSON.stringify(toFileUrl(file))};
        const warnings = [];
        console.warn = (message) => warnings.push(message);
        env.remoteHost = ${JSON.stringify(server.url)};
        for (const cache_dir of ["/proc/cache", "/dev/null/cache"]) {
          const source = await openCheckpoint("a/b", { cache_dir });
          console.log((await source.open("config.json")).size);
        }
        console.log(warnings.every((text) => text.includes("env.useFSCache")), warnings.length);`);
      assertEquals(output, "8\n8\ntrue 2\n");
    } finally {
      await Deno.remove(file);
    }
  },
);
