import type { SparsityType } from "../../attention/lsg/lsg_parameters.ts";
import { bigbirdAttention } from "../../functional/bigbird_attention.ts";
import { fullAttention } from "../../functional/full_attention.ts";
import { longformerAttention } from "../../functional/longformer_attention.ts";
import { lsgAttention } from "../../functional/lsg_attention.ts";
import { lsgLayer } from "../../functional/lsg_layer.ts";
import { selfExtendRotary } from "../../functional/self_extend_attention.ts";
import type { AttentionPattern } from "../../picture/attention_pattern.ts";
import { recordBigbird } from "../../picture/record_bigbird.ts";
import { recordLsg, recordLsgLayer } from "../../picture/record_lsg.ts";
import { recordFull, recordLongformer, recordSelfExtend } from "../../picture/record_patterns.ts";
import { Random } from "../../tensor/random.ts";

/** A recorded pattern, and the attention weights to compare it with. */
export interface PatternCase {
  name: string;
  pattern: () => AttentionPattern;
  /** Computes the weight of each key for equal scores, `[queries, keys]`; 0 if it is not seen. */
  weights: () => Promise<Float32Array>;
}

const HEADS = 3;
const HEAD = 1;
const SEED = 5;

/** Small cases of every pattern. */
export const CASES: PatternCase[] = [
  ...[[8, 8, 2, 48], [8, 8, 4, 45], [8, 4, 2, 33], [4, 8, 2, 31], [6, 6, 1, 25], [8, 8, 2, 16]]
    .flatMap((sizes) =>
      (["none", "norm", "pooling", "bos_pooling", "lsh", "stride", "block_stride"] as const)
        .flatMap((type) => [lsg(type, sizes, 2, false), lsg(type, sizes, 1, true)])
    ),
  lsg("norm", [8, 8, 2, 40], 1, false, true),
  lsg("pooling", [8, 8, 2, 40], 1, false, true),
  ...(["none", "norm", "pooling", "stride", "block_stride"] as const).flatMap((type) =>
    [[true, false, 45], [false, false, 40], [true, true, 33], [true, false, 9]].map((flags) =>
      layer(type, flags as [boolean, boolean, number])
    )
  ),
  longformer(33, 8, [0, 20]),
  longformer(20, 4, []),
  longformer(9, 64, [8]),
  bigbird(31, 2, 3),
  bigbird(41, 4, 1),
  bigbird(30, 4, 0),
  bigbird(22, 2, 3),
  selfExtend(40, 4, 8),
  selfExtend(7, 3, 12),
  full(24, false),
  full(17, true),
];

/** Makes `[rows, heads·columns]` in which each head's row is 1 in its own column, else 0. */
function oneHot(rows: number, columns: number, heads: number, first = 0): Float32Array {
  const values = new Float32Array(rows * heads * columns);
  for (let row = 0; row < rows; row++) {
    for (let h = 0; h < heads; h++) values[(row * heads + h) * columns + first + row] = 1;
  }
  return values;
}

/** Pads each number with zeros to `columns`, which keeps its norm. */
function widened(numbers: Float32Array, columns: number): Float32Array {
  const values = new Float32Array(numbers.length * columns);
  numbers.forEach((number, i) => values[i * columns] = number);
  return values;
}

function headOf(values: Float32Array, columns: number): number[] {
  return Array.from(values).filter((_, i) => Math.floor(i / columns) % HEADS === HEAD);
}

function lsg(
  sparsity_type: SparsityType,
  [block_size, sparse_block_size, sparsity_factor, tokens]: number[],
  num_global_tokens: number,
  causal: boolean,
  mask_first_token = false,
): PatternCase {
  const parameters = {
    block_size,
    sparse_block_size,
    sparsity_factor,
    sparsity_type,
    num_global_tokens,
    mask_first_token,
  };
  const columns = num_global_tokens + tokens;
  return {
    name: `lsg ${JSON.stringify({ ...parameters, tokens, causal })}`,
    pattern: () => recordLsg(parameters, { tokens, heads: HEADS, head: HEAD, causal, seed: SEED }),
    weights: async () => {
      const { globalOutput, output } = await lsgAttention({
        query: new Float32Array(tokens * HEADS * columns),
        key: widened(new Random(SEED).normals(tokens * HEADS), columns),
        value: oneHot(tokens, columns, HEADS, num_global_tokens),
        globalQuery: new Float32Array(num_global_tokens * HEADS * columns),
        globalKey: new Float32Array(num_global_tokens * HEADS * columns),
        globalValue: oneHot(num_global_tokens, columns, HEADS),
      }, { ...parameters, batch: 1, tokens, heads: HEADS, causal });
      return Float32Array.from([...headOf(globalOutput, columns), ...headOf(output, columns)]);
    },
  };
}

function layer(
  sparsity_type: Exclude<SparsityType, "lsh">,
  [global_token, causal, tokens]: [boolean, boolean, number],
): PatternCase {
  const parameters = { block_size: 8, sparsity_factor: 4, sparsity_type, global_token };
  return {
    name: `lsg-layer ${JSON.stringify({ ...parameters, tokens, causal })}`,
    pattern: () =>
      recordLsgLayer(parameters, { tokens, heads: HEADS, head: HEAD, causal, seed: SEED }),
    weights: async () => {
      const one = oneHot(tokens, tokens, 1);
      const output = await lsgLayer({
        query: new Float32Array(HEADS * tokens * tokens),
        key: widened(new Random(SEED).normals(HEADS * tokens), tokens),
        value: Float32Array.from({ length: HEADS * one.length }, (_, i) => one[i % one.length]),
      }, { ...parameters, batch: 1, tokens, heads: HEADS, causal });
      return output.slice(HEAD * one.length, (HEAD + 1) * one.length);
    },
  };
}

function longformer(tokens: number, attention_window: number, global: number[]): PatternCase {
  const zeros = new Float32Array(tokens * tokens);
  const value = oneHot(tokens, tokens, 1);
  const keys = { key: zeros, value, keyGlobal: zeros, valueGlobal: value };
  const globalMask = Int32Array.from({ length: tokens }, (_, i) => global.includes(i) ? 1 : 0);
  return {
    name: `longformer ${tokens} ${attention_window} [${global}]`,
    pattern: () => recordLongformer(tokens, attention_window, global),
    weights: () =>
      longformerAttention(
        { query: zeros, queryGlobal: zeros, ...keys, globalMask },
        { batch: 1, tokens, heads: 1, attention_window },
      ),
  };
}

function bigbird(tokens: number, block_size: number, num_random_blocks: number): PatternCase {
  const zeros = new Float32Array(tokens * HEADS * tokens);
  const parameters = { block_size, num_random_blocks };
  const sizes = { tokens, heads: HEADS, seed: SEED };
  return {
    name: `bigbird ${tokens} ${block_size} ${num_random_blocks}`,
    pattern: () => recordBigbird(parameters, { ...sizes, head: HEAD }),
    weights: async () => {
      const input = { query: zeros, key: zeros, value: oneHot(tokens, tokens, HEADS) };
      const output = await bigbirdAttention(input, { ...parameters, ...sizes, batch: 1 });
      return Float32Array.from(headOf(output, tokens));
    },
  };
}

function selfExtend(tokens: number, group: number, window: number): PatternCase {
  const columns = tokens + tokens % 2;
  const zeros = new Float32Array(tokens * columns);
  return {
    name: `self-extend ${tokens} ${group} ${window}`,
    pattern: () => recordSelfExtend(tokens, group, window),
    weights: async () => {
      const input = { query: zeros, key: zeros, value: oneHot(tokens, columns, 1) };
      const shape = { batch: 1, tokens, heads: 1, group, window };
      const output = await selfExtendRotary(input, shape);
      return output.filter((_, i) => i % columns < tokens);
    },
  };
}

function full(tokens: number, causal: boolean): PatternCase {
  const zeros = new Float32Array(tokens * tokens);
  const input = { query: zeros, key: zeros, value: oneHot(tokens, tokens, 1) };
  return {
    name: `full ${tokens} ${causal}`,
    pattern: () => recordFull(tokens, causal),
    weights: () => fullAttention(input, { batch: 1, tokens, heads: 1, causal }),
  };
}
