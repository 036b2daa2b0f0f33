/**
 * LSG attention with prepended globals.
 *
 * @module
 */
import type { LsgParameters } from "./lsg_parameters.ts";
import { isDense, lsgPattern } from "./lsg_pattern.ts";
import { nextDropout } from "../../ops/dropout.ts";
import { everything } from "../../ops/span.ts";
import type { AttendPart } from "../../ops/attend_plan.ts";
import type { Backend, Floats, Integers } from "../../ops/backend.ts";
import { keyHolder } from "../full/byte_keys.ts";
import type { Projected } from "../full/full_attention.ts";
import { sparseSources } from "./sparse_list.ts";

/** Projected globals and tokens: `[batch, globals + tokens, heads·width]` each. */
export interface LsgInput extends Projected {
  /** `[batch, tokens]`: 1 visible, 0 padding; globals are always visible. */
  readonly mask: Integers;
  /** Global tokens, the first rows. */
  readonly globals: number;
  /** Whether a token sees nothing after itself, and globals only globals. */
  readonly causal?: boolean;
  /** For `lsh`: one `[heads, width, ⌊buckets/2⌋]` a round. */
  readonly projections?: readonly Floats[];
}

/**
 * Tokens see globals, sparse entries and local tokens under one softmax; globals see everything
 * (Condevaux and Harispe, 2022, section 3).
 *
 * @param backend Backend that runs the operations.
 * @param input Projected globals and tokens.
 * @param parameters Checked parameters.
 * @returns `[batch, globals + tokens, heads·width]`.
 * @throws {RangeError} If `adaptive` is off and the length needs it.
 */
export function lsgAttention(backend: Backend, input: LsgInput, parameters: LsgParameters): Floats {
  const { query, key, value, mask, heads, globals, causal = false, dropout, scores } = input;
  const until = input.until ?? query.dims[1];
  const tokens = key.dims[1] - globals;
  checkLength(tokens, parameters);
  const pattern = lsgPattern(tokens, parameters, causal);

  const rowsOfTokens = { ...input, first: globals, tokens };
  const hold = keyHolder(backend, rowsOfTokens);
  const list = until > globals
    ? sparseSources(backend, rowsOfTokens, parameters, pattern.sparse)
    : [];
  // The list is made of the keys, of which `hold` disposes.
  const sparse = list.map((source) => ({ ...source, keys: hold(source.keys) }));
  const rows = { keys: hold(key), values: value };
  const tokenRows = { ...rows, first: globals, count: tokens, mask };
  const globalKeys = { ...rows, first: 0, count: globals, spans: [everything(globals)] };
  const allTokens = { ...tokenRows, spans: [everything(tokens)] };
  const local = { ...tokenRows, spans: pattern.local };
  const parts: AttendPart<Floats, Integers>[] = [{
    first: 0,
    count: Math.min(globals, until),
    sources: causal ? [globalKeys] : [globalKeys, allTokens],
  }];
  if (until > globals) {
    const sources = [globalKeys, ...sparse, local];
    parts.push({ first: globals, count: until - globals, weights: scores, sources });
  }
  return backend.attend(query, parts, { heads, dropout: nextDropout(backend, dropout) });
}

function checkLength(tokens: number, parameters: LsgParameters): void {
  const { adaptive, block_size } = parameters;
  if (adaptive || isDense(tokens, parameters) || tokens % block_size === 0) return;
  throw new RangeError(
    `Cannot attend to ${tokens} tokens with adaptive off: wanted at most ${2 * block_size}, or a ` +
      `multiple of block_size ${block_size}; with adaptive on, the model pads`,
  );
}
