/**
 * Batches: millions of documents in files, divided into shards that workers do.
 *
 * @module
 */
export type {
  Answered,
  BatchReport,
  HostedModel,
  HostedModelEvents,
  HostedTask,
  Method,
  ModelInfo,
  ModelRequest,
} from "../hosting/mod.ts";
export type { BackendName, DataType } from "../ops/backend.ts";
export { DiskFullError, InputChangedError } from "./errors.ts";
export { loadPlannedModel, type WorkerModelOptions } from "./load_model.ts";
export { type LocalProgress, type LocalReport, runLocal, type RunLocalOptions } from "./local.ts";
export { mergeBatch, type MergeReport } from "./merge.ts";
export { type BatchSettings, planBatch } from "./plan.ts";
export {
  type BatchInput,
  type BatchModel,
  type BatchPlan,
  readPlan,
  readShards,
  type ResultFormat,
  type Shard,
  type ShardFile,
  type ShardLines,
  type ShardRows,
} from "./plan_files.ts";
export { countQueue, fillQueue, type QueueCounts } from "./queue.ts";
export { RedisError } from "./redis.ts";
export { retryBatch, type RetryOptions } from "./retry.ts";
export { runShard, type RunShardOptions, type ShardProgress } from "./run_shard.ts";
export { type FailedShard, isDone, listDone, listFailed, type ShardReport } from "./shard_files.ts";
export { type BatchStatus, readStatus } from "./status.ts";
export { runWorker, type WorkReport, type WorkSettings } from "./worker.ts";
