/**
 * Attentions beside one another, without the model around them.
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
import { lsgPairs, spanPairs } from "./visible_keys.ts";

/** Projected tokens, the first of them global, all visible. */
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

/** An attention that can be measured. */
export interface Contender {
  /** Its name. */
  readonly name: string;
  /** Pairs of a query and a key that it sees, for so many tokens beside the global one. */
  readonly pairs: (tokens: number) => number;
  /** Records it. */
  readonly run: (backend: Backend, operands: Operands) => Floats;
}

/** What an attention took. */
export interface AttentionTime {
  /** Its name and the length. */
  readonly what: string;
  /** Median time. */
  readonly seconds: number;
  /** Multiplications and additions of its products, for the keys that are seen. */
  readonly flop: number;
}

/** Every token sees every token. */
export const FULL: Contender = {
  name: "full attention",
  pairs: (tokens) => (1 + tokens) ** 2,
  run: (backend, { query, key, value, heads }) =>
    fullAttention(backend, { query, key, value, heads }),
};

/**
 * LSG with one global token.
 *
 * @param name For the table.
 * @param options What is not as its defaults.
 * @returns The contender.
 */
export function lsg(name: string, options: Partial<LsgParameters> = {}): Contender {
  const parameters = resolveLsgParameters(options);
  return {
    name,
    pairs: (tokens) => lsgPairs(tokens, parameters),
    run: (backend, operands) => lsgAttention(backend, { ...operands, globals: 1 }, parameters),
  };
}

/** Longformer with a window of 512 and one global token. */
export const LONGFORMER: Contender = {
  name: "Longformer 512",
  pairs: (tokens) => spanPairs([slidingWindow(256, 256)], tokens, tokens) + 2 * tokens + 1,
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
 * Measures attentions in turn, over random tokens.
 *
 * @param contenders The attentions.
 * @param backend What runs them.
 * @param tokens How long the text is, without the global token.
 * @param heads How many heads, 64 wide.
 * @param options How often each runs.
 * @returns The time of each.
 */
export async function attentionTimes(
  contenders: readonly Contender[],
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
    contenders.map(({ run }) => () => finish(backend, () => run(backend, operands))),
    options,
  );
  [query, key, value, mask].forEach((tensor) => tensor.dispose());
  return contenders.map(({ name, pairs }, i) => ({
    what: `${name}, ${tokens.toLocaleString("en")} tokens`,
    seconds: seconds[i],
    flop: 4 * WIDTH * heads * pairs(tokens),
  }));
}

/**
 * How far LSG uses that it sees fewer keys.
 *
 * @param lsg Its time.
 * @param full Full attention's.
 * @returns The ratio of times beside that of operations, and the share of the latter that is
 * reached.
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
