/**
 * Full attention.
 *
 * @module
 */
import { nextDropout } from "../../ops/dropout.ts";
import { everything, slidingWindow } from "../../ops/span.ts";
import type { Backend, Floats, Integers } from "../../ops/backend.ts";
import { keyHolder } from "./byte_keys.ts";

/** Projected rows of a layer. */
export interface Projected {
  /** `[batch, rows, heads·width]`. */
  readonly query: Floats;
  /** `[batch, rows, heads·width]`. */
  readonly key: Floats;
  /** `[batch, rows, heads·width]`. */
  readonly value: Floats;
  /** `[batch, tokens]`: 1 visible, 0 padding; absent: all visible. */
  readonly mask?: Integers;
  /** Heads. */
  readonly heads: number;
  /** Heads of keys and values; query head `i` uses `⌊i·keyHeads/heads⌋`; `heads` if absent. */
  readonly keyHeads?: number;
  /** The share of weights that are dropped in training; absent: none. */
  readonly dropout?: number;
  /**
   * Whether scores are products of integers of 8 bits, and in LSG those of the tokens' weights and
   * values, too: then `key` is disposed of once it is rounded. Absent: of floats.
   */
  readonly scores?: "q8";
  /** Results from this row on are not read, and may be zeros; absent: all are. */
  readonly until?: number;
}

/** Projected rows whose mask is there. */
export type MaskedProjected = Projected & Required<Pick<Projected, "mask">>;

/**
 * Every query sees every visible key, or with `causal` those up to its own position.
 *
 * @param backend Backend that runs the operations.
 * @param projected Query, key and value; keys may be of other rows than queries.
 * @param causal Whether a query sees nothing after itself.
 * @param reach How far before itself, and without `causal` behind itself, a query sees; absent: all.
 * @returns `[batch, rows, heads·width]`.
 */
export function fullAttention(
  backend: Backend,
  projected: Projected,
  causal = false,
  reach?: number,
): Floats {
  const { query, key, value, mask, heads, keyHeads, dropout, until = query.dims[1] } = projected;
  const rows = key.dims[1];
  const source = {
    keys: keyHolder(backend, { ...projected, first: 0, tokens: rows })(key),
    values: value,
    first: 0,
    count: rows,
    mask,
    spans: [
      reach === undefined
        ? everything(rows, causal)
        : slidingWindow(Math.min(rows, reach), causal ? 0 : Math.min(rows, reach)),
    ],
  };
  const part = { first: 0, count: until, sources: [source] };
  return backend.attend(query, [part], { heads, keyHeads, dropout: nextDropout(backend, dropout) });
}
