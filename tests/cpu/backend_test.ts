import { assertEquals, assertThrows } from "@std/assert";
import { everything } from "../../attention/mod.ts";
import { CpuBackend } from "../../cpu/mod.ts";
import type { Floats } from "../../ops/backend.ts";
import { checkSettle } from "../helpers/check_settle.ts";
import { WasmBackend } from "../../wasm/mod.ts";
import { checkForeignTensors, checkIntegers } from "../helpers/check_operands.ts";

const floats = (...values: number[]) => new Float32Array(values);
const integers = (...values: number[]) => new Int32Array(values);

Deno.test("CpuBackend gives its kernels the sizes of tensors, and results their shape", () => {
  const backend = new CpuBackend();
  const x = backend.floats(floats(1, 2, 3, 4, 5, 6, 7, 8), [2, 2, 2]);
  const rows = backend.integers(integers(1, 0), [2, 1]);
  const table = backend.floats(floats(1, 10, 2, 20), [2, 2]);
  const ids = backend.integers(integers(1, 0, 0, 1), [2, 2]);
  const positions = backend.integers(integers(0, 1), [1, 2]);
  const pair = backend.floats(floats(9, 9), [1, 1, 2]);
  const weight = backend.floats(floats(1, 1, 1, -1, 0, 1), [3, 2]);
  const [one, none] = [floats(1, 1), floats(0, 0)].map((row) => backend.floats(row, [2]));

  assertEquals(backend.embed([{ ids, table }, { ids: positions, table }]).tolist(), [
    [[3, 30], [3, 30]],
    [[2, 20], [4, 40]],
  ]);
  assertEquals(backend.linear(x, weight).tolist(), [
    [[3, -1, 2], [7, -1, 4]],
    [[11, -1, 6], [15, -1, 8]],
  ]);
  assertEquals(backend.linear(x, weight, undefined, "relu").dims, [2, 2, 3]);
  assertEquals(backend.layerNorm(x, one, none, 0).tolist(), [
    [[-1, 1], [-1, 1]],
    [[-1, 1], [-1, 1]],
  ]);
  assertEquals(backend.layerNorm(x, one, none, 0, x).dims, [2, 2, 2]);
  assertEquals(backend.activation(x, "relu").tolist(), x.tolist());
  assertEquals(backend.add(x, x).dims, [2, 2, 2]);
  assertEquals(backend.concatRows(pair, x).tolist(), [
    [[9, 9], [1, 2], [3, 4]],
    [[9, 9], [5, 6], [7, 8]],
  ]);
  const picked = backend.gatherRows(x, rows);
  assertEquals(picked.tolist(), [[[3, 4]], [[5, 6]]]);
  assertEquals(backend.scatterRows(backend.add(x, x), rows, picked).tolist(), [
    [[2, 4], [3, 4]],
    [[5, 6], [14, 16]],
  ]);
  const still = backend.floats(floats(1, 0, 1, 0), [1, 2, 2]);
  assertEquals(backend.rotate(x, still, 1).tolist(), x.tolist());
  const source = { keys: x, values: x, first: 0, count: 2, spans: [everything(2)] };
  const zeros = backend.floats(new Float32Array(8), [2, 2, 2]);
  const parts = [{ first: 0, count: 2, sources: [source] }];
  assertEquals(backend.attend(zeros, parts, { heads: 2 }).tolist(), [
    [[2, 3], [2, 3]],
    [[6, 7], [6, 7]],
  ]);
});

Deno.test("CpuBackend selects with the shapes of sparse lists", () => {
  const backend = new CpuBackend();
  const x = backend.floats(floats(1, 2, 3, 4, 5, 6, 7, 8), [2, 2, 2]);
  const mask = backend.integers(integers(1, 1, 1, 0), [2, 2]);
  const projection = backend.floats(floats(), [2, 1, 0]);
  const shape = { heads: 2, first: 0, tokens: 2, block: 2, factor: 2, chunk: 2 };
  const lists = {
    norm: backend.selectNorm(x, x, mask, shape),
    stride: backend.selectStride(x, x, mask, shape),
    blockStride: backend.selectBlockStride(x, x, mask, shape),
    pooling: backend.selectPooling(x, x, mask, shape),
    bosPooling: backend.selectBosPooling(x, x, x, mask, shape),
    lsh: backend.selectLsh(x, x, mask, [projection], shape),
  };
  for (const [name, { keys, values, mask }] of Object.entries(lists)) {
    assertEquals([keys.dims, values.dims, mask.dims], [[2, 1, 2], [2, 1, 2], [2, 2, 1]], name);
  }
  assertEquals(lists.norm.keys.tolist(), [[[3, 4]], [[5, 6]]]);
  assertEquals(lists.stride.keys.tolist(), [[[1, 4]], [[5, 0]]]);
  assertEquals(lists.stride.mask.tolist(), [[[1], [1]], [[1], [0]]]);
  assertEquals(lists.blockStride.keys.tolist(), [[[1, 4]], [[5, 0]]]);
});

Deno.test("CpuBackend fills the last block of a selection up", () => {
  const backend = new CpuBackend();
  const entries = [0, 1, 3, 4, 5, 8, 9].map((tokens) => {
    const x = backend.floats(new Float32Array(tokens), [1, tokens, 1]);
    const mask = backend.integers(new Int32Array(tokens).fill(1), [1, tokens]);
    const shape = { heads: 1, first: 0, tokens, block: 4, factor: 1, chunk: 4 };
    return backend.selectStride(x, x, mask, shape).keys.size;
  });
  assertEquals(entries, [0, 4, 4, 4, 8, 8, 12]);
});

Deno.test("CpuBackend refuses rows that do not divide into heads", () => {
  const backend = new CpuBackend();
  const x = backend.floats(new Float32Array(6), [1, 1, 6]);
  const mask = backend.integers(integers(1), [1, 1]);
  const shape = { heads: 4, first: 0, tokens: 1, block: 1, factor: 1, chunk: 1 };
  const calls = [
    () => backend.attend(x, [], { heads: 4 }),
    () => backend.rotate(x, backend.floats(floats(1, 0), [1, 1, 2]), 4),
    () => backend.selectNorm(x, x, mask, shape),
  ];
  for (const call of calls) {
    assertThrows(call, RangeError, "rows of width 6 do not divide into 4 heads");
  }
});

Deno.test("CpuBackend gives everything back when it is disposed of", () => {
  const backend = new CpuBackend();
  const x = backend.floats(new Float32Array(6), [2, 3]);
  backend.dispose();
  assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
  assertThrows(() => x.data, Error, "disposed");
  assertThrows(() => backend.floats(new Float32Array(1), [1]), Error, "disposed");
});

Deno.test("CpuBackend counts what it holds and takes back what is disposed of, once", () => {
  const backend = new CpuBackend();
  const x = backend.floats(new Float32Array(6), [2, 3]);
  const rows = backend.integers(new Int32Array(1), [1, 1]);
  assertEquals(backend.memory(), { tensors: 2, bytes: 28 });
  x.dispose();
  x.dispose();
  assertEquals(backend.memory(), { tensors: 1, bytes: 4 });
  rows.dispose();
  assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
});

Deno.test("CpuBackend counts nothing of a tensor that it refuses", () => {
  const backend = new CpuBackend();
  assertThrows(() => backend.floats(floats(1, 2), [3]), RangeError, "shape [3] from 2 values");
  assertThrows(() => backend.floats(floats(1), [-1]), RangeError, "shape [-1]");
  assertThrows(() => backend.weight(floats(1, 2, 3), [2, 2]), RangeError, "[2,2] from 3 values");
  const wide = new Float64Array(1) as unknown as Float32Array;
  assertThrows(() => backend.floats(wide, [1]), TypeError, "from a Float64Array");
  const listed = [1] as unknown as Int32Array;
  assertThrows(() => backend.integers(listed, [1]), TypeError, "from a Array");
  assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
});

Deno.test("CpuBackend.scope() returns to the level that it started from", () => {
  const backend = new CpuBackend();
  const x = backend.floats(floats(-1, 1), [2]);
  const before = backend.memory();
  const y = backend.scope(() => backend.activation(backend.add(x, x), "relu"));
  assertEquals(backend.memory().tensors, before.tensors + 1);
  y.dispose();
  assertEquals(backend.memory(), before);
  assertThrows(() =>
    backend.scope(() => backend.add(backend.add(x, x), backend.floats(floats(), [0])))
  );
  assertEquals(backend.memory(), before);
});

Deno.test("CpuBackend.dispose() ends it", () => {
  for (const dtype of ["fp32", "fp16", "q8"] as const) {
    const backend = new CpuBackend({ dtype });
    backend.dispose();
    const message = "the cpu backend was disposed";
    assertThrows(() => backend.floats(floats(1), [1]), Error, message);
    assertThrows(() => backend.weight(floats(1), [1, 1]), Error, message);
    assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
  }
});

Deno.test("CpuBackend refuses tensors that were disposed, weights of each form too", () => {
  for (const dtype of ["fp32", "fp16", "q8"] as const) {
    const backend = new CpuBackend({ dtype });
    const x = backend.floats(floats(1), [1, 1]);
    const weight = backend.weight(floats(1), [1, 1]);
    weight.dispose();
    assertThrows(() => backend.linear(x, weight), Error, "was disposed");
    assertThrows(() => backend.add(x, weight), Error, "was disposed");
    assertEquals(backend.memory().tensors, 1);
  }
});

Deno.test("CpuBackend.settle() lets other tasks run", async () => {
  await checkSettle(new CpuBackend());
});

Deno.test("CpuBackend holds weights in the form of its dtype", async () => {
  const values = floats(1, 1 / 3, -1, 0.5);
  const wanted = {
    fp32: values,
    fp16: floats(1, 0.333251953125, -1, 0.5),
    q8: floats(1, 42 / 127, -1, 64 / 127),
  };
  for (const dtype of ["fp32", "fp16", "q8"] as const) {
    const backend = new CpuBackend({ dtype });
    assertEquals(backend.dtype, dtype);
    const table = backend.weight(values, [2, 2]);
    assertEquals((await table.getData()).map(Math.fround), wanted[dtype].map(Math.fround));
    const ids = backend.integers(integers(0), [1, 1]);
    assertEquals(backend.embed([{ ids, table }]).data, wanted[dtype].subarray(0, 2));
    const x = backend.floats(floats(0, 127), [1, 2]);
    assertEquals(
      backend.linear(x, table).data,
      wanted[dtype].map((w) => w * 127).filter((_, i) => i % 2),
    );
    const pair = { weight: table };
    backend.feedForward(x, pair, "relu", pair);
    assertEquals(backend.floats(values, [2, 2]).data, values);
    backend.dispose();
    assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
  }
});

Deno.test("CpuBackend refuses tensors of another backend", async () => {
  const [backend, other] = [new CpuBackend(), await WasmBackend.open({ threads: 1 })];
  checkForeignTensors(backend, [other]);
  checkIntegers(backend);
  other.dispose();
});

Deno.test("CpuBackend multiplies by the integers of weights, and reads their values elsewhere", () => {
  const backend = new CpuBackend({ dtype: "q8" });
  const weight = backend.weight(floats(127, 127), [1, 2]);
  const plain = backend.floats(floats(127, 127), [1, 2]);
  const down = backend.weight(floats(127, 127), [2, 1]);
  const x = backend.floats(floats(127, 0.25), [1, 2]);
  // In steps of 1 a quarter is nothing.
  const run = (weight: Floats, down: Floats) => [
    ...backend.linear(x, weight).data,
    ...backend.feedForward(x, { weight }, "relu", { weight: down }).data,
  ];
  const [integer, float] = [127 * 127, 127.25 * 127];
  assertEquals(run(weight, down), [integer, 127 * integer, 127 * integer]);
  const flat = plain.reshape([2, 1]);
  assertEquals(run(plain, flat), [float, 127 * float, 127 * float].map(Math.fround));
  assertEquals(backend.add(x, weight).tolist(), [[254, 127.25]]);
});

Deno.test("CpuBackend refuses integers in another shape than they were rounded in", () => {
  const backend = new CpuBackend({ dtype: "q8" });
  const [weight, x] = [
    backend.weight(new Float32Array(6), [2, 3]),
    backend.floats(floats(1, 2), [1, 2]),
  ];
  assertThrows(() => backend.linear(x, weight.reshape([3, 2])), TypeError, "shape [2,3] as [3,2]");
});

Deno.test("CpuBackend counts integers and their steps as memory", () => {
  const backend = new CpuBackend({ dtype: "q8" });
  backend.weight(new Float32Array(6), [2, 3]);
  assertEquals(backend.memory(), { tensors: 1, bytes: 6 * 4 + 2 * 64 + 2 * 4 });
});

Deno.test("CpuBackend refuses weights that its dtype has no number for", () => {
  for (const [dtype, value] of [["fp16", 7e4], ["fp16", NaN], ["q8", 2.6e33]] as const) {
    const backend = new CpuBackend({ dtype });
    assertThrows(() => backend.weight(floats(value), [1, 1]), RangeError, `with dtype "${dtype}"`);
    assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
  }
});

Deno.test("reserve() holds memory until it is released", () => {
  const backend = new CpuBackend();
  const reserved = backend.reserve([2, 3]);
  assertEquals(backend.memory(), { tensors: 1, bytes: 24 });
  reserved.dispose();
  assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
});
