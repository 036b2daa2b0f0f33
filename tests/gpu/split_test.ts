/** Operations that do their work in several turns, because memory between kernels is limited. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { CpuBackend } from "../../cpu/mod.ts";
import { attendKeyGradient } from "../../gpu/attend_key_gradient.ts";
import { attendQueryGradient } from "../../gpu/attend_query_gradient.ts";
import { chunkRows } from "../../gpu/feed_forward.ts";
import { linear } from "../../gpu/linear.ts";
import { linearInputs as linearInputsKernel } from "../../gpu/linear_inputs.ts";
import { type Command, line, MOST_WORK } from "../../gpu/machine/commands.ts";
import { Machine } from "../../gpu/machine/machine.ts";
import { GpuStorage } from "../../gpu/machine/storage.ts";
import { GpuBackend } from "../../gpu/mod.ts";
import { weightGradient } from "../../gpu/weight_gradient.ts";
import type { Backend, Floats } from "../../ops/backend.ts";
import { draw, testOnGpu } from "./backends.ts";
import { attendFeatures } from "../../ops/attend_features.ts";
import { attendHashed } from "../../ops/attend_hashed.ts";
import { linearInputs } from "../../ops/linear_inputs.ts";

/** The values of a call, and how many kernels it launches. */
async function run(
  backend: GpuBackend,
  call: (backend: GpuBackend) => Floats,
): Promise<{ values: number[]; launches: number }> {
  const before = backend.counts.launches;
  const y = backend.scope(() => call(backend));
  const values = [...await y.getData()];
  y.dispose();
  return { values, launches: backend.counts.launches - before };
}

/**
 * Asserts that a call on all rows or sequences gives what calls on some after the others give.
 *
 * @param call On values from `first` to `end`, in turns.
 * @param parts Where calls that take one turn start and end; together all values.
 * @param launches Kernels of a turn.
 * @param turns Turns of the call on all values.
 */
async function checkTurns(
  call: (backend: GpuBackend, first: number, end: number) => Floats,
  parts: readonly (readonly [number, number])[],
  launches: number,
  turns: number,
): Promise<void> {
  // The tiles for emulated processors are 96 columns wide, most of which nobody needs here.
  const backend = await GpuBackend.open({ isEmulated: false });
  const all = await run(backend, (backend) => call(backend, 0, parts.at(-1)![1]));
  assertEquals(all.launches, launches * turns);
  const values: number[] = [];
  for (const [first, end] of parts) {
    const some = await run(backend, (backend) => call(backend, first, end));
    assertEquals(some.launches, launches);
    for (const value of some.values) values.push(value);
  }
  assertEquals(all.values, values);
  backend.dispose();
}

testOnGpu("feedForward() takes some rows after the others", async () => {
  // 2²³ values between the layers: 128 of these rows.
  const [inputs, inner, outputs] = [1, 2 ** 16, 2];
  const x = draw(129 * inputs, 1);
  const [up, down] = [draw(inner * inputs, 2), draw(outputs * inner, 3)];
  await checkTurns(
    (backend, first, end) =>
      backend.feedForward(
        backend.floats(x.slice(first * inputs, end * inputs), [end - first, inputs]),
        { weight: backend.weight(up, [inner, inputs]) },
        "relu",
        { weight: backend.weight(down, [outputs, inner]) },
      ),
    [[0, 128], [128, 129]],
    2,
    2,
  );
});

testOnGpu("attendFeatures() takes some heads after the others", async () => {
  // 2²³ features: 5 of 6 heads.
  const [tokens, heads, features] = [1024, 3, 1366];
  const operands = [1, 2, 3].map((seed) => draw(2 * tokens * heads, seed));
  const projection = draw(features, 4);
  const ones = new Int32Array(2 * tokens).fill(1);
  await checkTurns(
    (backend, first, end) => {
      const [query, key, value] = operands.map((values) =>
        backend.floats(values.slice(first * tokens * heads, end * tokens * heads), [
          end - first,
          tokens,
          heads,
        ])
      );
      const mask = backend.integers(ones.slice(first * tokens, end * tokens), [
        end - first,
        tokens,
      ]);
      return backend.run(attendFeatures, query, key, value, mask, {
        heads,
        map: "random",
        projection: backend.floats(projection, [features, 1]),
      });
    },
    [[0, 1], [1, 2]],
    8,
    2,
  );
});

testOnGpu("attendHashed() takes some heads after the others", async () => {
  // 2²³ scores: 5 of 6 heads, where all tokens see each other.
  const [tokens, heads] = [1183, 3];
  const [queries, values] = [1, 2].map((seed) => draw(2 * tokens * heads, seed));
  const projection = draw(heads * 2, 3);
  const ones = new Int32Array(2 * tokens).fill(1);
  await checkTurns(
    (backend, first, end) => {
      const dims = [end - first, tokens, heads];
      const [query, value] = [queries, values].map((x) =>
        backend.floats(x.slice(first * tokens * heads, end * tokens * heads), dims)
      );
      const mask = backend.integers(ones.slice(first * tokens, end * tokens), dims.slice(0, 2));
      const matrix = backend.floats(projection, [heads, 1, 2]);
      return backend.run(attendHashed, query, value, mask, matrix, tokens);
    },
    [[0, 1], [1, 2]],
    6,
    2,
  );
});

testOnGpu("linear() takes operands that are split into parts", async () => {
  // Rows of 32 bytes: 32 rows of x and of the weights a part, 5 rows of y.
  const split = await GpuBackend.open({ largestBinding: 1024 });
  const whole = await GpuBackend.open();
  const [x, weight, bias] = [draw(70 * 8, 1), draw(40 * 8, 2), draw(40, 3)];
  const [actual, expected] = await Promise.all(
    [split, whole].map((backend) =>
      run(backend, () =>
        backend.linear(
          backend.floats(x, [70, 8]),
          backend.weight(weight, [40, 8]),
          backend.floats(bias, [40]),
          "relu",
        ))
    ),
  );
  assertEquals(actual.values, expected.values);
  // 12 parts of y, two of them across parts of x, with each of 2 parts of the weights.
  assertEquals([actual.launches, expected.launches], [28, 1]);
  split.dispose();
  whole.dispose();
});

testOnGpu("linearInputs() adds the parts of weights that are split", async () => {
  const split = await GpuBackend.open({ largestBinding: 1024 });
  const [dy, weight] = [draw(5 * 40, 1), draw(40 * 8, 2)];
  const call = (backend: Backend) =>
    backend.run(linearInputs, backend.floats(dy, [5, 40]), backend.weight(weight, [40, 8]));
  const { values, launches } = await run(split, call);
  assertEquals(launches, 2);
  const reference = new CpuBackend();
  // Sums of 40 products of standard normals, each up to 12.
  call(reference).data.forEach((wanted, i) =>
    assertAlmostEquals(values[i], wanted, 42 * 2 ** -24 * 40)
  );
  reference.dispose();
  split.dispose();
});

/** Calls of what would take seconds, with buffers that no kernel touches. */
function longCalls(kernel: (storage: GpuStorage) => Command[]): readonly Command[] {
  const buffer = {} as GPUBuffer;
  const partsOf = (rows: number) => [{ buffer, first: 0, rows }];
  const storage = { buffer, partsOf, parts: partsOf(60_000) } as unknown as GpuStorage;
  const commands = kernel(storage);
  assertEquals(commands.length > 4, true);
  for (const { work = Infinity } of commands) assertEquals(work <= MOST_WORK, true, `${work}`);
  return commands;
}

/** What kernels need to know of a graphics card. */
const CARD = {
  isEmulated: false,
  floatBytes: 4,
  workgroupBytes: 32768,
  allocate: () => ({}) as GPUBuffer,
};

Deno.test("products that would take seconds are many calls, of all rows or values", () => {
  const sizes = { rows: 60_000, inputs: 768, outputs: 30_000 };
  let next = 0;
  const products = (x: GpuStorage) => linear({ x, weight: x }, x, sizes, CARD);
  for (const { words: [rows, , , firstX, firstY] } of longCalls(products)) {
    assertEquals([firstX, firstY], [next, next]);
    next += rows;
  }
  assertEquals(next, sizes.rows);

  const inputs = (x: GpuStorage) => linearInputsKernel({ dy: x, weight: x }, x, sizes, CARD);
  assertEquals(rangesOf(longCalls(inputs), 0), sizes.rows * sizes.inputs);
  const weights = (x: GpuStorage) => weightGradient({ dy: x, x, sum: undefined }, x, sizes, CARD);
  assertEquals(rangesOf(longCalls(weights), 4), sizes.outputs * sizes.inputs);
});

/** The end of ranges that follow one another from 0 on, in two words of calls. */
function rangesOf(commands: readonly Command[], word: number): number {
  let next = 0;
  for (const { words } of commands) {
    assertEquals(words[word], next);
    next = words[word + 1];
  }
  return next;
}

testOnGpu("gradients are the same bits in one call and in many", async () => {
  const machine = await Machine.open({});
  const context = { ...machine.traits, allocate: () => machine.allocate(4, false) };
  const store = (dims: number[]) =>
    new GpuStorage(machine, "float32", dims, draw(dims.reduce((a, b) => a * b), dims[0]));
  const make = (dims: number[]) => new GpuStorage(machine, "float32", dims);
  const [rows, inputs, outputs] = [7, 5, 6];
  const heads = { batch: 2, rows: 5, heads: 3, width: 6, keyHeads: 3, scale: 0.4 };
  const [dy, query, keys, values] = [1, 2, 3, 4].map((n) => store([n, 180]));
  const statistics = { logSum: store([31, 1]), inner: store([30, 1]) };
  const span = { block: 1, stride: 0, start: 0, end: 5, causal: true };
  const source = {
    ...{ keys, values, rows: 5, first: 0, count: 5, number: 0 },
    ...{ isPerHead: false, spans: [span] },
  };
  const parts = [{ first: 0, count: 5, position: 0, sources: [source] }];
  const operands = { dy, query, ...statistics, parts };
  const cases: [string, number, (y: readonly GpuStorage[]) => Command[]][] = [
    ["linearInputs", 0, ([y]) =>
      linearInputsKernel(
        { dy: store([rows, outputs]), weight: store([outputs, inputs]) },
        y,
        { rows, inputs, outputs },
        context,
      )],
    ["weightGradient", 4, ([y]) =>
      weightGradient(
        { dy: store([rows, outputs]), x: store([rows, inputs]), sum: undefined },
        y,
        { rows, inputs, outputs },
        context,
      )],
    ["attendQueryGradient", 0, ([y]) => attendQueryGradient(operands, y, heads, context)],
    [
      "attendKeyGradient",
      0,
      ([keys, values]) =>
        attendKeyGradient(operands, { keys, values }, { ...heads, keyRows: 5 }, context),
    ],
  ];
  for (const [name, word, kernel] of cases) {
    const read = async (each: number) => {
      const results = [make([180]), make([180])];
      for (const command of kernel(results)) {
        if (command.kernel.name === "clear") {
          machine.record(command);
          continue;
        }
        const end = command.words[word + 1];
        for (let first = 0; first < end; first += each) {
          const words = [...command.words];
          words.splice(word, 2, first, Math.min(end, first + each));
          machine.record({ ...command, words, groups: line(each) });
        }
      }
      const [first, second] = await Promise.all(results.map((y) => y.read()));
      return name === "attendKeyGradient" ? [first, second] : [first];
    };
    const whole = await read(1000);
    const most = name.startsWith("attend") ? 180 : 30;
    assertEquals(
      (await read(7)).map((y) => y.subarray(0, most)),
      whole.map((y) => y.subarray(0, most)),
      name,
    );
    assertEquals(whole[0].subarray(0, 30).some((value) => value !== 0), true);
  }
  machine.dispose();
});

Deno.test("chunkRows() takes whole tiles, as many as 32 MiB hold", () => {
  assertEquals(chunkRows(0, 3072), 0);
  assertEquals(chunkRows(100, 3072), 100);
  assertEquals(chunkRows(2688, 3072), 2688);
  assertEquals(chunkRows(4096, 3072), 2048);
  assertEquals(chunkRows(16384, 3072), 2432);
  assertEquals(chunkRows(1000, 2 ** 23), 128);
});
