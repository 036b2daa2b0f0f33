/** Layers in plain loops and 64-bit floats. */
import type { AttentionNames, Family, LayerNames } from "../../families/families.ts";

/** Rows of one sequence. */
export type Rows = number[][];

/** Weights and settings of the plain layers. */
export interface PlainParts {
  /** A weight's values, row-major. */
  readonly weight: (name: string) => ArrayLike<number>;
  readonly heads: number;
  readonly epsilon: number;
  readonly norm: Family["norm"];
}

/** Rows that a plain layer attends to. */
export interface PlainMemory {
  readonly rows: Rows;
  /** Which rows are visible. */
  readonly mask: readonly number[];
}

/** `W·x + b` of each row. */
function linear({ weight }: PlainParts, name: string, rows: Rows): Rows {
  const [matrix, bias] = [weight(`${name}.weight`), weight(`${name}.bias`)];
  return rows.map((row) =>
    Array.from(bias, (sum, o) => {
      for (let i = 0; i < row.length; i++) sum += matrix[o * row.length + i] * row[i];
      return sum;
    })
  );
}

/** `(x − mean) / √(variance + ε) · w + b` of each row. */
export function layerNorm({ weight, epsilon }: PlainParts, name: string, rows: Rows): Rows {
  const [scale, shift] = [weight(`${name}.weight`), weight(`${name}.bias`)];
  return rows.map((row) => {
    let mean = 0;
    for (const x of row) mean += x / row.length;
    let variance = 0;
    for (const x of row) variance += (x - mean) ** 2 / row.length;
    return row.map((x, i) => (x - mean) / Math.sqrt(variance + epsilon) * scale[i] + shift[i]);
  });
}

/** Softmax attention of each head to the visible rows of `seen`. */
function attention(
  parts: PlainParts,
  names: AttentionNames,
  rows: Rows,
  { rows: seen, mask }: PlainMemory,
): Rows {
  const query = linear(parts, names.query, rows);
  const key = linear(parts, names.key, seen);
  const value = linear(parts, names.value, seen);
  const width = query[0].length / parts.heads;
  const mixed = query.map((q) => {
    const output = new Array<number>(q.length).fill(0);
    for (let head = 0; head < parts.heads; head++) {
      const columns = Array.from({ length: width }, (_, c) => head * width + c);
      const weights = key.map((k, j) => {
        let score = 0;
        for (const c of columns) score += q[c] * k[c] / Math.sqrt(width);
        return mask[j] === 1 ? Math.exp(score) : 0;
      });
      const sum = weights.reduce((a, b) => a + b);
      for (const c of columns) {
        for (let j = 0; j < seen.length; j++) output[c] += weights[j] / sum * value[j][c];
      }
    }
    return output;
  });
  return linear(parts, names.output, mixed);
}

/** The sum of two sets of rows. */
export function add(a: Rows, b: Rows): Rows {
  return a.map((row, r) => row.map((x, i) => x + b[r][i]));
}

/** One layer with ReLU. */
export function plainLayer(
  parts: PlainParts,
  names: LayerNames,
  rows: Rows,
  mask: readonly number[],
  memory?: PlainMemory,
): Rows {
  const { attention: own, crossAttention: cross, feedForward: { up, down, norm } } = names;
  const around = (name: string, x: Rows, part: (input: Rows) => Rows) =>
    parts.norm === "post"
      ? layerNorm(parts, name, add(x, part(x)))
      : add(x, part(layerNorm(parts, name, x)));
  let x = around(own.norm, rows, (input) => attention(parts, own, input, { rows: input, mask }));
  if (cross) x = around(cross.norm, x, (input) => attention(parts, cross, input, memory!));
  return around(norm, x, (input) => {
    const inner = linear(parts, up, input).map((row) => row.map((value) => Math.max(0, value)));
    return linear(parts, down, inner);
  });
}
