/**
 * Longformer attention on plain arrays.
 *
 * @module
 */
import { longformerRows } from "../attention/longformer/longformer_masks.ts";
import { longformerAttention as compose } from "../attention/longformer/longformer_attention.ts";
import {
  type AttentionInput,
  type AttentionShape,
  checkCall,
  checkHeads,
  type Checks,
  onArrays,
  SHAPE_CHECKS,
} from "./arrays.ts";
import { openLongformerReference } from "./longformer_operations.ts";

/** Both sets of projections, and which tokens are global. */
export interface LongformerAttentionInput extends AttentionInput {
  /** `[batch, tokens, heads·width]`: queries of global tokens; other rows are not read. */
  readonly queryGlobal: Float32Array;
  /** `[batch, tokens, heads·width]`: keys that global tokens attend to. */
  readonly keyGlobal: Float32Array;
  /** `[batch, tokens, heads·width]`: values that global tokens attend to. */
  readonly valueGlobal: Float32Array;
  /** `[batch, tokens]`: 1 global, 0 not; absent: no token is global. */
  readonly globalMask?: Int32Array;
}

/** Sizes and window. */
export interface LongformerAttentionShape extends AttentionShape {
  /** Width of the window, both sides together; an even number. */
  readonly attention_window: number;
}

const ARRAYS = ["queryGlobal", "keyGlobal", "valueGlobal", "globalMask"];

const CHECKS: Checks<LongformerAttentionShape> = {
  ...SHAPE_CHECKS,
  attention_window: undefined,
};

/**
 * Longformer attention: a sliding window and global tokens (Beltagy et al., 2020).
 *
 * @param input Both sets of projections, not yet divided by √width, and masks.
 * @param shape Sizes and window.
 * @returns `[batch, tokens, heads·width]`; masked rows are zero.
 * @throws {RangeError} If the window is not even and positive or an array does not fit the shape.
 *
 * @example A window of one token on each side
 * ```ts
 * import { longformerAttention } from "@lsg/core/functional";
 * import { assertEquals } from "@std/assert";
 *
 * const x = new Float32Array([0, 3, 6, 9]);
 * const none = new Float32Array(4);
 * const output = await longformerAttention(
 *   { query: none, key: x, value: x, queryGlobal: none, keyGlobal: x, valueGlobal: x },
 *   { batch: 1, tokens: 4, heads: 1, attention_window: 2 },
 * );
 * assertEquals([...output], [1.5, 3, 6, 7.5]);
 * ```
 */
export async function longformerAttention(
  input: LongformerAttentionInput,
  shape: LongformerAttentionShape,
): Promise<Float32Array> {
  shape = checkCall(input, shape, CHECKS, ARRAYS);
  const { batch, tokens, heads, attention_window } = shape;
  return await onArrays(shape, openLongformerReference, (arrays) => {
    const rows = (name: Exclude<keyof LongformerAttentionInput, "mask" | "globalMask">) =>
      arrays.rows(name, input[name], tokens);
    const [query, key, value] = [rows("query"), rows("key"), rows("value")];
    const [queryGlobal, keyGlobal, valueGlobal] = [
      rows("queryGlobal"),
      rows("keyGlobal"),
      rows("valueGlobal"),
    ];
    checkHeads({ query, key, value, queryGlobal, keyGlobal, valueGlobal }, heads);
    const visible = arrays.maskValues("mask", input.mask);
    const none = new Int32Array(batch * tokens);
    const globalMask = arrays.maskValues("globalMask", input.globalMask ?? none);
    const sorted = longformerRows(visible, globalMask, batch);
    const masks = {
      visible: arrays.integers(visible, [batch, tokens]),
      local: arrays.integers(sorted.local, [batch, tokens]),
      globalRows: arrays.integers(sorted.globalRows, [batch, sorted.globals]),
      globalMask: arrays.integers(sorted.globalMask, [batch, sorted.globals]),
    };
    return compose(arrays.backend, {
      query,
      key,
      value,
      global: sorted.globals === 0 ? undefined : {
        query: arrays.backend.gatherRows(queryGlobal, masks.globalRows),
        key: keyGlobal,
        value: valueGlobal,
      },
      heads,
      masks,
    }, attention_window);
  });
}
