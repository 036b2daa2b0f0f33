/**
 * Long-document transformers: LSG attention, its models, tokenizers and pipelines.
 *
 * @module
 */
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
export { DATA_TYPES } from "./tensor/data_type.ts";
export { availableBackends, BACKEND_NAMES, type BackendOptions, openBackend } from "./device.ts";
export type { ProgressAmount, ProgressFile, ProgressInfo } from "./checkpoint/progress_source.ts";
export { env, type HubEnvironment } from "./hub/env.ts";
export type { HubOptions } from "./hub/options.ts";
export * from "./models/mod.ts";
export * from "./pipelines/mod.ts";
export * from "./tensor/tensor.ts";
export type { ScopeResult } from "./tensor/tensor_scope.ts";
export * from "./tokenizer/mod.ts";
