/** Layers in plain loops and 64-bit floats. */
import type { AttentionNames, Family, LayerNames, ModelConfig } from "../../families/families.ts";

/** Rows of one sequence. */
export type Rows = number[][];

/** Weights and settings of the plain layers. */
export interface PlainParts {
  /** A weight's values, row-major. */
  readonly weight: (name: string) => ArrayLike<number>;
  readonly config: ModelConfig;
  readonly family: Family;
}

/** Rows that a plain layer attends to. */
export interface PlainMemory {
  readonly rows: Rows;
  /** Which rows are visible. */
  readonly mask: readonly number[];
}

/** A bias, zeros where the family has none. */
function biasOf({ weight, family, config }: PlainParts, name: string, width: number): number[] {
  if (!family.hasBias(name, config)) return new Array(width).fill(0);
  return Array.from(weight(`${name}.bias`));
}

/** `W·x + b` of each row. */
function linear(parts: PlainParts, name: string, rows: Rows): Rows {
  const matrix = parts.weight(`${name}.weight`);
  return rows.map((row) =>
    biasOf(parts, name, matrix.length / row.length).map((sum, o) => {
      for (let i = 0; i < row.length; i++) sum += matrix[o * row.length + i] * row[i];
      return sum;
    })
  );
}

/** `(x − mean) / √(variance + ε) · w + b` of each row; of an RMS norm `x / √(mean(x²) + ε) · w`. */
export function norm(parts: PlainParts, name: string, rows: Rows): Rows {
  const { weight, config: { layer_norm_eps: epsilon }, family: { normKind } } = parts;
  const scale = weight(`${name}.weight`);
  return rows.map((row) => {
    let mean = 0;
    if (normKind === "layer") { for (const x of row) mean += x / row.length; }
    let variance = 0;
    for (const x of row) variance += (x - mean) ** 2 / row.length;
    const normed = row.map((x, i) => (x - mean) / Math.sqrt(variance + epsilon) * scale[i]);
    if (normKind === "rms") return normed;
    const bias = biasOf(parts, name, row.length);
    return normed.map((x, i) => x + bias[i]);
  });
}

/** Turns column i and column i + width/2 of each head by `position · θ^(−2i/width)`. */
function rotate({ config }: PlainParts, rows: Rows): Rows {
  const width = config.hidden_size / config.num_attention_heads;
  return rows.map((row, position) =>
    row.map((x, c) => {
      const i = c % width % (width / 2);
      const angle = position * config.rope!.theta ** (-2 * i / width);
      const isFirst = c % width < width / 2;
      const partner = row[isFirst ? c + width / 2 : c - width / 2];
      return x * Math.cos(angle) + (isFirst ? -partner : partner) * Math.sin(angle);
    })
  );
}

/** Softmax attention of each head to the visible rows of `seen`, with `rotates` by their positions. */
function attention(
  parts: PlainParts,
  names: AttentionNames,
  rows: Rows,
  { rows: seen, mask }: PlainMemory,
  rotates = false,
): Rows {
  const turn = (rows: Rows) => rotates ? rotate(parts, rows) : rows;
  const query = turn(linear(parts, names.query, rows));
  const key = turn(linear(parts, names.key, seen));
  const value = linear(parts, names.value, seen);
  const heads = parts.config.num_attention_heads;
  const width = query[0].length / heads;
  const mixed = query.map((q) => {
    const output = new Array<number>(q.length).fill(0);
    for (let head = 0; head < heads; head++) {
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

/** One layer with SiLU. */
export function plainLayer(
  parts: PlainParts,
  names: LayerNames,
  rows: Rows,
  mask: readonly number[],
  memory?: PlainMemory,
): Rows {
  const { attention: own, crossAttention: cross, feedForward: { gate, up, down } } = names;
  const around = (name: string | undefined, x: Rows, part: (input: Rows) => Rows) =>
    name === undefined
      ? add(x, part(x))
      : parts.family.norm === "post"
      ? norm(parts, name, add(x, part(x)))
      : add(x, part(norm(parts, name, x)));
  const rotates = parts.family.positions === "rotary";
  let x = around(
    own.norm,
    rows,
    (input) => attention(parts, own, input, { rows: input, mask }, rotates),
  );
  if (cross) x = around(cross.norm, x, (input) => attention(parts, cross, input, memory!));
  return around(names.feedForward.norm, x, (input) => {
    const inner = linear(parts, gate ?? up, input).map((row) =>
      row.map((x) => x / (1 + Math.exp(-x)))
    );
    if (!gate) return linear(parts, down, inner);
    const raised = linear(parts, up, input);
    return linear(parts, down, inner.map((row, r) => row.map((x, i) => x * raised[r][i])));
  });
}
