/**
 * A worker: it takes shards from the queue until all are done.
 *
 * @module
 */
import {
  CALLBACK,
  checkOptions,
  countFrom,
  type OptionCheck,
  SIGNAL,
  TEXT,
} from "../base/check_options.ts";
import { MODEL_CHECKS } from "./load_model.ts";
import { PlannedShards } from "./planned_shards.ts";
import { BatchQueue } from "./queue.ts";
import { awaitRedis } from "./redis.ts";
import { reportOf, Work, type WorkReport, type WorkSettings } from "./work.ts";

/**
 * Works on a batch until all of its shards are done or are given up after three attempts.
 *
 * It needs the packages bullmq and ioredis. Any number of workers may run, on machines that share the
 * files and the Redis; one that is killed at any time leaves nothing half written, and its shard is
 * done by another one. A worker that cannot write (its disk is full, say) gives its shard back and
 * throws.
 *
 * @param out The folder of the batch, which `planBatch` has made.
 * @param given Redis, and how to work.
 * @returns What it did.
 * @throws {TypeError | RangeError | SyntaxError} If a setting or the plan is wrong.
 * @throws {RedisError} If Redis cannot be reached in the first ten seconds; later the worker waits for it.
 * @throws {DiskFullError} If this worker's disk takes no more.
 *
 * @example
 * ```ts
 * import { runWorker } from "@lsg/core/batch";
 * import { assertRejects } from "@std/assert";
 *
 * const work = () => runWorker("no/such/folder", { redis: "redis://localhost" });
 * await assertRejects(work, RangeError, "no batch");
 * ```
 */
export async function runWorker(out: string, given: WorkSettings): Promise<WorkReport> {
  const settings = checkOptions("Cannot work", given, {
    ...MODEL_CHECKS,
    redis: TEXT,
    concurrency: countFrom(1),
    lock_seconds: secondsFrom(1),
    drain_timeout: secondsFrom(0),
    signal: SIGNAL,
    onShard: CALLBACK,
    onWarning: CALLBACK,
  });
  const planned = await PlannedShards.read(out);
  const { redis, onWarning = () => {}, signal } = settings;
  const link = await awaitRedis(redis, onWarning, signal).catch((error) => {
    if (!signal?.aborted) throw error;
  });
  if (!link) return await reportOf(planned, { shards: 0, documents: 0, failed: 0 });
  const queue = await BatchQueue.open(planned.plan, link);
  try {
    return await new Work(out, planned, queue, settings).run();
  } finally {
    queue.close();
  }
}

/** Seconds from a minimum to a day. */
function secondsFrom(minimum: number): OptionCheck {
  return {
    type: "number",
    wanted: `${minimum} … 86400`,
    accepts: (value) => Number(value) >= minimum && Number(value) <= 86_400,
  };
}
