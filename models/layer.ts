/**
 * One layer of a transformer: self-attention, attention to a memory where the family has it, and
 * feed-forward, each with its residual and its norm.
 *
 * @module
 */
import type { Projected } from "../attention/full/full_attention.ts";
import type { AttentionNames, LayerNames } from "../families/families.ts";
import type { Floats } from "../ops/backend.ts";
import { dropOut, dropoutRate } from "./dropout.ts";
import { type BlockParts, feedForward, linear, norm } from "./blocks.ts";

/**
 * Self-attention of one layer: `[batch, rows, heads·width]` from query, key and value, and for
 * further projections from the rows that these were projected from.
 */
export type SelfAttention = (projected: Projected, input: Floats) => Floats;

/** Attention to another sequence: `[batch, rows, heads·width]` from the queries. */
export type CrossAttention = (query: Floats) => Floats;

/**
 * Runs a layer.
 *
 * @param parts Backend, weights, config, family.
 * @param names The names in the layer.
 * @param x `[batch, rows, hidden_size]`.
 * @param attend The self-attention.
 * @param crossAttend The attention to a memory, for a layer that has it.
 * @returns `[batch, rows, hidden_size]`.
 * @throws {TypeError} If the layer has cross-attention but no memory, or the other way around.
 */
export function runLayer(
  parts: BlockParts,
  names: LayerNames,
  x: Floats,
  attend: SelfAttention,
  crossAttend?: CrossAttention,
): Floats {
  const { attention, crossAttention, feedForward: forward } = names;
  const heads = parts.config.num_attention_heads;
  const dropout = dropoutRate(parts, "weights");
  if (!crossAttention !== !crossAttend) {
    throw new TypeError(
      `Cannot run a layer ${crossAttention ? "with" : "without"} cross-attention and ` +
        `${crossAttend ? "a" : "no"} memory: wanted both or neither`,
    );
  }
  return parts.backend.scope(() => {
    let rows = addPart(
      parts,
      attention.norm,
      x,
      (input) =>
        project(parts, attention, input, (query) => {
          const { key, value } = projectMemory(parts, attention, input);
          return attend({ query, key, value, heads, dropout }, input);
        }),
    );
    if (crossAttention && crossAttend) {
      rows = addPart(
        parts,
        crossAttention.norm,
        rows,
        (input) => project(parts, crossAttention, input, crossAttend),
      );
    }
    return addPart(parts, forward.norm, rows, (input) => feedForward(parts, forward, input));
  });
}

/**
 * Projects rows to keys and values; those of a memory once for all rows that attend to it.
 *
 * @param parts Backend and weights.
 * @param names The names in the attention.
 * @param rows `[batch, rows, hidden_size]`: the encoder's output.
 * @returns `[batch, rows, heads·width]` each.
 */
export function projectMemory(
  parts: BlockParts,
  names: Pick<AttentionNames, "key" | "value">,
  rows: Floats,
): Pick<Projected, "key" | "value"> {
  return { key: linear(parts, names.key, rows), value: linear(parts, names.value, rows) };
}

/** Post-norm is `norm(x + part(x))`, pre-norm `x + part(norm(x))`. */
function addPart(
  parts: BlockParts,
  name: string,
  x: Floats,
  part: (input: Floats) => Floats,
): Floats {
  const { backend, family } = parts;
  return backend.scope(() =>
    family.norm === "post"
      ? norm(parts, name, part(x), x)
      : backend.add(x, part(norm(parts, name, x)))
  );
}

/** The query's projection before an attention, the output's after it. */
function project(
  parts: BlockParts,
  names: AttentionNames,
  input: Floats,
  attend: (query: Floats) => Floats,
): Floats {
  // A scope of its own: the tensors inside attention are most of the memory of a pass.
  const mixed = parts.backend.scope(() => attend(linear(parts, names.query, input)));
  return dropOut(parts, "attention", linear(parts, names.output, mixed));
}
