/**
 * LSG attention beside full attention.
 *
 * @module
 */
import { resolveLsgParameters } from "../attention/mod.ts";
import type { Backend } from "../backend.ts";
import { fullAttention } from "../models/attention/full_attention.ts";
import { lsgAttention } from "../models/attention/lsg_attention.ts";
import { finish, randomFloats } from "./finish.ts";
import { measure, type MeasureOptions } from "./measure.ts";
import { WIDTH } from "./roberta_base.ts";
import { lsgPairs } from "./visible_keys.ts";

/** What an attention took. */
export interface AttentionTime {
  /** Its name and the length. */
  readonly what: string;
  /** Median time. */
  readonly seconds: number;
  /** Multiplications and additions of its products, for the keys that are seen. */
  readonly flop: number;
}

/**
 * Measures both in turn, over random tokens and one global token; LSG with its defaults.
 *
 * @param backend What runs them.
 * @param tokens How long the text is.
 * @param heads How many heads, 64 wide.
 * @param options How often each runs.
 * @returns LSG's time, then full attention's.
 */
export async function attentionPair(
  backend: Backend,
  tokens: number,
  heads: number,
  options: MeasureOptions,
): Promise<[lsg: AttentionTime, full: AttentionTime]> {
  const parameters = resolveLsgParameters({});
  const dims = [1, 1 + tokens, heads * WIDTH];
  const [query, key, value] = [0, 1, 2].map(() => randomFloats(backend, dims));
  const mask = backend.integers(new Int32Array(tokens).fill(1), [1, tokens]);
  const unmasked = { query, key, value, heads };
  const [lsg, full] = await measure([
    () =>
      finish(backend, () => lsgAttention(backend, { ...unmasked, mask, globals: 1 }, parameters)),
    () => finish(backend, () => fullAttention(backend, unmasked)),
  ], options);
  [query, key, value, mask].forEach((tensor) => tensor.dispose());
  const time = (name: string, seconds: number, pairs: number) => ({
    what: `${name}, ${tokens.toLocaleString("en")} tokens`,
    seconds,
    flop: 4 * WIDTH * heads * pairs,
  });
  return [
    time("LSG 128/128/2 norm", lsg, lsgPairs(tokens, parameters)),
    time("full attention", full, (1 + tokens) ** 2),
  ];
}

/**
 * How far LSG uses that it sees fewer keys.
 *
 * @param lsg Its time.
 * @param full Full attention's.
 * @returns The ratio of times, that of operations, and the share of the latter that is reached.
 */
export function gainOf(
  lsg: AttentionTime,
  full: AttentionTime,
): { readonly what: string; readonly share: number } {
  const [ratio, ideal] = [full.seconds / lsg.seconds, full.flop / lsg.flop];
  return {
    what: `full ÷ LSG ${ratio.toFixed(2)}, ideal ${ideal.toFixed(2)}`,
    share: ratio / ideal,
  };
}
