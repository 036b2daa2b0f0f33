/**
 * Long-document transformers: LSG attention, its models, tokenizers and pipelines.
 *
 * @example Fill in a word, with a model of the Hugging Face hub that reads 4,096 tokens
 * ```ts
 * import { pipeline } from "@lsg/core";
 *
 * // The first call downloads 0.5 GB into a cache; a folder's path does without a network.
 * const lsg = { max_sequence_length: 4096 };
 * using unmasker = await pipeline("fill-mask", "FacebookAI/roberta-base", { lsg });
 * console.log(await unmasker("She looked at him with a <mask> in her eyes.", { top_k: 3 }));
 * ```
 *
 * @example Without a network or a model: LSG attention of plain arrays
 * ```ts
 * import { lsgAttention } from "@lsg/core/functional";
 *
 * const rows = new Float32Array(1000 * 8).map(() => Math.random()); // 1,000 tokens, 2 heads of 4
 * const first = rows.slice(0, 8); // one global token
 * const { output } = await lsgAttention({
 *   query: rows,
 *   key: rows,
 *   value: rows,
 *   globalQuery: first,
 *   globalKey: first,
 *   globalValue: first,
 * }, {
 *   batch: 1,
 *   tokens: 1000,
 *   heads: 2,
 *   block_size: 64,
 *   sparse_block_size: 64,
 *   sparsity_factor: 4,
 * });
 * console.log(output.length); // 1,000 × 8
 * ```
 *
 * @module
 */
// Stars, and a file an area: a bundler that splits code then loads the areas that are used, while
// names listed here would let esbuild load at once whatever is imported later.
export * from "./exports/device.ts";
export * from "./exports/tensor.ts";
export * from "./exports/hub.ts";
export * from "./exports/models.ts";
export * from "./exports/generation.ts";
export * from "./exports/pipeline.ts";
export * from "./exports/pipelines.ts";
export * from "./exports/tokenizer.ts";
export * from "./exports/training.ts";

export type {
  ActivationName,
  AttendOptions,
  Backend,
  BackendName,
  DataType,
  Dense,
  FeatureMap,
  FeatureOptions,
  Floats,
  Integers,
  Lookup,
  MemoryUse,
  SelectShape,
  SparseList,
} from "./ops/backend.ts";
export type { ScopeResult } from "./tensor/tensor_scope.ts";
export type {
  AttendPart,
  AttentionName,
  AttentionOptions,
  KeySource,
  LsgParameters,
  Span,
  SparsityType,
} from "./attention/mod.ts";
export type {
  CheckpointFile,
  CheckpointSource,
  ConversionOptions,
  FileAmount,
  ModelConfig,
  ModelType,
  ProgressAmount,
  ProgressFile,
  ProgressInfo,
} from "./checkpoint/mod.ts";
export type { HubOptions } from "./hub/options.ts";
