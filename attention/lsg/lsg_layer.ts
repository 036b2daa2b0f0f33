/**
 * The stand-alone LSG layer: no global embedding, token 0 may be the global.
 *
 * @module
 */
import type { KeySource } from "../../ops/attend_plan.ts";
import type { LsgShape } from "./lsg_pattern.ts";
import { isDense, lsgPattern } from "./lsg_pattern.ts";
import { everything } from "../../ops/span.ts";
import type { Backend, Floats, Integers } from "../../ops/backend.ts";
import { fullAttention, type Projected } from "../full/full_attention.ts";
import { sparseSources } from "./sparse_list.ts";

/** Projected tokens, and whether token 0 is global. */
export interface LsgLayerInput extends Projected {
  /** `[batch, tokens]`: 1 visible, 0 padding. */
  readonly mask: Integers;
  /** The same with token 0 masked: the mask of everything but the global. */
  readonly maskWithoutFirst: Integers;
  /** Whether a token sees nothing after itself. */
  readonly causal: boolean;
  /** Whether token 0 is global. */
  readonly globalToken: boolean;
}

/**
 * LSG attention inside any model.
 *
 * A global token 0 is never masked as the global and always masked as a token, so every query sees
 * it once.
 *
 * @param backend Backend that runs the operations.
 * @param input Projected tokens.
 * @param shape Checked parameters; the sparse block is as large as the block.
 * @returns `[batch, tokens, heads·width]`.
 */
export function lsgLayer(backend: Backend, input: LsgLayerInput, shape: LsgShape): Floats {
  const { query, key, value, heads, causal, globalToken } = input;
  const tokens = key.dims[1];
  if (isDense(tokens, shape)) return fullAttention(backend, input, causal);

  const mask = globalToken ? input.maskWithoutFirst : input.mask;
  const pattern = lsgPattern(tokens, shape, causal);
  const rows = { keys: key, values: value, first: 0, count: tokens, mask };
  const globals: KeySource<Floats, Integers>[] = globalToken
    ? [{ keys: key, values: value, first: 0, count: 1, spans: [everything(1)] }]
    : [];
  const sparse = sparseSources(
    backend,
    { ...input, mask, first: 0, tokens },
    shape,
    pattern.sparse,
  );
  const sources = [...globals, ...sparse, { ...rows, spans: pattern.local }];
  if (!globalToken) {
    return backend.attend(query, [{ first: 0, count: tokens, sources }], { heads });
  }
  const first = causal ? globals : [...globals, { ...rows, spans: [everything(tokens)] }];
  return backend.attend(query, [
    { first: 0, count: 1, sources: first },
    { first: 1, count: tokens - 1, position: 1, sources },
  ], { heads });
}
