/**
 * Self-attention with rotary positions, over whole sequences.
 *
 * @module
 */
import { fullAttention } from "../attention/full/full_attention.ts";
import { ropeRotation } from "../attention/rotary/rope.ts";
import { rotaryTurns } from "../attention/rotary/rotation.ts";
import {
  selfExtendRotary,
  selfExtendTurns,
} from "../attention/self_extend/self_extend_attention.ts";
import type { SelfExtendOption } from "../attention/self_extend/self_extend_settings.ts";
import { largest } from "../base/largest.ts";
import type { Floats, Integers } from "../ops/backend.ts";
import type { BlockParts } from "./blocks.ts";
import type { TokenBatch } from "./inputs.ts";
import type { SelfAttention } from "./layer.ts";
import { selfExtendFor } from "./self_extend.ts";

export { checkSelfExtend } from "./self_extend.ts";

/**
 * Makes the self-attention of all layers for a batch. Positions count from each sequence's first
 * visible token.
 *
 * @param parts Backend and config.
 * @param batch Sizes and masks.
 * @param mask The same mask on the backend.
 * @param keep Called with tensors that outlive the call.
 * @param option Group and window; absent: ordinary positions for all pairs.
 * @returns The attention.
 */
export function rotaryAttention(
  { backend, config }: BlockParts,
  { batch, tokens, mask: visible }: TokenBatch,
  mask: Integers,
  keep: (tensor: Floats) => Floats,
  option?: SelfExtendOption,
): SelfAttention {
  const { is_decoder: causal, sliding_window: window, num_key_value_heads: keyHeads } = config;
  const firsts = Array.from(
    { length: batch },
    (_, b) => Math.max(0, visible.subarray(b * tokens, (b + 1) * tokens).indexOf(1)),
  );
  const starts = firsts.every((first) => first === firsts[0]) ? firsts.slice(0, 1) : firsts;
  const longest = largest(starts.map((start) => tokens - start));
  const rotation = ropeRotation(config.rope!, longest);
  const selfExtend = causal ? selfExtendFor(config, longest, option) : undefined;
  if (selfExtend) {
    const shape = { group: selfExtend.group_size, window: selfExtend.window_size };
    const turns = selfExtendTurns(backend, tokens, shape, rotation, starts);
    Object.values(turns).forEach(keep);
    return (projected) =>
      selfExtendRotary(backend, { ...projected, keyHeads, mask }, shape.window, turns);
  }
  const positions = starts.flatMap((start) =>
    Array.from({ length: tokens }, (_, token) => token - start)
  );
  const turns = keep(backend.floats(
    rotaryTurns(Int32Array.from(positions), rotation),
    [starts.length, tokens, 2 * rotation.frequencies.length],
  ));
  return (projected) =>
    backend.scope(() => {
      const query = backend.rotate(projected.query, turns, projected.heads);
      const key = backend.rotate(projected.key, turns, keyHeads);
      return fullAttention(backend, { ...projected, query, key, mask }, causal, window);
    });
}
