import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { MemoryWeights, type Weights } from "../../checkpoint/mod.ts";
import { CpuBackend } from "../../cpu/backend.ts";
import { checkFinite, Parameters } from "../../models/parameters.ts";

const WEIGHTS = new MemoryWeights([
  ["a.weight", { dims: [2, 1], data: new Float32Array([1, 2]) }],
  ["a.bias", { dims: [1], data: new Float32Array([3]) }],
]);

Deno.test("Parameters gives weights by name until it is disposed of", async () => {
  const backend = new CpuBackend();
  const parameters = await Parameters.load(backend, WEIGHTS);
  assertEquals(parameters.get("a.weight").tolist(), [[1], [2]]);
  assertEquals([parameters.has("a.bias"), parameters.has("toString")], [true, false]);
  assertThrows(() => parameters.get("b.weight"), RangeError, "no weight named b.weight");
  parameters.dispose();
  assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
  assertThrows(() => parameters.get("a.weight"), Error, "was disposed while it was running");
});

Deno.test("Parameters hands matrices over in the form of the dtype, vectors as they are", async () => {
  const third = { dims: [1], data: new Float32Array([1 / 3]) };
  const weights = new MemoryWeights([["a", third], ["b", { ...third, dims: [1, 1] }]]);
  const parameters = await Parameters.load(new CpuBackend({ dtype: "fp16" }), weights);
  assertEquals(parameters.get("a").tolist(), [Math.fround(1 / 3)]);
  assertEquals(parameters.get("b").tolist(), [[0.333251953125]]);
});

Deno.test("Parameters refuses weights that are not finite, and leaves nothing behind", async () => {
  for (const dtype of ["fp32", "fp16", "q8"] as const) {
    for (const value of [NaN, Infinity, -Infinity]) {
      for (const dims of [[2], [2, 1]]) {
        const backend = new CpuBackend({ dtype });
        const weights = new MemoryWeights([
          ["a", { dims: [1], data: new Float32Array([1]) }],
          ["b", { dims, data: new Float32Array([0, value]) }],
        ]);
        await assertRejects(
          () => Parameters.load(backend, weights),
          RangeError,
          `Cannot load weight b: it is ${value} at index 1`,
        );
        assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
      }
    }
  }
});

Deno.test("checkFinite() accepts all finite numbers, and finds the first other one", () => {
  const largest = 3.4028234663852886e38;
  const finite = new Float32Array([0, 0, -0, 1, -1, largest, -largest, 1.4e-45, -1e-40]);
  // A view that begins in the middle of its buffer.
  checkFinite("save", "a", finite.subarray(1));
  checkFinite("save", "a", new Float32Array());
  for (const value of [NaN, Infinity, -Infinity]) {
    for (const at of [0, 3, 7]) {
      const values = finite.slice(1);
      values[at] = value;
      values[7] = NaN;
      const [first, found] = at === 7 ? [7, NaN] : [at, value];
      const message = `Cannot save weight a: it is ${found} at index ${first}`;
      assertThrows(() => checkFinite("save", "a", values), RangeError, message);
    }
  }
});

Deno.test("checkFinite() reads the bits of half precision", () => {
  const finite = new Uint16Array([0, 0x8000, 0x7bff, 0xfbff, 0x0001, 0x83ff, 0x3c00]);
  for (let length = 0; length <= finite.length; length++) {
    checkFinite("load", "a", finite.slice(0, length));
    for (const [bits, value] of [[0x7c00, Infinity], [0xfc00, -Infinity], [0x7c01, NaN]]) {
      for (let at = 0; at < length; at++) {
        const values = finite.slice(0, length);
        values[at] = bits;
        const message = `Cannot load weight a: it is ${value} at index ${at}`;
        assertThrows(() => checkFinite("load", "a", values), RangeError, message);
      }
    }
  }
});

Deno.test("Parameters reads a weight while the one before is uploaded, and no further", async () => {
  const reads: string[] = [];
  const weights: Weights = {
    names: () => ["a", "b", "c"],
    has: () => true,
    dims: () => [1],
    load: (name) => {
      reads.push(name);
      return name === "b"
        ? Promise.reject(new RangeError("b"))
        : Promise.resolve(new Float32Array(1));
    },
  };
  const backend = new CpuBackend();
  const { floats } = backend;
  // A failing upload: the failing read beside it is nobody's.
  backend.floats = () => {
    throw new RangeError("full");
  };
  await assertRejects(() => Parameters.load(backend, weights), RangeError, "full");
  assertEquals(reads.splice(0), ["a", "b"]);
  backend.floats = floats;
  await assertRejects(() => Parameters.load(backend, weights), RangeError, "b");
  assertEquals([reads, backend.memory()], [["a", "b"], { tensors: 0, bytes: 0 }]);
});

Deno.test("Parameters leaves nothing behind if a weight cannot be read", async () => {
  const backend = new CpuBackend();
  const broken: Weights = {
    names: () => WEIGHTS.names(),
    has: (name) => WEIGHTS.has(name),
    dims: (name) => WEIGHTS.dims(name),
    load: (name) => name === "a.bias" ? Promise.reject(new RangeError("cut")) : WEIGHTS.load(name),
  };
  await assertRejects(() => Parameters.load(backend, broken), RangeError, "cut");
  assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
});

Deno.test("weights are not replaced once they are disposed of, nor twice at once", async () => {
  const backend = new CpuBackend();
  const parameters = await Parameters.load(backend, WEIGHTS);
  const first = parameters.replace(backend, WEIGHTS);
  await assertRejects(() => parameters.replace(backend, WEIGHTS), Error, "while another call does");
  await first;
  const second = parameters.replace(backend, WEIGHTS);
  parameters.dispose();
  await assertRejects(() => second, Error, "the model was disposed while they were read");
  await assertRejects(() => parameters.replace(backend, WEIGHTS), Error, "the model was disposed");
  assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
});

Deno.test("a signal aborts between two weights, and leaves nothing behind", async () => {
  const backend = new CpuBackend();
  const controller = new AbortController();
  const loaded: string[] = [];
  const aborting: Weights = {
    names: () => WEIGHTS.names(),
    has: (name) => WEIGHTS.has(name),
    dims: (name) => WEIGHTS.dims(name),
    load: (name) => {
      loaded.push(name);
      controller.abort(new Error("enough"));
      return WEIGHTS.load(name);
    },
  };
  const load = () => Parameters.load(backend, aborting, controller.signal);
  await assertRejects(load, Error, "enough");
  assertEquals(loaded, ["a.weight"]);
  assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
});

Deno.test("a layer's weight and bias come together", async () => {
  const parameters = await Parameters.load(new CpuBackend(), WEIGHTS);
  const { weight, bias } = parameters.pair("a");
  assertEquals([weight.dims, bias?.dims], [[2, 1], [1]]);
  assertThrows(() => parameters.pair("b"), RangeError, "no weight named b.weight");
  assertEquals(Object.keys(parameters.pair("a", false)), ["weight"]);
});
