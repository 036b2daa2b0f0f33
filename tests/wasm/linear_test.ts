import { assertThrows } from "@std/assert";
import type { ActivationName, Backend } from "../../backend.ts";
import { Random } from "../../random.ts";
import { activationBound, slope } from "./activation_bound.ts";
import { type Floors, SMALLEST, testOnFloors, UNIT, within } from "./floors.ts";

interface Case {
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly bias?: boolean;
  readonly activation?: ActivationName;
}

/**
 * A sum of `inputs` products and a bias is off by at most `(inputs + 2)·u·Σ|x·w|`, in whatever
 * order it is added and whether or not products are rounded (Higham, Accuracy and Stability, 3.1);
 * the reference rounds once, which the 2 has room for. An activation passes that on with its slope
 * and adds its own.
 */
async function check(floors: Floors, { rows, inputs, outputs, bias, activation }: Case) {
  const random = new Random(rows * 1000 + inputs * 10 + outputs);
  const x = random.normals(rows * inputs);
  const weight = random.normals(outputs * inputs);
  const offsets = random.normals(outputs);
  const sums = new Float64Array(rows * outputs);
  const sizes = sums.map((_, i) => {
    const row = Math.floor(i / outputs), output = i % outputs;
    sums[i] = bias ? offsets[output] : 0;
    let size = Math.abs(sums[i]);
    for (let k = 0; k < inputs; k++) {
      const product = x[row * inputs + k] * weight[output * inputs + k];
      sums[i] += product;
      size += Math.abs(product);
    }
    return size;
  });
  await floors.compare(
    JSON.stringify({ rows, inputs, outputs, bias, activation }),
    (backend: Backend) => [backend.linear(
      backend.floats(x, [rows, inputs]),
      backend.floats(weight, [outputs, inputs]),
      bias ? backend.floats(offsets, [outputs]) : undefined,
      activation,
    )],
    within((y, i) =>
      slope(activation) * (inputs + 2) * UNIT * sizes[i] +
      activationBound(activation, sums[i], y) + SMALLEST
    ),
  );
}

testOnFloors("linear()", async (floors, step) => {
  await step("at each number of rows", async () => {
    for (const rows of [1, 4, 5, 6, 9, 10, 11, 159, 160, 161, 321]) {
      for (const outputs of [7, 8, 17]) {
        await check(floors, { rows, inputs: 5, outputs, bias: true });
      }
    }
  });

  await step("at each number of inputs", async () => {
    for (const inputs of [1, 3, 4, 5, 767, 768, 769, 1537]) {
      for (const bias of [false, true]) {
        await check(floors, { rows: 6, inputs, outputs: 9, bias });
        await check(floors, { rows: 10, inputs, outputs: 8, bias });
      }
    }
  });

  await step("at each number of outputs", async () => {
    for (const outputs of [1, 7, 8, 9, 15, 16, 17]) {
      for (const bias of [false, true]) await check(floors, { rows: 11, inputs: 6, outputs, bias });
    }
  });

  await step("where rows and depth both go in blocks", async () => {
    await check(floors, { rows: 161, inputs: 769, outputs: 9, bias: true });
    await check(floors, { rows: 161, inputs: 769, outputs: 9, activation: "gelu" });
  });

  await step("with each activation", async () => {
    for (const activation of ["gelu", "gelu_new", "relu", "silu", "tanh"] as const) {
      for (const bias of [false, true]) {
        await check(floors, { rows: 7, inputs: 9, outputs: 9, bias, activation });
      }
    }
  });

  await step("of nothing", async () => {
    await check(floors, { rows: 0, inputs: 4, outputs: 3, bias: true });
  });

  await step("refuses sums of nothing", () => {
    for (const [, backend] of floors.all) {
      const empty = backend.floats(new Float32Array(0), [2, 0]);
      assertThrows(() => backend.linear(empty, empty), RangeError, "x has no columns");
      empty.dispose();
    }
  });

  await step("with weights that an operation makes", async () => {
    const random = new Random(5);
    const [x, half] = [random.normals(12), random.normals(20)];
    await floors.compare(
      "weights + weights",
      (backend) => {
        const part = backend.floats(half, [1, 5, 4]);
        const weight = backend.add(part, part).reshape([5, 4]);
        return [backend.linear(backend.floats(x, [3, 4]), weight)];
      },
      within(() => 6 * UNIT * 64),
    );
  });

  await step("with one tensor as weights of two shapes", async () => {
    const random = new Random(6);
    const [x, wide, values] = [random.normals(12), random.normals(15), random.normals(20)];
    for (const first of [true, false]) {
      await floors.compare(
        "[5, 4] and [4, 5]",
        (backend) => {
          const weight = backend.floats(values, [5, 4]);
          const calls = [
            () => backend.linear(backend.floats(x, [3, 4]), weight),
            () => backend.linear(backend.floats(wide, [3, 5]), weight.reshape([4, 5])),
          ];
          const outputs = (first ? calls : calls.toReversed()).map((call) => call());
          return [outputs[1]];
        },
        within(() => 7 * UNIT * 64),
      );
    }
  });
});
