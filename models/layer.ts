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
import { type BlockParts, feedForward, linear, norm, splitColumns } from "./blocks.ts";

/**
 * Self-attention of one layer: `[batch, rows, heads·width]` from query, key and value, which it may
 * dispose of, and for further projections from the rows that these were projected from.
 */
export type SelfAttention = (projected: Projected, input: Floats) => Floats;

/** The rows that are wanted of a layer's output. */
export interface WantedRows {
  /** Picks them: `[batch, rows, width]` → `[batch, picked, width]`. */
  readonly pick: (rows: Floats) => Floats;
  /** The row after the last of them. */
  readonly until: number;
}

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
 * @param wanted The rows that are wanted; absent: all. The others are only attended to.
 * @returns `[batch, rows, hidden_size]`, the wanted rows.
 * @throws {TypeError} If the layer has cross-attention but no memory, or the other way around.
 */
export function runLayer(
  parts: BlockParts,
  names: LayerNames,
  x: Floats,
  attend: SelfAttention,
  crossAttend?: CrossAttention,
  wanted?: WantedRows,
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
  const { backend, family, config } = parts;
  const keyHeads = config.num_key_value_heads;
  const attended = (input: Floats) =>
    mix(parts, attention, () => {
      // Normed rows are not the residual; only second projections read them again.
      const isRead = input !== x && !attention.global;
      const projected = projectRows(parts, attention, input, isRead);
      return attend({ ...projected, heads, keyHeads, dropout, until: wanted?.until }, input);
    }, wanted);
  const isParallel = family.residual === "parallel" ||
    family.residual === "config" && config.use_parallel_residual;
  return backend.scope(() => {
    if (isParallel) {
      const own = backend.scope(() => attended(normed(parts, attention.norm, x)));
      const residual = wanted ? wanted.pick(x) : x;
      const sum = backend.add(residual, own);
      return backend.add(sum, feedForward(parts, forward, norm(parts, forward.norm, residual)));
    }
    let rows = addPart(
      parts,
      attention.norm,
      x,
      attended,
      wanted,
    );
    if (crossAttention && crossAttend) {
      rows = addPart(
        parts,
        crossAttention.norm,
        rows,
        (input) =>
          mix(
            parts,
            crossAttention,
            () => crossAttend(linear(parts, crossAttention.query, input)),
          ),
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

/**
 * Post-norm is `norm(x + part(x))`, pre-norm `x + part(norm(x))`; of wanted rows, if the part makes
 * these alone.
 */
function addPart(
  parts: BlockParts,
  name: string | undefined,
  x: Floats,
  part: (input: Floats) => Floats,
  wanted?: WantedRows,
): Floats {
  const { backend, family } = parts;
  return backend.scope(() => {
    const residual = wanted ? wanted.pick(x) : x;
    return family.norm === "post"
      ? normed(parts, name, part(x), residual)
      : backend.add(residual, part(normed(parts, name, x)));
  });
}

/** The norm; x itself, or the sum, where there is none. */
function normed(
  parts: BlockParts,
  name: string | undefined,
  x: Floats,
  residual?: Floats,
): Floats {
  if (name !== undefined) return norm(parts, name, x, residual);
  return residual ? parts.backend.add(residual, x) : x;
}

/** Queries, keys and values of rows, `[batch, rows, heads·width]` each; disposes of rows if told to. */
function projectRows(
  parts: BlockParts,
  names: AttentionNames,
  input: Floats,
  disposes: boolean,
): Pick<Projected, "query" | "key" | "value"> {
  const { queryNorm, keyNorm } = names;
  const isOne = names.query === names.key;
  const layers = isOne ? [names.query] : [names.query, names.key, names.value];
  const made = layers.map((name) => linear(parts, name, input));
  if (disposes) input.dispose();
  const [query, key, value] = isOne
    ? splitColumns(parts.backend, made[0], 3, names.byHead && parts.config.head_dim)
    : made;
  if (isOne) made[0].dispose();
  return { query: normHeads(parts, queryNorm, query), key: normHeads(parts, keyNorm, key), value };
}

/** The norm of each head, instead of x; x itself where there is none. */
function normHeads(parts: BlockParts, name: string | undefined, x: Floats): Floats {
  if (name === undefined) return x;
  const width = parts.config.head_dim;
  const normed = norm(parts, name, x.reshape([x.size / width, width]));
  x.dispose();
  return normed.reshape(x.dims);
}

/** An attention and the projection of its output. */
function mix(
  parts: BlockParts,
  names: AttentionNames,
  attend: () => Floats,
  wanted?: WantedRows,
): Floats {
  // A scope of its own: the tensors inside attention are most of the memory of a pass.
  const mixed = parts.backend.scope(() => {
    const all = attend();
    return wanted ? wanted.pick(all) : all;
  });
  return dropOut(parts, "attention", linear(parts, names.output, mixed));
}
