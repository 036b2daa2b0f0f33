/**
 * BigBird attention.
 *
 * @module
 */
import { nextDropout } from "../../ops/dropout.ts";
import {
  bigbirdListSpan,
  bigbirdParts,
  type BigbirdShape,
  isDenseBigbird,
} from "./bigbird_pattern.ts";
import { everything } from "../../ops/span.ts";
import type { Backend, Floats, Integers } from "../../ops/backend.ts";
import { fullAttention, type Projected } from "../full/full_attention.ts";

/** The tokens of the random blocks, on a backend; see `bigbirdList`. */
export interface BigbirdRandomTokens {
  /** `[1, entries·heads]`: rows of `[tokens·heads, width]`. */
  readonly rows: Integers;
  /** `[batch, heads, entries]`. */
  readonly mask: Integers;
}

/**
 * The first and the last block see everything; other blocks see these two, their neighbours and
 * random blocks, different ones in each head (Zaheer et al., 2020).
 *
 * @param backend Backend that runs the operations.
 * @param projected Query, key and value of the tokens.
 * @param shape Sizes.
 * @param random Tokens of the random blocks; absent if there are none, or all is dense.
 * @returns `[batch, tokens, heads·width]`.
 */
export function bigbirdAttention(
  backend: Backend,
  projected: Projected,
  shape: BigbirdShape,
  random?: BigbirdRandomTokens,
): Floats {
  if (isDenseBigbird(shape)) return fullAttention(backend, projected);
  const { query, key, value, mask, heads, dropout } = projected;
  const { tokens, block_size: block } = shape;
  const last = (Math.ceil(tokens / block) - 1) * block;
  const rows = { keys: key, values: value, first: 0, count: tokens, mask };
  const all = [{ ...rows, spans: [everything(tokens)] }];
  return backend.scope(() => {
    const list = random ? [randomTokens(random)] : [];
    const parts = bigbirdParts(shape).map(({ block: first, count, spans }) => ({
      first: first * block,
      count: count * block,
      position: (first - 1) * block,
      sources: [{ ...rows, spans }, ...list],
    }));
    return backend.attend(query, [
      { first: 0, count: block, sources: all },
      ...parts,
      { first: last, count: tokens - last, sources: all },
    ], { heads, dropout: nextDropout(backend, dropout) });
  });

  /** Each head has its own list, so its parts of rows are gathered one by one. */
  function randomTokens({ rows, mask }: BigbirdRandomTokens) {
    const [batch, , rowWidth] = key.dims;
    const entries = mask.dims[2];
    const gather = (x: Floats) =>
      backend.gatherRows(x.reshape([batch, tokens * heads, rowWidth / heads]), rows)
        .reshape([batch, entries, rowWidth]);
    return {
      keys: gather(key),
      values: gather(value),
      first: 0,
      count: entries,
      mask,
      spans: [bigbirdListSpan(shape)],
    };
  }
}
