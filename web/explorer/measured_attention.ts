/**
 * One pass of attention with random numbers, for each pattern of the explorer.
 *
 * @module
 */
import { bigbirdAttention } from "../../functional/bigbird_attention.ts";
import { fullAttention } from "../../functional/full_attention.ts";
import { longformerAttention } from "../../functional/longformer_attention.ts";
import { lsgAttention } from "../../functional/lsg_attention.ts";
import { lsgLayer } from "../../functional/lsg_layer.ts";
import { selfExtendRotary } from "../../functional/self_extend_attention.ts";
import type { Backend } from "../../ops/backend.ts";
import { Random } from "../../tensor/random.ts";
import { positionsOf, type Values } from "./patterns.ts";

/** Heads and columns of a head: those of the embedded model. */
export const MEASURED_SHAPE = { heads: 4, width: 64 };

/**
 * Prepares a pass.
 *
 * @param pattern Name of the pattern.
 * @param values Its choices; there are always four heads.
 * @param backend Backend that computes.
 * @returns Computes the pass.
 */
export function preparePass(
  pattern: string,
  values: Values,
  backend: Backend,
): () => Promise<unknown> {
  const { heads, width } = MEASURED_SHAPE;
  // Choices of the drawing that the functions do not take.
  const { head: _head, global, ...choices } = values;
  const { tokens } = choices;
  const random = new Random(0);
  const rows = (count = tokens) => random.normals(count * heads * width);
  const input = { query: rows(), key: rows(), value: rows() };
  const shape = { ...choices, heads, batch: 1, backend };
  switch (pattern) {
    case "lsg": {
      const { num_global_tokens: globals } = values;
      const global = {
        globalQuery: rows(globals),
        globalKey: rows(globals),
        globalValue: rows(globals),
      };
      return () => lsgAttention({ ...input, ...global }, shape);
    }
    case "lsg-layer": {
      const { sparsity_type, seed: _seed, ...layer } = shape;
      if (sparsity_type === "lsh") throw new RangeError("Cannot use lsh in the stand-alone layer");
      return () => lsgLayer(input, { ...layer, sparsity_type });
    }
    case "longformer": {
      const isGlobal = new Int32Array(tokens);
      for (const position of positionsOf(global)) isGlobal[position] = 1;
      const { query, key, value } = input;
      const more = { queryGlobal: query, keyGlobal: key, valueGlobal: value };
      return () => longformerAttention({ ...input, ...more, globalMask: isGlobal }, shape);
    }
    case "bigbird":
      return () => bigbirdAttention(input, shape);
    case "self-extend":
      return () => selfExtendRotary(input, shape);
    case "full": {
      // Beside any pattern, whose other choices mean nothing here.
      const { causal } = values;
      return () => fullAttention(input, { batch: 1, tokens, heads, causal, backend });
    }
    default:
      throw new RangeError(`Cannot measure the pattern ${pattern}: wanted a known one`);
  }
}
