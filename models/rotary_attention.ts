/**
 * Self-attention with rotary positions, over whole sequences.
 *
 * @module
 */
import { scoresOf } from "../attention/full/byte_keys.ts";
import { fullAttention } from "../attention/full/full_attention.ts";
import { lsgAttention } from "../attention/lsg/lsg_attention.ts";
import { isDense } from "../attention/lsg/lsg_pattern.ts";
import { type Rope, ropeRotation } from "../attention/rotary/rope.ts";
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
 * Checks that queries and keys can be rotated: global tokens in front of a text, pooled keys and other
 * substitutes for attention have no angle.
 *
 * @param parts Config and family.
 * @param replacement What replaces the model's attention.
 * @throws {RangeError} If they cannot.
 */
export function checkRotary(
  { config: { lsg, attention_window }, family: { className, embeddings } }: BlockParts,
  replacement: string | undefined,
): void {
  const other = replacement ?? (lsg && embeddings.global && "LSG") ??
    (attention_window && "Longformer's");
  if (lsg && (lsg.mask_first_token || !lsg.adaptive)) {
    throw new RangeError(
      `Cannot use LSG in ${className} with ${
        lsg.adaptive ? "mask_first_token" : "adaptive off"
      }: its first tokens are the global ones`,
    );
  }
  if (!other) return;
  throw new RangeError(
    `Cannot rotate queries and keys of ${className}: its attention is ${other}, wanted full ` +
      "attention for rotary positions",
  );
}

/** What the attention of a batch is made of. */
export interface RotaryPass {
  /** Sizes and masks. */
  readonly batch: TokenBatch;
  /** The same mask on the backend. */
  readonly mask: Integers;
  /** Called with tensors that outlive the call. */
  readonly keep: <Kept extends Floats | Integers>(tensor: Kept) => Kept;
  /** Group and window of a causal attention; absent: ordinary positions for all pairs. */
  readonly selfExtend?: SelfExtendOption;
  /** Of LSG with `lsh`: each layer's projections. */
  readonly projections: readonly (readonly Floats[])[];
}

/**
 * Makes the self-attention of all layers for a batch. Positions count from each sequence's first
 * visible token.
 *
 * @param parts Backend and config.
 * @param pass The batch.
 * @returns The attention of each layer.
 * @throws {RangeError} If a global token of LSG is masked.
 */
export function rotaryAttention(
  { backend, config }: BlockParts,
  { batch: sizes, mask, keep, selfExtend: option, projections }: RotaryPass,
): readonly SelfAttention[] {
  const { is_decoder: causal, sliding_window: window, num_key_value_heads: keyHeads } = config;
  const { num_hidden_layers: layers, local, lsg } = config;
  const { batch, tokens } = sizes;
  const firsts = Array.from(
    { length: batch },
    (_, b) => Math.max(0, sizes.mask.subarray(b * tokens, (b + 1) * tokens).indexOf(1)),
  );
  const starts = firsts.every((first) => first === firsts[0]) ? firsts.slice(0, 1) : firsts;
  const longest = largest(starts.map((start) => tokens - start));
  const selfExtend = causal ? selfExtendFor(config, longest, option) : undefined;
  if (selfExtend) {
    const shape = { group: selfExtend.group_size, window: selfExtend.window_size };
    const turns = selfExtendTurns(
      backend,
      tokens,
      shape,
      ropeRotation(config.rope!, longest),
      starts,
    );
    Object.values(turns).forEach(keep);
    return new Array<SelfAttention>(layers).fill((projected) =>
      selfExtendRotary(backend, { ...projected, keyHeads, mask }, shape.window, turns)
    );
  }
  const positions = Int32Array.from(
    starts.flatMap((start) => Array.from({ length: tokens }, (_, token) => token - start)),
  );
  const turnsOf = (rope: Rope) => {
    const rotation = ropeRotation(rope, longest);
    const dims = [starts.length, tokens, 2 * rotation.frequencies.length];
    return keep(backend.floats(rotaryTurns(positions, rotation), dims));
  };
  const turns = { all: turnsOf(config.rope!), near: local && turnsOf(local.rope) };
  const textMask = lsg && !isDense(tokens - lsg.num_global_tokens, lsg)
    ? keep(backend.integers(...maskOfText(sizes, lsg.num_global_tokens)))
    : undefined;
  const scores = keyHeads === config.num_attention_heads ? scoresOf(backend, causal) : undefined;
  return Array.from({ length: layers }, (_, layer) => (projected) =>
    backend.scope(() => {
      const near = local?.layers[layer] ? local : undefined;
      const used = near ? turns.near! : turns.all;
      const query = backend.rotate(projected.query, used, projected.heads);
      projected.query.dispose();
      const key = backend.rotate(projected.key, used, keyHeads);
      projected.key.dispose();
      const rotated = { ...projected, query, key, mask };
      if (near) return fullAttention(backend, rotated, causal, near.reach);
      if (!textMask) {
        return fullAttention(backend, { ...rotated, scores }, causal, window && window - 1);
      }
      const globals = lsg!.num_global_tokens;
      const input = { ...rotated, mask: textMask, globals, scores };
      return lsgAttention(backend, { ...input, projections: projections[layer] }, lsg!);
    }));
}

/** The mask behind the first tokens of each sequence, which are global and so always visible. */
function maskOfText(
  { batch, tokens, mask }: TokenBatch,
  globals: number,
): [Int32Array, number[]] {
  const rows = Array.from({ length: batch }, (_, b) => mask.subarray(b * tokens, (b + 1) * tokens));
  const hidden = rows.findIndex((row) => row.subarray(0, globals).includes(0));
  if (hidden >= 0) {
    throw new RangeError(
      `Cannot attend by LSG to sequence ${hidden}: its first ${globals} tokens are global, wanted ` +
        "them visible (padding behind the text, not before it)",
    );
  }
  return [Int32Array.from(rows.flatMap((row) => [...row.subarray(globals)])), [
    batch,
    tokens - globals,
  ]];
}
