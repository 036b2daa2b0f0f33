import { assertEquals } from "@std/assert";
import { EMULATED, tileFor, TILES } from "../../gpu/linear.ts";
import {
  FEW_OUTPUTS,
  FEW_ROWS,
  fewRowsKernel,
  linearKernel,
  type Tile,
} from "../../gpu/linear_kernel.ts";
import { line } from "../../gpu/machine/commands.ts";
import { Machine } from "../../gpu/machine/machine.ts";
import { GpuStorage } from "../../gpu/machine/storage.ts";
import { UNIT } from "../../verify/bounds.ts";
import { draw, DTYPES, testOnGpu } from "./backends.ts";

/** Sizes of a product. */
interface Sizes {
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** A product that was recorded, and what it should be. */
interface Recorded extends Sizes {
  readonly name: string;
  readonly y: GpuStorage;
  readonly x: Float32Array;
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

/** Records a product in tiles, or for few rows. */
function record(machine: Machine, tile: Tile | "few", sizes: Sizes): Recorded {
  const { rows, inputs, outputs } = sizes;
  const [x, weight, bias] = [rows * inputs, outputs * inputs, outputs].map(draw);
  const store = (values: Float32Array, dims: number[]) =>
    new GpuStorage(machine, "float32", dims, values);
  const y = new GpuStorage(machine, "float32", [rows, outputs]);
  const operands = [
    store(x, [rows, inputs]),
    store(weight, [outputs, inputs]),
    store(bias, [outputs]),
  ];
  const isWhole = inputs % 4 === 0;
  const kernel = tile === "few" ? fewRowsKernel(isWhole) : linearKernel(tile, isWhole);
  machine.record({
    kernel,
    words: [rows, inputs, outputs, 0, 0, outputs, 0, 1],
    buffers: [...operands.map(({ buffer }) => buffer), y.buffer],
    groups: tile === "few" ? line(Math.ceil(outputs / FEW_OUTPUTS)) : [
      Math.ceil(outputs / (tile.threads[0] * tile.values)),
      Math.ceil(rows / (tile.threads[1] * tile.values)),
      1,
    ],
  });
  return { ...sizes, name: `${machine.dtype} ${kernel.name}`, y, x, weight, bias };
}

/**
 * Asserts that a product is right: sums of `inputs` products and a bias are off by at most
 * `(inputs + 2)·u·Σ|x·w|`, as in tests/ops/linear_cases.ts, and by what storing adds.
 */
function check(
  { name, rows, inputs, outputs, x, weight, bias }: Recorded,
  actual: ArrayLike<number>,
  unit: number,
): void {
  for (let i = 0; i < rows * outputs; i++) {
    const row = Math.floor(i / outputs), output = i % outputs;
    let sum = bias[output], size = Math.abs(sum);
    for (let k = 0; k < inputs; k++) {
      const product = x[row * inputs + k] * weight[output * inputs + k];
      sum += product;
      size += Math.abs(product);
    }
    const most = (inputs + 2) * UNIT * size + unit * Math.abs(sum);
    if (Math.abs(actual[i] - sum) <= most) continue;
    throw new Error(
      `${name}, ${rows}×${inputs}×${outputs}: value ${i} is ${
        actual[i]
      }, wanted ${sum} within ${most}`,
    );
  }
}

testOnGpu("every tile of linear() is right at its edges, and the same to the bit", async () => {
  for (const dtype of DTYPES) {
    const machine = await Machine.open({ dtype });
    // Types differ in how values are read and written, which all tiles do alike.
    const tiles = dtype === "fp32" ? [...TILES, EMULATED] : [TILES[1]];
    const all = tiles.flatMap((tile) => {
      const [width, height] = tile.threads.map((threads) => threads * tile.values);
      return [
        { rows: height, inputs: 16, outputs: width },
        { rows: height + 1, inputs: 20, outputs: 3 },
        { rows: 2, inputs: 12, outputs: 2 * width - 1 },
        { rows: 9, inputs: 33, outputs: width + 1 },
        { rows: height - 1, inputs: 6, outputs: 5 },
      ].map((sizes) => record(machine, tile, sizes));
    });
    for (const rows of [1, 5, FEW_ROWS]) {
      for (const inputs of [4, 7, 256, 260, 515]) {
        all.push(record(machine, "few", { rows, inputs, outputs: 9 }));
      }
    }
    const results = await Promise.all(all.map(({ y }) => y.read()));
    all.forEach((each, i) => check(each, results[i], dtype === "fp16" ? 2 ** -11 : UNIT));
    for (const inputs of [5, 36, 772]) {
      const same = await Promise.all(
        (["few", ...tiles] as const).map((tile) =>
          record(machine, tile, { rows: FEW_ROWS, inputs, outputs: 11 }).y.read()
        ),
      );
      same.forEach((values, i) => assertEquals(values, same[0], `tile ${i}, ${inputs} inputs`));
    }
    machine.dispose();
  }
});

Deno.test("linear() takes the largest tile of which there are enough", () => {
  assertEquals(tileFor(4096, 3072), TILES[0]);
  assertEquals(tileFor(4096, 768), TILES[1]);
  assertEquals(tileFor(2048, 768), TILES[2]);
  assertEquals(tileFor(512, 768), TILES[3]);
  assertEquals(tileFor(16, 16), TILES[3]);
});
