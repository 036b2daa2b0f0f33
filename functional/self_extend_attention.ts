/**
 * Self-Extend on plain arrays.
 *
 * @module
 */
import {
  selfExtendAdditive as composeAdditive,
  type SelfExtendInput,
  selfExtendRotary as composeRotary,
  type SelfExtendShape,
  selfExtendTurns,
} from "../attention/self_extend/self_extend_attention.ts";
import { plainRotation } from "../attention/rotary/rotation.ts";
import {
  type Arrays,
  type AttentionInput,
  type AttentionShape,
  checkCall,
  checkHeads,
  type Checks,
  onArrays,
  SHAPE_CHECKS,
} from "./arrays.ts";
import { openReference } from "./reference.ts";

export type { SelfExtendShape };

/** Sizes, group, window and rotary base. */
export interface SelfExtendRotaryShape extends AttentionShape, SelfExtendShape {
  /** Number of key and value heads; `heads` if absent. */
  readonly keyHeads?: number;
  /** Base of the wavelengths; 10000 if absent. */
  readonly rope_theta?: number;
}

const ROTARY_CHECKS: Checks<SelfExtendRotaryShape> = {
  ...SHAPE_CHECKS,
  group: undefined,
  window: undefined,
  keyHeads: undefined,
  rope_theta: undefined,
};

/** Sizes, group, window and the norm before positions are added. */
export interface SelfExtendAdditiveShape extends AttentionShape, SelfExtendShape {
  /** One LayerNorm (ε 1e-5) for queries and keys, each `[width]`; none if absent. */
  readonly norm?: { readonly weight: Float32Array; readonly bias: Float32Array };
}

const ADDITIVE_CHECKS: Checks<SelfExtendAdditiveShape> = {
  ...SHAPE_CHECKS,
  group: undefined,
  window: undefined,
  norm: undefined,
};

/**
 * Causal attention where pairs that are `window` or more apart use grouped rotary positions, as
 * in LongLM (Jin et al., 2024).
 *
 * @param input Unrotated queries `[batch, tokens, heads·width]`, keys and values
 * `[batch, tokens, keyHeads·width]`, mask `[batch, tokens]`.
 * @param shape Sizes, group, window and base.
 * @returns `[batch, tokens, heads·width]`.
 * @throws {RangeError} If group or window is not a whole number ≥ 1 or an array does not fit.
 *
 * @example The first token attends to itself alone
 * ```ts
 * import { selfExtendRotary } from "@lsg/core/functional";
 * import { assertEquals } from "@std/assert";
 *
 * const x = new Float32Array([1, 2, 3, 4, 5, 6]);
 * const shape = { batch: 1, tokens: 3, heads: 1, group: 2, window: 2 };
 * const output = await selfExtendRotary({ query: x, key: x, value: x }, shape);
 * assertEquals([...output.subarray(0, 2)], [1, 2]);
 * ```
 */
export async function selfExtendRotary(
  input: AttentionInput,
  shape: SelfExtendRotaryShape,
): Promise<Float32Array> {
  shape = checkCall(input, shape, ROTARY_CHECKS);
  const { heads, keyHeads = heads, rope_theta = 10000 } = shape;
  return await onArrays(shape, openReference, (arrays) => {
    const tensors = tensorsOf(arrays, input, shape, keyHeads);
    const rotation = plainRotation(rope_theta, tensors.query.dims[2] / heads);
    const turns = selfExtendTurns(arrays.backend, shape.tokens, shape, rotation);
    return composeRotary(arrays.backend, tensors, shape.window, turns);
  });
}

/**
 * Self-Extend with sinusoidal positions added to queries and keys, one head and no `1/√width`, as
 * in the package `selfextend`.
 *
 * @param input Queries, keys and values `[batch, tokens, width]`, mask `[batch, tokens]`.
 * @param shape Sizes (`heads` must be 1), group, window and norm.
 * @returns `[batch, tokens, width]`.
 * @throws {RangeError} If there is more than one head, group or window is not a whole number ≥ 1,
 * or an array does not fit.
 *
 * @example The first token attends to itself alone
 * ```ts
 * import { selfExtendAdditive } from "@lsg/core/functional";
 * import { assertEquals } from "@std/assert";
 *
 * const x = new Float32Array([1, 2, 3, 4, 5, 6]);
 * const shape = { batch: 1, tokens: 3, heads: 1, group: 2, window: 2 };
 * const output = await selfExtendAdditive({ query: x, key: x, value: x }, shape);
 * assertEquals([...output.subarray(0, 2)], [1, 2]);
 * ```
 */
export async function selfExtendAdditive(
  input: AttentionInput,
  shape: SelfExtendAdditiveShape,
): Promise<Float32Array> {
  shape = checkCall(input, shape, ADDITIVE_CHECKS);
  if (shape.heads !== 1) {
    throw new RangeError(`Cannot add positions with heads ${shape.heads}: this form has one head`);
  }
  return await onArrays(shape, openReference, (arrays) => {
    const { backend } = arrays;
    const tensors = tensorsOf(arrays, input, shape, 1);
    if (!shape.norm) return composeAdditive(backend, tensors, shape);
    const width = tensors.query.dims[2];
    const weight = arrays.floats(shape.norm.weight, [width]);
    const bias = arrays.floats(shape.norm.bias, [width]);
    const query = backend.layerNorm(tensors.query, weight, bias, 1e-5);
    const key = backend.layerNorm(tensors.key, weight, bias, 1e-5);
    return composeAdditive(backend, { ...tensors, query, key }, shape);
  });
}

function tensorsOf(
  arrays: Arrays,
  input: AttentionInput,
  shape: AttentionShape,
  keyHeads: number,
): SelfExtendInput {
  const { tokens, heads } = shape;
  const query = arrays.rows("query", input.query, tokens);
  const key = arrays.rows("key", input.key, tokens);
  const value = arrays.rows("value", input.value, tokens);
  checkHeads({ query }, heads);
  checkHeads({ key, value }, keyHeads);
  const sameWidth = query.dims[2] / heads === key.dims[2] / keyHeads;
  if (!Number.isInteger(keyHeads) || heads % keyHeads !== 0 || !sameWidth) {
    throw new RangeError(
      `Cannot attend with ${heads} heads of ${query.dims[2]} columns to ${keyHeads} key heads of ` +
        `${key.dims[2]}: wanted a divisor of the heads, and heads of the same width`,
    );
  }
  return { query, key, value, mask: arrays.mask("mask", input.mask), heads, keyHeads };
}
