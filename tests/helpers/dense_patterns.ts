/** Dense references of full, Longformer and Self-Extend attention. */
import {
  attendDensely,
  type Dense,
  type DenseShape,
  dot,
  exact,
  headRow,
  range,
  rounded,
  type Vector,
} from "./dense.ts";

/** Queries, keys and values `[batch, rows, heads·width]`, mask `[batch, rows]`. */
export interface DenseInput {
  readonly query: Float32Array;
  readonly key: Float32Array;
  readonly value: Float32Array;
  readonly mask?: Int32Array;
}

/** Returns whether a token is visible. */
export function isVisible(mask: Int32Array | undefined, index: number): boolean {
  return mask === undefined || mask[index] === 1;
}

/** Full attention (section 1): every visible key, up to the query if `causal`. */
export function denseFull(input: DenseInput, shape: DenseShape, causal = false): Dense {
  const { rows, heads, width } = shape;
  return attendDensely(shape, (b, i, h) => {
    const vector = (x: Float32Array, t: number) => exact(headRow(x, b * rows + t, h, heads, width));
    return range(0, causal ? i + 1 : rows)
      .filter((j) => isVisible(input.mask, b * rows + j))
      .map((j) => ({
        query: vector(input.query, i),
        key: vector(input.key, j),
        value: vector(input.value, j),
      }));
  });
}

/** Inputs of Longformer, with the projections of global tokens. */
export interface DenseLongformerInput extends DenseInput {
  readonly queryGlobal: Float32Array;
  readonly keyGlobal: Float32Array;
  readonly valueGlobal: Float32Array;
  readonly globalMask?: Int32Array;
}

/** Longformer attention (section 3). */
export function denseLongformer(
  input: DenseLongformerInput,
  shape: DenseShape,
  window: number,
): Dense {
  const { rows, heads, width } = shape;
  return attendDensely(shape, (b, i, h) => {
    const visible = (t: number) => isVisible(input.mask, b * rows + t);
    const global = (t: number) => visible(t) && input.globalMask?.[b * rows + t] === 1;
    if (!visible(i)) return [];
    const keys = range(0, rows).filter((j) =>
      visible(j) && (global(i) || global(j) || Math.abs(i - j) <= window / 2)
    );
    const [query, key, value] = global(i)
      ? [input.queryGlobal, input.keyGlobal, input.valueGlobal]
      : [input.query, input.key, input.value];
    const vector = (x: Float32Array, t: number) => exact(headRow(x, b * rows + t, h, heads, width));
    return keys.map((j) => ({
      query: vector(query, i),
      key: vector(key, j),
      value: vector(value, j),
    }));
  });
}

/** Group and window of Self-Extend. */
export interface DenseSelfExtend {
  readonly group: number;
  readonly window: number;
}

/** Self-Extend with rotary positions (section 4). */
export function denseSelfExtendRotary(
  input: DenseInput,
  shape: DenseShape,
  { group, window, keyHeads, theta }: DenseSelfExtend & { keyHeads: number; theta: number },
): Dense {
  const { rows, heads, width } = shape;
  const rotate = (x: number[], position: number): Vector => {
    const half = width / 2;
    return rounded(exact(x.map((_, c) => {
      const angle = position * theta ** (-2 * (c % half) / width);
      return c < half
        ? x[c] * Math.cos(angle) - x[c + half] * Math.sin(angle)
        : x[c] * Math.cos(angle) + x[c - half] * Math.sin(angle);
    })));
  };
  return attendDensely(shape, (b, i, h) => {
    const keyHead = Math.floor(h * keyHeads / heads);
    return causalKeys(input, b, i, rows).map((j) => {
      const positions = positionsOf(i, j, group, window);
      const keyRow = (x: Float32Array) => headRow(x, b * rows + j, keyHead, keyHeads, width);
      return {
        query: rotate(headRow(input.query, b * rows + i, h, heads, width), positions.query),
        key: rotate(keyRow(input.key), positions.key),
        value: exact(keyRow(input.value)),
      };
    });
  });
}

/** Self-Extend with additive positions (section 4): one head, no scale, optional LayerNorm. */
export function denseSelfExtendAdditive(
  input: DenseInput,
  shape: DenseShape,
  { group, window, norm }: DenseSelfExtend & {
    norm?: { weight: Float32Array; bias: Float32Array };
  },
): Dense {
  const { rows, width } = shape;
  const addPosition = (x: number[], position: number): Vector => {
    const normed = norm ? rounded(exact(layerNorm(x, norm))) : exact(x);
    const sinusoid = rounded(exact(x.map((_, c) => {
      const angle = position * 10000 ** (-2 * Math.floor(c / 2) / width);
      return c % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    })));
    return rounded({
      values: normed.values.map((value, c) => value + sinusoid.values[c]),
      errors: normed.errors.map((error, c) => error + sinusoid.errors[c]),
    });
  };
  return attendDensely({ ...shape, scale: 1 }, (b, i) =>
    causalKeys(input, b, i, rows).map((j) => {
      const positions = positionsOf(i, j, group, window);
      return {
        query: addPosition(headRow(input.query, b * rows + i, 0, 1, width), positions.query),
        key: addPosition(headRow(input.key, b * rows + j, 0, 1, width), positions.key),
        value: exact(headRow(input.value, b * rows + j, 0, 1, width)),
      };
    }));
}

function causalKeys(input: DenseInput, b: number, i: number, rows: number): number[] {
  return range(0, i + 1).filter((j) => isVisible(input.mask, b * rows + j));
}

function positionsOf(i: number, j: number, group: number, window: number) {
  if (i - j < window) return { query: i, key: j };
  return {
    query: Math.floor(i / group) + window - Math.floor(window / group),
    key: Math.floor(j / group),
  };
}

function layerNorm(x: number[], norm: { weight: Float32Array; bias: Float32Array }): number[] {
  const mean = x.reduce((a, b) => a + b) / x.length;
  const centred = x.map((value) => value - mean);
  const deviation = Math.sqrt(dot(centred, centred) / x.length + 1e-5);
  return centred.map((value, c) => value / deviation * norm.weight[c] + norm.bias[c]);
}
