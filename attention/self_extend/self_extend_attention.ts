/**
 * Self-Extend attention: near pairs at ordinary positions, far ones at grouped ones.
 *
 * @module
 */
import { groupedPositions } from "./self_extend_positions.ts";
import { slidingWindow, type Span } from "../../ops/span.ts";
import type { Backend, Floats } from "../../ops/backend.ts";
import type { Projected } from "../full/full_attention.ts";

/** Queries and keys without positions; keys and values are `[batch, tokens, keyHeads·width]`. */
export interface SelfExtendInput extends Projected {
  /** Heads of keys and values; query head `i` uses `⌊i·keyHeads/heads⌋`. */
  readonly keyHeads: number;
}

/** The group and window of Self-Extend. */
export interface SelfExtendShape {
  /** How many neighbouring tokens share a position. */
  readonly group: number;
  /** Keys nearer than this keep ordinary positions. */
  readonly window: number;
}

/** Applies positions to queries or keys. */
type ApplyPositions = (x: Floats, positions: Int32Array, heads: number) => Floats;

/**
 * Self-Extend with rotary positions, as in LongLM (Jin et al., 2024).
 *
 * @param backend Backend that runs the operations.
 * @param input Unrotated queries and keys.
 * @param shape Group and window.
 * @param theta Base of the wavelengths, `rope_theta` in checkpoints.
 * @returns `[batch, tokens, heads·width]`.
 * @throws {RangeError} If group or window is not a whole number ≥ 1.
 */
export function selfExtendRotary(
  backend: Backend,
  input: SelfExtendInput,
  shape: SelfExtendShape,
  theta: number,
): Floats {
  const rotate: ApplyPositions = (x, positions, heads) =>
    backend.rotate(x, backend.integers(positions, [positions.length]), heads, theta);
  return selfExtend(backend, input, shape, rotate);
}

/**
 * Self-Extend with sinusoidal positions added to queries and keys and without `1/√width`, as in
 * the package `selfextend`.
 *
 * @param backend Backend that runs the operations.
 * @param input Queries and keys without positions.
 * @param shape Group and window.
 * @returns `[batch, tokens, heads·width]`.
 * @throws {RangeError} If group or window is not a whole number ≥ 1.
 */
export function selfExtendAdditive(
  backend: Backend,
  input: SelfExtendInput,
  shape: SelfExtendShape,
): Floats {
  const width = input.query.dims[2];
  const addPositions: ApplyPositions = (x, positions) =>
    backend.add(x, backend.floats(sinusoids(positions, width), [1, positions.length, width]));
  return selfExtend(backend, input, shape, addPositions, 1);
}

function selfExtend(
  backend: Backend,
  input: SelfExtendInput,
  shape: SelfExtendShape,
  apply: ApplyPositions,
  scale?: number,
): Floats {
  const { query, key, value, mask, heads, keyHeads } = input;
  const tokens = key.dims[1];
  const ordinary = Int32Array.from({ length: tokens }, (_, i) => i);
  const grouped = groupedPositions(tokens, shape.group, shape.window);
  const rows = { values: value, first: 0, count: tokens, mask };
  const farSpan: Span = {
    block: 1,
    stride: 1,
    start: -tokens,
    end: 1 - shape.window,
    causal: false,
  };
  return backend.scope(() => {
    const near = {
      ...rows,
      query: apply(query, ordinary, heads),
      keys: apply(key, ordinary, keyHeads),
      spans: [slidingWindow(shape.window - 1, 0)],
    };
    const far = {
      ...rows,
      query: apply(query, grouped.query, heads),
      keys: apply(key, grouped.key, keyHeads),
      spans: [farSpan],
    };
    const part = { first: 0, count: tokens, sources: [near, far] };
    return backend.attend(query, [part], { heads, keyHeads, scale });
  });
}

/** `[positions, width]`: column 2i is `sin(p·10000^(−2i/width))`, column 2i+1 its cosine. */
function sinusoids(positions: Int32Array, width: number): Float32Array {
  const table = new Float32Array(positions.length * width);
  positions.forEach((position, row) => {
    for (let i = 0; i < width; i++) {
      const angle = position * 10000 ** (-(i - i % 2) / width);
      table[row * width + i] = i % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    }
  });
  return table;
}
