/**
 * LSG attention with prepended globals, from rooms.
 *
 * @module
 */
import type { KeySource } from "../../ops/attend_plan.ts";
import type { LsgParameters } from "./lsg_parameters.ts";
import { isDense, lsgPattern } from "./lsg_pattern.ts";
import { everything } from "../../ops/span.ts";
import type { Backend, Floats, Integers } from "../../ops/backend.ts";
import { sparseList } from "./sparse_list.ts";

/** What LSG attention needs of a layer. */
export interface LsgInput {
  /** `[batch, globals + tokens, heads·width]`. */
  readonly query: Floats;
  /** `[batch, globals + tokens, heads·width]`. */
  readonly key: Floats;
  /** `[batch, globals + tokens, heads·width]`. */
  readonly value: Floats;
  /** `[batch, tokens]`: 1 visible, 0 padding; globals are always visible. */
  readonly mask: Integers;
  /** Heads. */
  readonly heads: number;
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
 * @param backend What computes.
 * @param input Projected globals and tokens.
 * @param parameters Checked parameters.
 * @returns `[batch, globals + tokens, heads·width]`.
 * @throws {RangeError} If `adaptive` is off and the length needs it.
 */
export function lsgAttention(backend: Backend, input: LsgInput, parameters: LsgParameters): Floats {
  const { query, key, value, mask, heads, globals, causal = false } = input;
  const tokens = key.dims[1] - globals;
  checkLength(tokens, parameters);
  const pattern = lsgPattern(tokens, parameters, causal);

  const rows = { keys: key, values: value };
  const tokenRows = { ...rows, first: globals, count: tokens, mask };
  const globalKeys = { ...rows, first: 0, count: globals, spans: [everything(globals)] };
  const allTokens = { ...tokenRows, spans: [everything(tokens)] };
  const local = { ...tokenRows, spans: pattern.local };
  const sparse: KeySource<Floats, Integers>[] = [];
  if (pattern.sparse.length > 0) {
    sparse.push({
      // With one token an entry the tokens are the list.
      ...(parameters.sparsity_factor === 1 ? tokenRows : entries()),
      spans: pattern.sparse,
    });
  }
  return backend.attend(query, [
    { first: 0, count: globals, sources: causal ? [globalKeys] : [globalKeys, allTokens] },
    { first: globals, count: tokens, sources: [globalKeys, ...sparse, local] },
  ], { heads });

  function entries(): Omit<KeySource<Floats, Integers>, "spans"> {
    const list = sparseList(backend, { ...input, first: globals, tokens }, parameters);
    return { ...list, first: 0, count: list.keys.dims[1] };
  }
}

function checkLength(tokens: number, parameters: LsgParameters): void {
  const { adaptive, block_size } = parameters;
  if (adaptive || isDense(tokens, parameters) || tokens % block_size === 0) return;
  throw new RangeError(
    `Cannot attend to ${tokens} tokens with adaptive off: wanted at most ${2 * block_size}, or a ` +
      `multiple of block_size ${block_size}; turn adaptive on to pad by itself`,
  );
}
