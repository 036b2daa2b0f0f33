import { assertThrows } from "@std/assert";
import type { ActivationName } from "../../backend.ts";
import { activation as activate } from "../../cpu/mod.ts";
import { Random } from "../../random.ts";
import { activationBound, slope } from "./activation_bound.ts";
import { type Floors, SMALLEST, testOnFloors, UNIT, within } from "./floors.ts";

interface Case {
  readonly rows: number;
  readonly inputs: number;
  readonly inner: number;
  readonly outputs: number;
  readonly bias?: boolean;
  readonly activation?: ActivationName;
}

/**
 * The inner values are off by what tests/wasm/linear_test.ts derives; the second layer passes that
 * on as `Σ|w|·δ`, and its own sums add `(inner + 2)·u·Σ|w|·(|h| + δ)`.
 */
async function check(floors: Floors, options: Case): Promise<void> {
  const { rows, inputs, inner, outputs, bias = false, activation = "gelu" } = options;
  const random = new Random(rows * 1000 + inputs * 100 + inner * 10 + outputs);
  const x = random.normals(rows * inputs);
  const [upWeight, upBias] = [random.normals(inner * inputs), random.normals(inner)];
  const [downWeight, downBias] = [random.normals(outputs * inner), random.normals(outputs)];

  const values = new Float64Array(rows * inner);
  const errors = values.map((_, i) => {
    const row = Math.floor(i / inner), column = i % inner;
    let sum = bias ? upBias[column] : 0;
    let size = Math.abs(sum);
    for (let k = 0; k < inputs; k++) {
      const product = x[row * inputs + k] * upWeight[column * inputs + k];
      sum += product;
      size += Math.abs(product);
    }
    [values[i]] = activate(new Float32Array([sum]), activation);
    return slope(activation) * (inputs + 2) * UNIT * size +
      activationBound(activation, sum, values[i]) + SMALLEST;
  });
  const bound = (_: number, place: number) => {
    const row = Math.floor(place / outputs), output = place % outputs;
    let passed = 0;
    let size = bias ? Math.abs(downBias[output]) : 0;
    for (let k = 0; k < inner; k++) {
      const weight = Math.abs(downWeight[output * inner + k]);
      const error = errors[row * inner + k];
      passed += weight * error;
      size += weight * (Math.abs(values[row * inner + k]) + error);
    }
    return passed + (inner + 2) * UNIT * size + SMALLEST;
  };
  await floors.compare(
    JSON.stringify(options),
    (backend) => [backend.feedForward(
      backend.floats(x, [1, rows, inputs]),
      {
        weight: backend.floats(upWeight, [inner, inputs]),
        bias: bias ? backend.floats(upBias, [inner]) : undefined,
      },
      activation,
      {
        weight: backend.floats(downWeight, [outputs, inner]),
        bias: bias ? backend.floats(downBias, [outputs]) : undefined,
      },
    )],
    within(bound),
  );
}

testOnFloors("feedForward()", async (floors, step) => {
  await step("at each number of rows", async () => {
    for (const rows of [1, 5, 6, 159, 160, 161, 321]) {
      for (const bias of [false, true]) {
        await check(floors, { rows, inputs: 5, inner: 9, outputs: 7, bias });
      }
    }
  });

  await step("at each inner width", async () => {
    for (const inner of [1, 7, 8, 9, 767, 768, 769, 777, 1537]) {
      await check(floors, { rows: 6, inputs: 3, inner, outputs: 9, bias: true });
    }
  });

  await step("at each outer width", async () => {
    for (const width of [1, 7, 8, 769]) {
      await check(floors, { rows: 6, inputs: width, inner: 10, outputs: 8, bias: true });
      await check(floors, { rows: 6, inputs: 4, inner: 10, outputs: width });
    }
  });

  await step("where rows, inner columns and inputs all go in blocks", async () => {
    await check(floors, { rows: 161, inputs: 769, inner: 770, outputs: 3, bias: true });
  });

  await step("with each activation", async () => {
    for (const activation of ["gelu", "gelu_new", "relu", "silu", "tanh"] as const) {
      await check(floors, { rows: 7, inputs: 9, inner: 9, outputs: 9, bias: true, activation });
    }
  });

  await step("of nothing", async () => {
    await check(floors, { rows: 0, inputs: 4, inner: 3, outputs: 2 });
  });

  await step("refuses sums of nothing and shapes that do not fit", () => {
    for (const [, backend] of floors.all) {
      const [x, weight, empty] = [[2, 3], [3, 3], [0, 3]].map((dims) =>
        backend.floats(new Float32Array(dims[0] * dims[1]), dims)
      );
      assertThrows(
        () => backend.feedForward(x, { weight: empty }, "relu", { weight: empty.reshape([3, 0]) }),
        RangeError,
        "x has 3 columns, 0 within",
      );
      assertThrows(
        () => backend.feedForward(x, { weight }, "relu", { weight: x.reshape([3, 2]) }),
        TypeError,
        "feedForward: weight down has the shape [3,2], wanted [3,3]",
      );
      [x, weight, empty].forEach((tensor) => tensor.dispose());
    }
  });
});
