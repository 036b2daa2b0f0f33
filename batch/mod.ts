/**
 * Batches: millions of documents in files, divided into shards that workers do.
 *
 * @module
 */
export { DiskFullError, InputChangedError, ParametersError } from "./errors.ts";
export type { WorkerModelOptions } from "./load_model.ts";
export { type LocalProgress, type LocalReport, runLocal, type RunLocalOptions } from "./local.ts";
export { mergeBatch, type MergeReport } from "./merge.ts";
export { type BatchSettings, planBatch, type PlanReport } from "./plan.ts";
export type { ResultFormat } from "./batch_plan.ts";
export { countQueue, fillQueue, type QueueCounts } from "./queue.ts";
export { RedisError } from "./redis.ts";
export { retryBatch, type RetryOptions } from "./retry.ts";
export type { ShardReport } from "./shard_files.ts";
export { type BatchStatus, readStatus } from "./status.ts";
export type { HostedTask } from "../hosting/tasks.ts";
export type { BackendName } from "../ops/backend.ts";
export type { WorkReport, WorkSettings } from "./work.ts";
export { runWorker } from "./worker.ts";
