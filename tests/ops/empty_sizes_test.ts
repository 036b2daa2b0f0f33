/** Sizes of 0: every backend gives what the reference gives, and lives on. */
import { everything } from "../../attention/mod.ts";
import { attendCached } from "../../ops/attend_cached.ts";
import { attendWithSums } from "../../ops/attend_with_sums.ts";
import type { Backend, BackendName, Floats } from "../../ops/backend.ts";
import { headProducts } from "../../ops/head_products.ts";
import { linearInputs } from "../../ops/linear_inputs.ts";
import { normGradient } from "../../ops/norm_gradient.ts";
import { sumRows } from "../../ops/sum_rows.ts";
import { sumSquares } from "../../ops/sum_squares.ts";
import { weightGradient } from "../../ops/weight_gradient.ts";
import { writeRows } from "../../ops/write_rows.ts";
import { openGpu } from "../gpu/backends.ts";
import { testOnBackend } from "../helpers/backends.ts";
import { openWasm } from "../wasm/backends.ts";
import { assertSame, type ComparedBackends, runSteps } from "./compared_backends.ts";

const ones = (on: Backend, ...dims: number[]) =>
  on.floats(new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(1), dims);

const weight = (on: Backend, ...dims: number[]) =>
  on.weight(new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(1), dims);

const numbers = (on: Backend, ...dims: number[]) =>
  on.integers(new Int32Array(dims.reduce((a, b) => a * b, 1)), dims);

/** Parts of `[first, count]` that see all of `keys` rows, of a batch of `batch`. */
const parts = (on: Backend, batch: number, keys: number, ...ranges: [number, number][]) => {
  const rows = ones(on, batch, keys, 8);
  const sources = [{ keys: rows, values: rows, first: 0, count: keys, spans: [everything(keys)] }];
  return ranges.map(([first, count]) => ({ first, count, sources }));
};

const ONE_HEAD = { heads: 1 };

/** Attentions, by name. */
const ATTENTIONS: Record<string, (on: Backend) => Floats> = {
  "no queries": (on) => on.attend(ones(on, 1, 0, 8), parts(on, 1, 5, [0, 0]), ONE_HEAD),
  "no queries of many keys": (on) =>
    on.attend(ones(on, 1, 0, 8), parts(on, 1, 1500, [0, 0]), ONE_HEAD),
  "a part of none beside one": (on) =>
    on.attend(ones(on, 1, 2, 8), parts(on, 1, 5, [0, 0], [0, 2]), ONE_HEAD),
  "no batch": (on) => on.attend(ones(on, 0, 2, 8), parts(on, 0, 5, [0, 2]), ONE_HEAD),
  "no batch of many keys": (on) =>
    on.attend(ones(on, 0, 2, 8), parts(on, 0, 1500, [0, 2]), ONE_HEAD),
  "no keys": (on) => on.attend(ones(on, 1, 2, 8), parts(on, 1, 0, [0, 2]), ONE_HEAD),
  "no cached queries": (on) =>
    on.run(
      attendCached,
      ones(on, 1, 0, 8),
      ones(on, 1, 3, 8),
      ones(on, 1, 3, 8),
      numbers(on, 1, 0, 1500),
      ONE_HEAD,
    ),
  "no sums": (on) =>
    on.run(attendWithSums, ones(on, 1, 0, 8), parts(on, 1, 5, [0, 0]), ONE_HEAD).logSum,
};

/** Other operations, by name. */
const OTHERS: Record<string, (on: Backend) => Floats> = {
  "weightGradient, no rows": (on) => on.run(weightGradient, ones(on, 0, 4), ones(on, 0, 3)),
  "weightGradient, no inputs": (on) => on.run(weightGradient, ones(on, 50, 4), ones(on, 50, 0)),
  "weightGradient, no outputs": (on) => on.run(weightGradient, ones(on, 50, 0), ones(on, 50, 4)),
  "linearInputs, no inputs": (on) => on.run(linearInputs, ones(on, 50, 3), weight(on, 3, 0)),
  "linearInputs, no outputs": (on) => on.run(linearInputs, ones(on, 50, 0), weight(on, 0, 3)),
  "linearInputs, no rows": (on) => on.run(linearInputs, ones(on, 0, 2), weight(on, 2, 3)),
  "headProducts": (on) => on.run(headProducts, ones(on, 1, 0, 4), ones(on, 1, 0, 4), 2),
  "normGradient": (on) =>
    on.run(normGradient, ones(on, 0, 4), ones(on, 0, 4), ones(on, 4), 1, "layer"),
  "sumRows": (on) => on.run(sumRows, ones(on, 3, 0)),
  "sumSquares": (on) => on.run(sumSquares, ones(on, 0)),
  "writeRows": (on) => {
    const x = ones(on, 1, 2, 3);
    on.run(writeRows, x, numbers(on, 1, 0), ones(on, 1, 0, 3));
    return x;
  },
  "gatherRows": (on) => on.gatherRows(ones(on, 1, 2, 3), numbers(on, 1, 0)),
  "multiply": (on) => on.multiply(ones(on, 0, 3), ones(on, 0, 3)),
  "activation": (on) => on.activation(ones(on, 0, 3), "gelu"),
  "layerNorm": (on) => on.layerNorm(ones(on, 0, 3), ones(on, 3), ones(on, 3), 1),
};

/** Layers, whose weights every data type holds. */
const LAYERS: Record<string, (on: Backend) => Floats> = {
  "linear, no outputs": (on) => on.linear(ones(on, 50, 3), weight(on, 0, 3)),
  "linear, no outputs of few rows": (on) => on.linear(ones(on, 5, 3), weight(on, 0, 3)),
  "linear, no rows": (on) => on.linear(ones(on, 0, 3), weight(on, 2, 3)),
  "feedForward, no outputs": (on) =>
    on.feedForward(ones(on, 50, 1), { weight: weight(on, 1, 1) }, "relu", {
      weight: weight(on, 0, 1),
    }),
  "feedForward, hardly any work": (on) =>
    on.feedForward(ones(on, 50, 1), { weight: weight(on, 1, 1) }, "relu", {
      weight: weight(on, 1, 1),
    }),
  "embed, no tokens": (on) => on.embed([{ ids: numbers(on, 1, 0), table: weight(on, 2, 3) }]),
};

const ALL = { ...ATTENTIONS, ...OTHERS, ...LAYERS };

/** Backends, and what runs on them. */
const OPENED: readonly [BackendName, string, () => Promise<ComparedBackends>, typeof ALL][] = [
  ["wasm", "fp32", () => openWasm(), ALL],
  ["wasm", "fp16", () => openWasm("fp16"), LAYERS],
  ["wasm", "q8", () => openWasm("q8"), LAYERS],
  ["webgpu", "fp32", () => openGpu([], ["fp32"]), ALL],
];

for (const [device, name, open, calls] of OPENED) {
  testOnBackend(device, `sizes of 0, ${name}`, async (t) => {
    await runSteps(t, await open(), async (backends, step) => {
      for (const [call, run] of Object.entries(calls)) {
        await step(call, () => backends.compare(call, (on) => [run(on)], assertSame));
      }
    });
  });
}
