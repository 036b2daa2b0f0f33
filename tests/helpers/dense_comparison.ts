/** Dense references of the attention patterns that the paper compares with. */
import { attendDensely, type Dense, type DenseShape, dot, exact, headRow, range } from "./dense.ts";
import { type DenseInput, isVisible } from "./dense_patterns.ts";

/** BigBird (section 5); `random` returns the random blocks of head `h` and query block `i`. */
export function denseBigbird(
  input: DenseInput,
  shape: DenseShape,
  block: number,
  random: (h: number, i: number) => number[],
): Dense {
  const { rows, heads, width } = shape;
  const last = Math.ceil(rows / block) - 1;
  return attendDensely(shape, (b, i, h) => {
    const own = Math.floor(i / block);
    const seesAll = own === 0 || own === last;
    const blocks = seesAll
      ? range(0, last + 1)
      : [0, last, own - 1, own, own + 1, ...random(h, own)];
    const vector = (x: Float32Array, t: number) => exact(headRow(x, b * rows + t, h, heads, width));
    return range(0, rows)
      .filter((j) => isVisible(input.mask, b * rows + j) && blocks.includes(Math.floor(j / block)))
      .map((j) => ({
        query: vector(input.query, i),
        key: vector(input.key, j),
        value: vector(input.value, j),
      }));
  });
}

/** Computes means of values with positive weights, and their error bounds. */
export function weighValues(
  { value, mask }: DenseInput,
  { batch, rows, heads, width }: DenseShape,
  weigh: (b: number, i: number, h: number) => number[],
): Dense {
  const output = new Float64Array(batch * rows * heads * width);
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < rows; i++) {
      if (!isVisible(mask, b * rows + i)) continue;
      for (let h = 0; h < heads; h++) {
        const weights = weigh(b, i, h).map((w, j) => isVisible(mask, b * rows + j) ? w : 0);
        const sum = weights.reduce((total, w) => total + w);
        const values = range(0, rows).map((j) => headRow(value, b * rows + j, h, heads, width));
        for (let d = 0; d < width; d++) {
          const column = values.map((row) => row[d] || 0);
          output[((b * rows + i) * heads + h) * width + d] = dot(weights, column) / sum;
        }
      }
    }
  }
  // Both use float64, with a few hundred operations on numbers below e³⁰, and round to float32 once.
  const bound = output.map((x) => 2 ** -24 * Math.abs(x) + 2 ** -35);
  return { output, bound };
}
