/**
 * Self-Extend attention: near pairs at ordinary positions, far ones at grouped ones.
 *
 * @module
 */
import { groupedPositions } from "./self_extend_positions.ts";
import { slidingWindow, type Span } from "../../ops/span.ts";
import { nextDropout } from "../../ops/dropout.ts";
import type { Backend, Floats } from "../../ops/backend.ts";
import type { Projected } from "../full/full_attention.ts";
import { rotaryTurns, type Rotation } from "../rotary/rotation.ts";

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

/** The turns of Self-Extend, as `backend.rotate` takes them; far pairs have two kinds. */
export interface SelfExtendTurns {
  /** Of queries and keys that are near. */
  readonly near: Floats;
  /** Of queries of far keys. */
  readonly query: Floats;
  /** Of far keys. */
  readonly key: Floats;
}

/** Queries and keys with their positions, for near pairs and for far ones. */
interface Placed {
  readonly query: Floats;
  readonly keys: Floats;
}

/**
 * Makes the turns of Self-Extend.
 *
 * @param backend Backend that runs the operations.
 * @param tokens Tokens of a sequence.
 * @param shape Group and window.
 * @param rotation Angles of the positions.
 * @param starts For each sequence, the token at position 0; one for all if they are the same.
 * @returns Turns `[starts, tokens, 2·pairs]` each.
 * @throws {RangeError} If group or window is not a whole number ≥ 1.
 */
export function selfExtendTurns(
  backend: Backend,
  tokens: number,
  { group, window }: SelfExtendShape,
  rotation: Rotation,
  starts: readonly number[] = [0],
): SelfExtendTurns {
  const grouped = groupedPositions(tokens, group, window);
  const shift = grouped.query[0] ?? 0;
  const turnsOf = (positionOf: (token: number) => number) => {
    const positions = starts.flatMap((start) =>
      Array.from({ length: tokens }, (_, token) => positionOf(token - start))
    );
    const turns = rotaryTurns(Int32Array.from(positions), rotation);
    return backend.floats(turns, [starts.length, tokens, 2 * rotation.frequencies.length]);
  };
  return {
    near: turnsOf((token) => token),
    query: turnsOf((token) => Math.floor(token / group) + shift),
    key: turnsOf((token) => Math.floor(token / group)),
  };
}

/**
 * Self-Extend with rotary positions, as in LongLM (Jin et al., 2024).
 *
 * @param backend Backend that runs the operations.
 * @param input Unrotated queries and keys.
 * @param window Keys nearer than this keep ordinary positions.
 * @param turns The turns of the positions.
 * @returns `[batch, tokens, heads·width]`.
 */
export function selfExtendRotary(
  backend: Backend,
  input: SelfExtendInput,
  window: number,
  turns: SelfExtendTurns,
): Floats {
  const { query, key, heads, keyHeads } = input;
  const place = (ofQuery: Floats, ofKey: Floats): Placed => ({
    query: backend.rotate(query, ofQuery, heads),
    keys: backend.rotate(key, ofKey, keyHeads),
  });
  return backend.scope(() =>
    selfExtend(
      backend,
      input,
      window,
      place(turns.near, turns.near),
      place(turns.query, turns.key),
    )
  );
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
  { group, window }: SelfExtendShape,
): Floats {
  const { query, key } = input;
  const [, tokens, width] = query.dims;
  const grouped = groupedPositions(tokens, group, window);
  const ordinary = Int32Array.from({ length: tokens }, (_, i) => i);
  const add = (x: Floats, positions: Int32Array) =>
    backend.add(x, backend.floats(sinusoids(positions, width), [1, tokens, width]));
  return backend.scope(() => {
    const near = { query: add(query, ordinary), keys: add(key, ordinary) };
    const far = { query: add(query, grouped.query), keys: add(key, grouped.key) };
    return selfExtend(backend, input, window, near, far, 1);
  });
}

function selfExtend(
  backend: Backend,
  { query, value, mask, heads, keyHeads, dropout, until }: SelfExtendInput,
  window: number,
  near: Placed,
  far: Placed,
  scale?: number,
): Floats {
  const tokens = value.dims[1];
  const reach = Math.min(window, tokens);
  const rows = { values: value, first: 0, count: tokens, mask };
  const farSpan: Span = { block: 1, stride: 1, start: -tokens, end: 1 - reach, causal: false };
  const sources = [
    { ...rows, ...near, spans: [slidingWindow(reach - 1, 0)] },
    { ...rows, ...far, spans: [farSpan] },
  ];
  const part = { first: 0, count: until ?? tokens, sources };
  const options = { heads, keyHeads, scale, dropout: nextDropout(backend, dropout) };
  return backend.attend(query, [part], options);
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
