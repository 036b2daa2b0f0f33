import { type ComparedBackends, type Step, UNIT, within } from "./compared_backends.ts";

/**
 * Rows around whole vectors and workgroups, with and without a residual.
 *
 * Rows of standard normals plus 1 have `|x| < 6`, with a residual 12, and σ ≥ 0.3 (asserted by the
 * bound itself: from width 8 on). Mean and variance are sums of `width` terms, off by
 * `(width + 2)·u` of the largest, so `x − μ` is off by `(width + 4)·u·12`, σ by as much relative to
 * itself, and so is the quotient, times a weight below 6.
 *
 * @param last What comes to that, in units of the result: root, quotient, roundings.
 */
export async function layerNormCases(
  backends: ComparedBackends,
  step: Step,
  last: number,
): Promise<void> {
  const bound = (width: number) =>
    within((y) => (width + 4) * UNIT * 12 / 0.3 * 2 * 6 + last * UNIT * Math.abs(y));

  await step("at each width and number of rows", async () => {
    for (const width of [8, 9, 10, 11, 12, 31, 64, 67, 255, 256, 257, 768]) {
      for (const rows of [1, 2, 3, 5]) {
        const [x, residual] = [1, 2].map((seed) =>
          backends.numbers.storable(backends.draw(rows * width, seed).map((v) => v + 1))
        );
        const [weight, bias] = [backends.draw(width, 3), backends.draw(width, 4)];
        for (const isAdded of [false, true]) {
          await backends.compare(`${rows} of ${width}`, (backend) => {
            const [w, b] = [weight, bias].map((values) => backend.floats(values, [width]));
            const [t, r] = [x, residual].map((values) => backend.floats(values, [rows, width]));
            return [backend.layerNorm(t, w, b, 1e-5, isAdded ? r : undefined)];
          }, bound(width));
        }
      }
    }
  });

  await step("of a row of one value gives the bias", async () => {
    await backends.compare("constant", (backend) => {
      const [x, w, b] = [5, 2, 7].map((v) => backend.floats(new Float32Array(6).fill(v), [6]));
      return [backend.layerNorm(x.reshape([1, 6]), w, b, 1e-5)];
    }, within(() => 0));
  });

  await step("keeps small differences of large values", async () => {
    const x = Float32Array.from({ length: 16 }, (_, i) => 1000 + i % 2);
    await backends.compare("1000 and 1001", (backend) => {
      const [w, b] = [1, 0].map((v) => backend.floats(new Float32Array(16).fill(v), [16]));
      return [backend.layerNorm(backend.floats(x, [1, 16]), w, b, 1e-5)];
      // The mean 1000.5 is exact in float32, and so are the differences.
    }, within(() => 8 * UNIT));
  });
}
