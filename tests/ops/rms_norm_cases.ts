import { assertEquals } from "@std/assert";
import type { Backend } from "../../ops/backend.ts";
import { type ComparedBackends, type Step, UNIT, within } from "./compared_backends.ts";

/**
 * How far a value may be off, relative to itself: a sum `x + residual` by u, its square by 3u, the
 * sum of `width` squares, none of them negative, by `width·u` more, their mean by 5u more (a quotient
 * in WGSL) and ε's share by u; the root halves that. With the value's own u and `last`: root,
 * quotient, roundings.
 */
const relative = (width: number, last: number) => ((width + 11) / 2 + last) * UNIT;

/**
 * Rows around whole vectors and workgroups, with and without a residual.
 *
 * @param last What comes last, in units of the result, as in layer_norm_cases.ts.
 */
export async function rmsNormCases(
  backends: ComparedBackends,
  step: Step,
  last: number,
): Promise<void> {
  await step("at each width and number of rows", async () => {
    for (const width of [1, 2, 3, 4, 5, 8, 31, 64, 67, 255, 256, 257, 768]) {
      for (const rows of [1, 2, 3, 5]) {
        const [x, residual] = [1, 2].map((seed) => backends.draw(rows * width, seed));
        const weight = backends.draw(width, 3);
        for (const isAdded of [false, true]) {
          await backends.compare(`${rows} of ${width}`, (backend) => {
            const [t, r] = [x, residual].map((values) => backend.floats(values, [rows, width]));
            const w = backend.floats(weight, [width]);
            return [backend.rmsNorm(t, w, 1e-5, isAdded ? r : undefined)];
          }, within((y) => relative(width, last) * Math.abs(y)));
        }
      }
    }
  });

  await step("adds epsilon to the mean of squares", async () => {
    await backends.compare("1 + 3 and 25 + 11", (backend) => {
      const weight = backend.floats(new Float32Array([1, 8]), [2]);
      const x = backend.floats(new Float32Array([1, 1, 1, 7]), [2, 2]);
      return [3, 11].map((epsilon) => backend.rmsNorm(x, weight, epsilon));
    }, ([first, second]) => {
      const close = (actual: number, wanted: number) =>
        assertEquals(Math.abs(actual - wanted) <= (7 + last + 2 ** 13) * UNIT * wanted, true);
      // In float16, 2⁻¹¹ = 2¹³ u of the result.
      close(first[0], 1 / 2);
      close(first[1], 8 / 2);
      close(second[2], 1 / 6);
      close(second[3], 56 / 6);
    });
  });

  await step("of zeros is zeros", async () => {
    for (const backend of backends.all) {
      const [x, w] = [[2, 3], [3]].map((dims) =>
        backend.floats(new Float32Array(dims.reduce((a, b) => a * b)), dims)
      );
      const y = backend.rmsNorm(x, w, 2 ** -126);
      assertEquals([...await y.getData()], [0, 0, 0, 0, 0, 0]);
      [x, w, y].forEach((tensor) => tensor.dispose());
    }
  });

  await step("of no rows, and of rows of no width, is nothing", async () => {
    for (const dims of [[0, 3], [3, 0]]) {
      await backends.compare(String(dims), (backend) => {
        const [x, w] = [dims, [dims[1]]].map((dims) =>
          backend.floats(new Float32Array(dims.reduce((a, b) => a * b)), dims)
        );
        return [backend.rmsNorm(x, w, 1)];
      }, within(() => 0));
    }
  });
}

/** Rows whose squares are no float32 numbers, and sums that are none or that cancel out. */
export async function checkNormRange(backends: readonly Backend[], last: number): Promise<void> {
  const rows: [x: number[], residual: number[] | undefined, epsilon: number][] = [];
  for (const exponent of [-100, -64, -63, 0, 63, 64, 100, 124]) {
    const scale = 2 ** exponent;
    for (const epsilon of [2 ** -126, 1e-5, 2 ** 20]) {
      rows.push([[3 * scale, -4 * scale, 0.5 * scale], undefined, epsilon]);
      rows.push([[3 * scale, -4 * scale, 0], [scale, -scale, 7 * scale], epsilon]);
    }
  }
  const largest = 2 ** 128 - 2 ** 104;
  rows.push([[largest, largest, -largest], [largest, 1, -largest], 1e-5]);
  rows.push([[2 ** 100, 1, -(2 ** 127)], [-(2 ** 100), 1, 2 ** 127], 1e-5]);
  for (const backend of backends) {
    const weight = backend.floats(new Float32Array([1, 2, -0.5]), [3]);
    for (const [x, residual, epsilon] of rows) {
      const [t, r] = [x, residual].map((values) =>
        values && backend.floats(new Float32Array(values), [1, 3])
      );
      const y = backend.rmsNorm(t!, weight, epsilon, r);
      const sums = x.map((value, i) => value + (residual?.[i] ?? 0));
      const root = Math.sqrt(sums.reduce((sum, value) => sum + value ** 2, 0) / 3 + epsilon);
      const wanted = sums.map((value, i) => value / root * [1, 2, -0.5][i]);
      (await y.getData()).forEach((actual, i) => {
        if (Math.abs(actual - wanted[i]) <= relative(3, last) * Math.abs(wanted[i])) return;
        throw new Error(`[${x}] + [${residual}], ε ${epsilon}: ${actual}, wanted ${wanted[i]}`);
      });
      [t, r, y].forEach((tensor) => tensor?.dispose());
    }
    weight.dispose();
  }
}
