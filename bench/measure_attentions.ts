/**
 * Times of attention patterns without the rest of a model.
 *
 * @module
 */
import { type LsgParameters, resolveLsgParameters, slidingWindow } from "../attention/mod.ts";
import type { Backend, Floats, Integers } from "../ops/backend.ts";
import { fullAttention } from "../attention/full/full_attention.ts";
import { longformerAttention } from "../attention/longformer/longformer_attention.ts";
import { lsgAttention } from "../attention/lsg/lsg_attention.ts";
import { finish, randomFloats } from "./finish.ts";
import { measure, type MeasureOptions } from "./measure.ts";
import { WIDTH } from "./roberta_base.ts";
import { countLsgPairs, countSpanPairs } from "./visible_keys.ts";

/** Projected tokens, all visible; the first one is global. */
interface Operands {
  /** `[1, 1 + tokens, heads·width]`. */
  readonly query: Floats;
  /** `[1, 1 + tokens, heads·width]`. */
  readonly key: Floats;
  /** `[1, 1 + tokens, heads·width]`. */
  readonly value: Floats;
  /** `[1, tokens]`: ones. */
  readonly mask: Integers;
  /** Heads. */
  readonly heads: number;
}

/** An attention pattern to measure. */
export interface Candidate {
  /** Name for the table. */
  readonly name: string;
  /** Counts the visible query-key pairs for a number of tokens besides the global one. */
  readonly pairs: (tokens: number) => number;
  /** Records the operations. */
  readonly run: (backend: Backend, operands: Operands) => Floats;
}

/** Time of an attention pattern. */
export interface AttentionTime {
  /** Name and length. */
  readonly what: string;
  /** Median time. */
  readonly seconds: number;
  /** Multiplications and additions for the visible keys. */
  readonly flop: number;
}

/** Full attention. */
export const FULL: Candidate = {
  name: "full attention",
  pairs: (tokens) => (1 + tokens) ** 2,
  run: (backend, { query, key, value, heads }) =>
    fullAttention(backend, { query, key, value, heads }),
};

/**
 * Makes a candidate of LSG attention with one global token.
 *
 * @param name Name for the table.
 * @param options Parameters that differ from the defaults.
 * @returns The candidate.
 */
export function lsg(name: string, options: Partial<LsgParameters> = {}): Candidate {
  const parameters = resolveLsgParameters(options);
  return {
    name,
    pairs: (tokens) => countLsgPairs(tokens, parameters),
    run: (backend, operands) => lsgAttention(backend, { ...operands, globals: 1 }, parameters),
  };
}

/** Longformer attention with a window of 512 and one global token. */
export const LONGFORMER: Candidate = {
  name: "Longformer 512",
  pairs: (tokens) => countSpanPairs([slidingWindow(256, 256)], tokens, tokens) + 2 * tokens + 1,
  run: (backend, { query, key, value, heads }) => {
    const rows = key.dims[1];
    const first = backend.gatherRows(query, backend.integers(new Int32Array(1), [1, 1]));
    const masks = {
      visible: backend.integers(new Int32Array(rows).fill(1), [1, rows]),
      local: backend.integers(new Int32Array(rows).fill(1, 1), [1, rows]),
      globalRows: backend.integers(new Int32Array(1), [1, 1]),
      globalMask: backend.integers(new Int32Array(1).fill(1), [1, 1]),
    };
    const global = { query: first, key, value };
    return longformerAttention(backend, { query, key, value, global, heads, masks }, 512);
  },
};

/**
 * Measures attention patterns on random tokens, interleaved.
 *
 * @param candidates The patterns.
 * @param backend The backend.
 * @param tokens Number of tokens, without the global one.
 * @param heads Number of heads, each of width 64.
 * @param options Numbers of runs.
 * @returns The time of each pattern.
 */
export async function measureAttentions(
  candidates: readonly Candidate[],
  backend: Backend,
  tokens: number,
  heads: number,
  options: MeasureOptions,
): Promise<AttentionTime[]> {
  const dims = [1, 1 + tokens, heads * WIDTH];
  const [query, key, value] = [0, 1, 2].map(() => randomFloats(backend, dims));
  const mask = backend.integers(new Int32Array(tokens).fill(1), [1, tokens]);
  const operands = { query, key, value, mask, heads };
  const seconds = await measure(
    candidates.map(({ run }) => () => finish(backend, () => run(backend, operands))),
    options,
  );
  [query, key, value, mask].forEach((tensor) => tensor.dispose());
  return candidates.map(({ name, pairs }, i) => ({
    what: `${name}, ${tokens.toLocaleString("en")} tokens`,
    seconds: seconds[i],
    flop: 4 * WIDTH * heads * pairs(tokens),
  }));
}

/**
 * Compares the speed-up of LSG over full attention with its savings in operations.
 *
 * @param lsg Time of LSG attention.
 * @param full Time of full attention.
 * @returns The ratio of times, that of operations, and the former as a share of the latter.
 */
export function computeGain(
  lsg: AttentionTime,
  full: AttentionTime,
): { readonly what: string; readonly share: number } {
  const [ratio, ideal] = [full.seconds / lsg.seconds, full.flop / lsg.flop];
  return {
    what: `full ÷ LSG ${ratio.toFixed(2)}, ideal ${ideal.toFixed(2)}`,
    share: ratio / ideal,
  };
}
