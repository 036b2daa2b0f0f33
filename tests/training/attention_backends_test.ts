/** The gradients of every attention pattern on every backend, and the properties that they have. */
import { assert, assertEquals, assertGreater } from "@std/assert";
import { openBackend } from "../../device.ts";
import type { Backend } from "../../ops/backend.ts";
import { Random } from "../../tensor/random.ts";
import { Tape } from "../../training/tape.ts";
import { UNIT } from "../../verify/bounds.ts";
import { testOnBackend } from "../helpers/backends.ts";
import { Float64Backend } from "../helpers/float64_backend.ts";
import {
  type Order,
  reorder,
  TRAINED_ATTENTIONS,
  type TrainedAttention,
  visible,
} from "../helpers/trained_attentions.ts";

/** Draws operands, and the gradient by the output. */
function draw({ dims, tokens }: TrainedAttention) {
  const random = new Random(tokens);
  const operands = dims.map((of) => random.normals(of.reduce((a, b) => a * b, 1)));
  return { operands, seed: random.normals(operands[0].length) };
}

/** The gradients by all operands. */
async function gradientsOn(
  backend: Backend,
  { dims, compute }: TrainedAttention,
  { operands, seed }: ReturnType<typeof draw>,
  { order, isTrained = () => true }: {
    readonly order?: Order;
    /** Tells which operands are trained, by their numbers. */
    readonly isTrained?: (operand: number) => boolean;
  } = {},
): Promise<Float32Array[]> {
  const before = backend.memory();
  const tensors = operands.map((values, i) => backend.floats(values, dims[i]));
  const tape = new Tape(backend, tensors.filter((_, i) => isTrained(i)));
  const output = backend.scope(() => compute(tape, tensors, order));
  const factors = backend.floats(seed, output.dims);
  await tape.backward([output, factors]);
  const gradients = new Map(tape.gradients);
  const values = await Promise.all(tensors.map(async (tensor) => {
    const gradient = await gradients.get(tensor)?.getData();
    return gradient?.slice() ?? new Float32Array(tensor.size);
  }));
  [output, factors, ...tensors].forEach((tensor) => tensor.dispose());
  tape.dispose();
  assertEquals(backend.memory(), before);
  return values;
}

const largest = (values: Float32Array) =>
  values.reduce((size, value) => Math.max(size, Math.abs(value)), 0);

/**
 * How far a gradient may be off. Scores are at most 30 and off by 11 roundings of that, weights by
 * twice as much, and their exponentials on webgpu by 6 + 4·60 units; sums have at most 40 terms. Terms
 * are not much larger than the largest gradient.
 */
const boundOf = (wanted: Float32Array) =>
  (2 * 11 * 30 + 250 + 40) * UNIT * Math.max(1, largest(wanted));

for (const device of ["cpu", "wasm", "webgpu"] as const) {
  testOnBackend(device, "gradients of attention are those of float64", async () => {
    const [backend, exact] = [await openBackend(device), new Float64Backend()];
    for (const pattern of TRAINED_ATTENTIONS) {
      const drawn = draw(pattern);
      const made = await gradientsOn(backend, pattern, drawn);
      const wanted = await gradientsOn(exact, pattern, drawn);
      made.forEach((values, i) => {
        const most = boundOf(wanted[i]);
        values.forEach((value, at) => {
          if (Math.abs(value - wanted[i][at]) <= most) return;
          throw new Error(
            `${pattern.name}, operand ${i} at ${at}: ${value}, wanted ${wanted[i][at]} (${most})`,
          );
        });
      });
    }
    backend.dispose();
    exact.dispose();
  });

  testOnBackend(device, "gradients of attention pass neither padding nor the future", async () => {
    const backend = await openBackend(device);
    for (const pattern of TRAINED_ATTENTIONS) {
      const { dims, tokens, globals, causal, hasOwnMasks } = pattern;
      const [, rows, width] = dims[1];
      if (hasOwnMasks || dims[0][1] !== rows) continue;
      const queryWidth = dims[0][2];
      const drawn = draw(pattern);
      // Only token 5 of the first sequence has a loss.
      const seed = new Float32Array(drawn.seed.length);
      const at = (globals + 5) * queryWidth;
      seed.set(drawn.seed.subarray(at, at + queryWidth), at);
      const made = await gradientsOn(backend, pattern, { ...drawn, seed });
      const [, dKey, dValue] = made;
      const rowOf = (values: Float32Array, row: number, count: number) =>
        values.subarray(row * count, (row + 1) * count);
      assertGreater(largest(rowOf(dValue, globals + 5, width)), 0, pattern.name);
      for (let row = 0; row < 2 * rows; row++) {
        const token = row - globals;
        const isFuture = causal && token > 5;
        if (row < rows && !isFuture) continue;
        // Another sequence, or a later token.
        for (const values of [dKey, dValue]) assertEquals(largest(rowOf(values, row, width)), 0);
      }
      // What padding holds does not matter.
      const mask = visible(tokens);
      const changed = drawn.operands.map((values, i) => {
        const copy = values.slice();
        if (i > 2) return copy;
        mask.forEach((isVisible, j) => {
          const row = Math.floor(j / tokens) * rows + globals + j % tokens;
          if (!isVisible) copy.fill(7, row * dims[i][2], (row + 1) * dims[i][2]);
        });
        return copy;
      });
      const whole = drawn.seed.map((value, i) => {
        const row = Math.floor(i / queryWidth);
        const token = row % rows - globals;
        const isToken = token >= 0 && mask[Math.floor(row / rows) * tokens + token] === 0;
        return isToken ? 0 : value;
      });
      const [first, second] = [
        await gradientsOn(backend, pattern, { ...drawn, seed: whole }),
        await gradientsOn(backend, pattern, { operands: changed, seed: whole }),
      ];
      assert(first.some((values) => largest(values) > 0));
      assertEquals(second, first, pattern.name);
      mask.forEach((isVisible, j) => {
        if (isVisible) return;
        const row = Math.floor(j / tokens) * rows + globals + j % tokens;
        for (const i of [0, 1, 2]) {
          assertEquals(largest(rowOf(first[i], row, dims[i][2])), 0, `${pattern.name}, padding`);
        }
      });
    }
    backend.dispose();
  });

  // The same kernels on webgpu.
  if (device !== "webgpu") {
    Deno.test(`${device}: gradients of attention by some operands are those of all`, async () => {
      const backend = await openBackend(device);
      for (const pattern of TRAINED_ATTENTIONS) {
        const drawn = draw(pattern);
        const all = await gradientsOn(backend, pattern, drawn);
        // Queries, keys and values alone, and queries with values, as adapters train them.
        for (const some of [[0], [1], [2], [0, 2]]) {
          const isTrained = (operand: number) => some.includes(operand % 3);
          const made = await gradientsOn(backend, pattern, drawn, { isTrained });
          made.forEach((values, i) => {
            const wanted = isTrained(i) ? all[i] : new Float32Array(values.length);
            // Other kernels: twice the error of the test above.
            const most = 2 * boundOf(wanted);
            values.forEach((value, at) => {
              if (Math.abs(value - wanted[at]) <= most) return;
              throw new Error(`${pattern.name}, ${i} of ${some} at ${at}: ${value}, ${wanted[at]}`);
            });
          });
        }
      }
      backend.dispose();
    });
  }

  testOnBackend(
    device,
    "gradients of a permuted batch are permuted, and the same bits",
    async () => {
      const backend = await openBackend(device);
      const order = [1, 0];
      for (const pattern of TRAINED_ATTENTIONS) {
        const { operands, seed } = draw(pattern);
        const permuted = {
          operands: operands.map((values) => reorder(values, order)),
          seed: reorder(seed, order),
        };
        const made = await gradientsOn(backend, pattern, permuted, { order });
        const wanted = await gradientsOn(backend, pattern, { operands, seed });
        assertEquals(made, wanted.map((values) => reorder(values, order)), pattern.name);
      }
      backend.dispose();
    },
  );
}

Deno.test("wasm: gradients of attention are the same bits on one thread and on two", async () => {
  const { WasmBackend } = await import("../../wasm/mod.ts");
  const [one, two] = [
    await WasmBackend.open({ threads: 1 }),
    await WasmBackend.open({ threads: 2 }),
  ];
  for (const pattern of TRAINED_ATTENTIONS) {
    const drawn = draw(pattern);
    const made = await gradientsOn(two, pattern, drawn);
    assertEquals(made, await gradientsOn(one, pattern, drawn), pattern.name);
  }
  one.dispose();
  two.dispose();
});
