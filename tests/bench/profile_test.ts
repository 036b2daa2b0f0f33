import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { main } from "../../bench/profile.ts";
import { formatProfile, headings, sumOperations } from "../../bench/profile/rows.ts";
import { type TimedCall, TimedWorkers } from "../../bench/profile/timed_workers.ts";
import { formatTable } from "../../bench/table.ts";
import { WasmBackend } from "../../wasm/mod.ts";
import { NUMBERS } from "../../wasm/machine/numbers.ts";

Deno.test("bench:profile --help prints the usage", async () => {
  const lines: string[] = [];
  assertEquals(await main(["--help"], (line) => lines.push(line)), 0);
  assertStringIncludes(lines[0], "deno task bench:profile");
});

for (const args of [["--tokens", "0"], ["--threads", "1"], ["--dtype", "int3"], ["more"]]) {
  Deno.test(`bench:profile rejects ${args.join(" ")}`, async () => {
    const lines: string[] = [];
    assertEquals(await main(args, (line) => lines.push(line)), 2);
    assertStringIncludes(lines[0], "bench:profile: ");
  });
}

function call(operation: number, words: number[], ...busy: number[]): TimedCall {
  const threads = busy.map((time, i) => ({ start: i * 1e8, end: 1e9, busy: time * 1e9 }));
  return { operation, words, threads, peak: 40 };
}

// x, weight, bias, y, rows, inputs, outputs
const linear = call(NUMBERS.linear, [0, 0, 0, 0, 1000, 200, 3000], 0.5, 0.7);
const norm = call(NUMBERS.layerNorm, [], 0.1, 0.1);

Deno.test("sumOperations() sums calls of the same sizes", () => {
  const [first, second] = sumOperations([norm, linear, linear], 0);
  assertEquals(first, {
    what: "linear 200→3000",
    calls: 2,
    seconds: 2,
    busy: [1, 1.4],
    flop: 2 * 2 * 1000 * 200 * 3000,
  });
  assertEquals(second.what, "layerNorm");
});

Deno.test("formatProfile() relates each operation to the pass and the peak", () => {
  const rows = formatProfile([norm, linear, linear], 0, 4);
  assertEquals(rows[0], [
    "linear 200→3000",
    "2",
    "2.000",
    "92.3 %",
    "1.000",
    "1.400",
    "40.0 %", // of 2 s on two threads, 2.4 are busy
    "2.5 %",
  ]);
  assertEquals(rows.at(-2)![2], "1.000");
  assertEquals(rows.at(-1)!.slice(0, 3), ["all", "3", "3.000"]);
  assert(formatTable(headings(2), rows).every((line) => line.length <= 100));
});

Deno.test("TimedWorkers times each operation on each thread", async () => {
  if (Deno.build.os !== "linux") return; // clocks of threads are read from its C library
  const Plain = globalThis.Worker;
  {
    using workers = new TimedWorkers(2);
    const backend = await WasmBackend.open({ threads: 2 });
    const x = backend.floats(Float32Array.of(1, 2, 3, 4), [1, 2, 2]);
    const sum = backend.add(x, backend.activation(x, "relu"));
    assertEquals([...await sum.getData()], [2, 4, 6, 8]);
    const calls = await workers.take();
    assertEquals(calls.map(({ operation }) => operation), [NUMBERS.activation, NUMBERS.add]);
    for (const { threads, peak } of calls) {
      assertEquals(threads.length, 2);
      assert(threads.every(({ start, end, busy }) => end > start && busy > 0));
      assert(peak > 0);
    }
    assertEquals(await workers.take(), []);
    backend.dispose();
  }
  assertEquals(globalThis.Worker, Plain);
});
