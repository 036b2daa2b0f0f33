/** The gradient of each operation beside central differences, in float64. */
import { assert, assertEquals } from "@std/assert";
import { plainRotation, rotaryTurns } from "../../attention/mod.ts";
import { ACTIVATIONS } from "../../ops/activation.ts";
import type { Backend } from "../../ops/backend.ts";
import { checkDifferences } from "../helpers/differences.ts";

const integers = (backend: Backend, values: readonly number[], dims = [1, values.length]) =>
  backend.integers(Int32Array.from(values), dims);

Deno.test("gradients of linear(), with and without bias and activation", async () => {
  const dims = [[2, 3, 5], [4, 5], [4]];
  await checkDifferences(dims, (on, [x, w, b]) => on.linear(x, w, b));
  await checkDifferences(dims, (on, [x, w]) => on.linear(x, w));
  await checkDifferences(dims, (on, [x, w, b]) => on.linear(x, w, b, "gelu"));
});

Deno.test("gradients of feedForward()", async () => {
  await checkDifferences(
    [[1, 3, 5], [7, 5], [7], [4, 7]],
    (on, [x, up, bias, down]) => on.feedForward(x, { weight: up, bias }, "silu", { weight: down }),
  );
});

for (const name of ACTIVATIONS) {
  Deno.test(`gradient of activation(), ${name}`, async () => {
    await checkDifferences([[3, 20]], (on, [x]) => on.activation(x, name), 1, (values) => {
      values.forEach((value, i) => values[i] = 3 * value);
    });
  });
}

Deno.test("gradients of layerNorm(), with and without a residual", async () => {
  const dims = [[2, 3, 7], [7], [7], [2, 3, 7]];
  await checkDifferences(dims, (on, [x, w, b]) => on.layerNorm(x, w, b, 1e-5));
  await checkDifferences(dims, (on, [x, w, b, r]) => on.layerNorm(x, w, b, 1e-3, r));
});

Deno.test("gradients of rmsNorm(), with and without a residual", async () => {
  const dims = [[2, 3, 7], [7], [2, 3, 7]];
  await checkDifferences(dims, (on, [x, w]) => on.rmsNorm(x, w, 1e-5));
  await checkDifferences(dims, (on, [x, w, r]) => on.rmsNorm(x, w, 1e-3, r));
});

Deno.test("gradients of add() and multiply(), of a shared operand and of one that is used twice", async () => {
  const dims = [[3, 2, 4], [1, 2, 4], [3, 2, 4]];
  await checkDifferences(dims, (on, [x, y, z]) => on.multiply(on.add(x, y), on.add(z, z)));
  await checkDifferences([[1, 2, 4]], (on, [x]) => on.multiply(x, x));
});

Deno.test("gradient of dropout()", async () => {
  const [dx] = await checkDifferences([[2, 3, 7]], (on, [x]) => on.dropout(x, 0.4, 7));
  const dropped = dx.filter((value) => value === 0).length;
  assert(dropped > 5 && dropped < 30, `${dropped} of 42`);
});

Deno.test("gradients of operations that move rows", async () => {
  await checkDifferences([[2, 4, 3], [2, 2, 3]], (on, [x, y]) => {
    const index = integers(on, [2, -1, 0, 3], [2, 2]);
    const gathered = on.gatherRows(x, integers(on, [3, 1, 1, -1, 0, 0], [2, 3]));
    return [gathered, on.gatherRows(x, integers(on, [1, 1])), on.scatterRows(x, index, y)];
  });
  await checkDifferences([[2, 3, 2], [1, 2, 2], [2, 1, 2]], (on, [y, shared, own]) => [
    on.concatRows(shared, y),
    on.concatRows(own, y),
  ]);
});

Deno.test("gradient of rotate()", async () => {
  await checkDifferences(
    [[2, 3, 8]],
    (on, [x]) => {
      const turns = rotaryTurns(Int32Array.of(0, -2, 5), plainRotation(10000, 2));
      const [shared, back] = [turns, turns.map((turn) => 2 * turn)]
        .map((turns) => on.floats(turns, [1, 3, 2]));
      return on.rotate(on.rotate(x, shared, 2), back, 2, true);
    },
  );
});

Deno.test("gradients of embed(): repeated ids, shared rows, scales, a row for padding", async () => {
  const [words] = await checkDifferences(
    [[5, 3], [4, 3]],
    (on, [words, positions]) =>
      on.embed([
        { ids: integers(on, [4, 1, 4, 0, 4, 1], [2, 3]), table: words, scale: 3 },
        { ids: integers(on, [0, 1, 2]), table: positions },
        { ids: integers(on, [3, 3, 3]), table: positions, scale: 0.5 },
      ]),
  );
  assert(words.slice(6, 9).every((value) => value === 0), "nothing looked row 2 up");
  // With a row for padding, differences tell another gradient of it alone.
  const { Float64Backend, valuesOf } = await import("../helpers/float64_backend.ts");
  const { Tape } = await import("../../training/tape.ts");
  const backend = new Float64Backend();
  const table = backend.floats(new Float32Array(6).fill(1), [3, 2]);
  const tape = new Tape(backend, [table]);
  const y = tape.embed([{ ids: integers(tape, [1, 2, 1, 0]), table, padding: 1 }]);
  await tape.backward([y, backend.floats(new Float32Array(8).fill(1), [1, 4, 2])]);
  assertEquals([...valuesOf(tape.gradients[0][1])], [1, 1, 0, 0, 1, 1]);
  backend.dispose();
});
