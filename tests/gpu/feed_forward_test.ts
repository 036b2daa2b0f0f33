import { assertEquals, assertThrows } from "@std/assert";
import type { ActivationName } from "../../backend.ts";
import { activation as activate } from "../../cpu/mod.ts";
import { chunkRows, feedForward } from "../../gpu/feed_forward.ts";
import { Machine } from "../../gpu/machine.ts";
import { GpuStorage } from "../../gpu/storage.ts";
import { activationBound, slope } from "./activation_bound.ts";
import { draw, type Floors, SMALLEST, testOnFloors, testOnGpu, UNIT, within } from "./floors.ts";

interface Case {
  readonly rows: number;
  readonly inputs: number;
  readonly inner: number;
  readonly outputs: number;
  readonly bias?: boolean;
  readonly activation?: ActivationName;
}

/**
 * The inner values are off by what tests/gpu/linear_test.ts derives, and are stored; the second
 * layer passes that on as `Σ|w|·δ`, and its own sums add `(inner + 2)·u·Σ|w|·(|h| + δ)`.
 */
async function check(floors: Floors, options: Case): Promise<void> {
  const { rows, inputs, inner, outputs, bias = false, activation = "gelu" } = options;
  const x = draw(rows * inputs, 1);
  const [upWeight, upBias] = [draw(inner * inputs, 2), draw(inner, 3)];
  const [downWeight, downBias] = [draw(outputs * inner, 4), draw(outputs, 5)];

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
  await floors.compare(
    JSON.stringify(options),
    (backend) => [backend.feedForward(
      backend.floats(x, [1, rows, inputs]),
      {
        weight: backend.weight(upWeight, [inner, inputs]),
        bias: bias ? backend.floats(upBias, [inner]) : undefined,
      },
      activation,
      {
        weight: backend.weight(downWeight, [outputs, inner]),
        bias: bias ? backend.floats(downBias, [outputs]) : undefined,
      },
    )],
    within((_, place, store) => {
      const row = Math.floor(place / outputs), output = place % outputs;
      let passed = 0;
      let size = bias ? Math.abs(downBias[output]) : 0;
      for (let k = 0; k < inner; k++) {
        const weight = Math.abs(downWeight[output * inner + k]);
        const value = Math.abs(values[row * inner + k]);
        const error = errors[row * inner + k];
        passed += weight * (error + store(value + error));
        size += weight * (value + error + store(value + error));
      }
      return passed + (inner + 2) * UNIT * size + SMALLEST;
    }),
  );
}

testOnFloors("feedForward()", async (floors, step) => {
  await step("at each width around tiles and steps", async () => {
    for (const inner of [1, 8, 9, 31, 32, 33, 100]) {
      await check(floors, { rows: 6, inputs: 3, inner, outputs: 9, bias: true });
      await check(floors, { rows: 33, inputs: inner, inner: 10, outputs: 8 });
      await check(floors, { rows: 6, inputs: 4, inner: 12, outputs: inner, bias: true });
    }
  });

  await step("with each activation", async () => {
    for (const activation of ["gelu", "gelu_new", "relu", "silu", "tanh"] as const) {
      await check(floors, { rows: 7, inputs: 9, inner: 9, outputs: 9, bias: true, activation });
    }
  });

  await step("of nothing", async () => {
    await check(floors, { rows: 0, inputs: 4, inner: 3, outputs: 2 });
  });

  await step("refuses shapes that do not fit", () => {
    for (const backend of floors.all) {
      const x = backend.floats(new Float32Array(6), [2, 3]);
      const weight = backend.floats(new Float32Array(9), [3, 3]);
      assertThrows(
        () => backend.feedForward(x, { weight }, "relu", { weight: x.reshape([3, 2]) }),
        TypeError,
        "feedForward: weight down has the shape [3,2], wanted [3,3]",
      );
      [x, weight].forEach((tensor) => tensor.dispose());
    }
  });
});

testOnGpu("feedForward() in chunks of rows gives what it gives at once", async () => {
  const machine = await Machine.open({});
  const [rows, inputs, inner, outputs] = [70, 8, 12, 5];
  const stored = (values: Float32Array, dims: number[]) =>
    new GpuStorage(machine, "float32", dims, values).parts;
  const x = stored(draw(rows * inputs, 1), [rows, inputs]);
  const up = { weight: stored(draw(inner * inputs, 2), [inner, inputs]), bias: undefined };
  const down = { weight: stored(draw(outputs * inner, 3), [outputs, inner]), bias: undefined };
  const results: Float32Array[] = [];
  for (const chunk of [70, 69, 32, 7]) {
    const room = { buffer: machine.take(chunk * inner * 4, false), rows: chunk };
    const y = new GpuStorage(machine, "float32", [rows, outputs]);
    const sizes = { rows, inputs, inner, outputs };
    const commands = feedForward(x, up, "gelu", down, y.parts, room, sizes, 128);
    assertEquals(commands.length, 2 * Math.ceil(rows / chunk));
    machine.record(...commands);
    results.push(await y.read() as Float32Array);
  }
  for (const result of results) assertEquals(result, results[0]);
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
