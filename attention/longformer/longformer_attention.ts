/**
 * Longformer attention.
 *
 * @module
 */
import { nextDropout } from "../../ops/dropout.ts";
import { everything, slidingWindow } from "../../ops/span.ts";
import type { Backend, Floats, Integers } from "../../ops/backend.ts";
import type { Projected } from "../full/full_attention.ts";

/** Projected tokens, with masks. */
export interface LongformerInput extends Omit<Projected, "mask"> {
  /** The second projections; absent where no token is global. */
  readonly global?: GlobalProjections;
  /** The masks. */
  readonly masks: LongformerMasks<Integers>;
}

/** Operands of the global tokens' own attention. */
export interface GlobalProjections {
  /** `[batch, globals, heads·width]`: rows as in `globalRows`. */
  readonly query: Floats;
  /** `[batch, tokens, heads·width]`: keys of the global queries. */
  readonly key: Floats;
  /** `[batch, tokens, heads·width]`. */
  readonly value: Floats;
}

/** Masks and rows of visible and of global tokens. */
export type LongformerMasks<Mask> = {
  /** `[batch, tokens]`: 1 visible. */
  readonly visible: Mask;
  /** `[batch, tokens]`: 1 visible and not global. */
  readonly local: Mask;
  /** `[batch, globals]`: the rows of global tokens, −1 where a sequence has fewer. */
  readonly globalRows: Mask;
  /** `[batch, globals]`: 1 where there is a row. */
  readonly globalMask: Mask;
};

/**
 * A sliding window and global tokens (Beltagy et al., 2020).
 *
 * Ordinary queries see their window and the global tokens, through the ordinary projections; the
 * rows of global tokens are then replaced by dense attention with projections of their own.
 * Masked rows are zero.
 *
 * @param backend Backend that runs the operations.
 * @param input Projected tokens and masks.
 * @param attentionWindow Width of the window, both sides together; even.
 * @returns `[batch, tokens, heads·width]`.
 * @throws {RangeError} If the window is not even and positive.
 */
export function longformerAttention(
  backend: Backend,
  input: LongformerInput,
  attentionWindow: number,
): Floats {
  const { query, key, value, global, heads, masks } = input;
  if (!Number.isInteger(attentionWindow) || attentionWindow <= 0 || attentionWindow % 2 !== 0) {
    throw new RangeError(
      `Cannot use attention_window ${attentionWindow}: wanted an even number above 0`,
    );
  }
  const tokens = key.dims[1];
  const side = attentionWindow / 2;
  const globals = masks.globalRows.dims[1];
  const window = {
    keys: key,
    values: value,
    first: 0,
    count: tokens,
    mask: masks.local,
    spans: [slidingWindow(side, side)],
  };
  const options = {
    heads,
    queryMask: masks.visible,
    dropout: nextDropout(backend, input.dropout),
  };
  if (!global) {
    return backend.attend(query, [{ first: 0, count: tokens, sources: [window] }], options);
  }
  return backend.scope(() => {
    const globalKeys = {
      keys: backend.gatherRows(key, masks.globalRows),
      values: backend.gatherRows(value, masks.globalRows),
      first: 0,
      count: globals,
      mask: masks.globalMask,
      spans: [everything(globals)],
    };
    const part = { first: 0, count: tokens, sources: [globalKeys, window] };
    const output = backend.attend(query, [part], options);
    const dense = {
      keys: global.key,
      values: global.value,
      first: 0,
      count: tokens,
      mask: masks.visible,
      spans: [everything(tokens)],
    };
    const globalPart = { first: 0, count: globals, sources: [dense] };
    const globalOutput = backend.attend(global.query, [globalPart], {
      heads,
      dropout: nextDropout(backend, input.dropout),
    });
    return backend.scatterRows(output, masks.globalRows, globalOutput);
  });
}
