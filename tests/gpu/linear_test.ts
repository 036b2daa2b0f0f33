import { assertEquals } from "@std/assert";
import type { ActivationName, Backend } from "../../backend.ts";
import { GpuBackend } from "../../gpu/mod.ts";
import { activationBound, slope } from "./activation_bound.ts";
import { draw, type Floors, SMALLEST, testOnFloors, testOnGpu, UNIT, within } from "./floors.ts";

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
 * the reference rounds once, which the 2 has room for. Zeros that fill up a tile add nothing. An
 * activation passes that on with its slope and adds its own.
 */
async function check(floors: Floors, { rows, inputs, outputs, bias, activation }: Case) {
  const x = draw(rows * inputs, 1);
  const weight = draw(outputs * inputs, 2);
  const offsets = draw(outputs, 3);
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
      backend.weight(weight, [outputs, inputs]),
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
  await step("at each edge of small tiles, 32 by 32", async () => {
    for (const rows of [1, 7, 31, 32, 33, 65]) {
      for (const outputs of [1, 31, 32, 33]) {
        await check(floors, { rows, inputs: 8, outputs, bias: true });
      }
    }
  });

  await step("at each edge of large tiles, 128 by 128", async () => {
    // 128 of them at least, or small ones would do.
    for (const rows of [1408, 1409, 1535, 1536, 1537]) {
      await check(floors, { rows, inputs: 8, outputs: 1408 + rows % 3, bias: true });
    }
  });

  await step("at each number of inputs: whole vectors, whole steps of 8, and others", async () => {
    for (const inputs of [1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 20, 255, 256, 260]) {
      for (const bias of [false, true]) {
        await check(floors, { rows: 33, inputs, outputs: 34, bias });
      }
    }
  });

  await step("of large tiles with inputs that are no whole vectors", async () => {
    await check(floors, { rows: 1409, inputs: 13, outputs: 1409 });
    await check(floors, { rows: 1409, inputs: 20, outputs: 1409, activation: "relu" });
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
    await check(floors, { rows: 2, inputs: 0, outputs: 3, bias: true });
  });

  await step("with weights that an operation makes", async () => {
    await floors.compare(
      "weights + weights",
      (backend) => {
        const part = backend.floats(draw(20), [1, 5, 4]);
        const weight = backend.add(part, part).reshape([5, 4]);
        return [backend.linear(backend.floats(draw(12), [3, 4]), weight)];
      },
      within(() => 6 * UNIT * 64),
    );
  });
});

testOnGpu("linear() of operands that are split into parts", async () => {
  // Rows of 32 bytes: 32 rows of x and of the weights a part, 5 rows of y.
  const split = await GpuBackend.open({ largestBinding: 1024 });
  const whole = await GpuBackend.open();
  const [x, weight, bias] = [draw(70 * 8, 1), draw(40 * 8, 2), draw(40, 3)];
  const [actual, expected] = await Promise.all([split, whole].map((backend) => {
    const y = backend.linear(
      backend.floats(x, [70, 8]),
      backend.weight(weight, [40, 8]),
      backend.floats(bias, [40]),
      "relu",
    );
    return y.getData();
  }));
  assertEquals(actual, expected);
  // 12 parts of y, two of them across parts of x, with each of 2 parts of the weights.
  assertEquals(split.counts.launches, 28);
  assertEquals(whole.counts.launches, 1);
  split.dispose();
  whole.dispose();
});
