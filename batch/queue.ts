/**
 * The queue of a batch in Redis: it says who works on which shard. What is done, the files say.
 *
 * @module
 */
import type { Queue, QueueOptions } from "bullmq";
import { needPackages } from "../base/need_packages.ts";
import type { BatchPlan } from "./batch_plan.ts";
import { PlannedShards } from "./planned_shards.ts";
import { ATTEMPTS } from "./local.ts";
import { connectRedis, QUEUE_PACKAGES, type RedisLink } from "./redis.ts";

/** Most jobs that wait in Redis; the other shards wait in the files. */
export const MOST_WAITING = 2000;

/** So many failed jobs are kept in Redis, with their reasons; the files keep all. */
const MOST_FAILED = 1000;

/** Milliseconds before a shard is tried again; twice as many before the third time. */
const BACKOFF = 2000;

/** Jobs that are sent to Redis together. */
const BULK = 500;

/** States of jobs that are still to be done. */
const OPEN_STATES = ["wait", "active", "delayed"] as const;

/** What is in Redis. */
export interface QueueCounts {
  /** The queue's name; BullMQ keeps the list of waiting jobs at `bull:NAME:wait`. */
  readonly name: string;
  /** Shards that wait for a worker. */
  readonly waiting: number;
  /** Shards that a worker has. */
  readonly active: number;
  /** Shards that failed and are tried again soon. */
  readonly delayed: number;
  /** Shards that failed three times. */
  readonly failed: number;
}

/** The queue of a batch. */
export class BatchQueue {
  /** BullMQ's queue. */
  readonly queue: Queue;
  /** The connection. */
  readonly link: RedisLink;

  private constructor(queue: Queue, link: RedisLink) {
    this.queue = queue;
    this.link = link;
  }

  /**
   * Opens the queue of a batch.
   *
   * @param plan The batch's plan.
   * @param link The connection to Redis, which the queue closes.
   * @returns The queue; the caller closes it.
   */
  static async open(plan: BatchPlan, link: RedisLink): Promise<BatchQueue> {
    const { Queue } = await needPackages("a queue", QUEUE_PACKAGES, import("bullmq"));
    const options: QueueOptions = {
      connection: link.client,
      // connectRedis has looked.
      skipVersionCheck: true,
      defaultJobOptions: {
        attempts: ATTEMPTS,
        backoff: { type: "exponential", delay: BACKOFF },
        removeOnComplete: true,
        removeOnFail: { count: MOST_FAILED },
      },
    };
    const queue: Queue = new Queue(`lsg-batch-${plan.id}`, options);
    // The connection tells of its errors itself.
    queue.on("error", () => {});
    return new BatchQueue(queue, link);
  }

  /** Counts the jobs. */
  async count(): Promise<QueueCounts> {
    const { wait, active, delayed, failed } = await this.queue.getJobCounts(
      ...OPEN_STATES,
      "failed",
    );
    return { name: this.queue.name, waiting: wait, active, delayed, failed };
  }

  /**
   * Queues shards that are not done, in their order, until {@linkcode MOST_WAITING} jobs are there.
   * Whoever works calls it, so that a Redis that lost everything is filled again.
   *
   * @param shards The shards.
   * @returns The number of shards that are neither done nor failed.
   */
  async fill(shards: PlannedShards): Promise<number> {
    // A shard that ends between these readings is in both, or in the second.
    const [open, failed]: [string[], string[]] = await Promise.all([
      this.queue.getRanges([...OPEN_STATES], 0, -1),
      this.queue.getRanges(["failed"], 0, -1),
    ]);
    const left = await shards.listLeft();
    const isOpen = new Set(open);
    const added = left.filter((id) => !isOpen.has(id))
      .slice(0, Math.max(0, MOST_WAITING - isOpen.size));
    // Without its file, a failure is forgotten: `lsg batch retry` removes it.
    const isForgotten = new Set(failed);
    for (const id of added) if (isForgotten.has(id)) await this.queue.remove(id);
    for (let first = 0; first < added.length; first += BULK) {
      const ids = added.slice(first, first + BULK);
      // A job of an id that is there already is not added.
      await this.queue.addBulk(
        ids.map((id) => ({ name: "shard", data: {}, opts: { jobId: id } })),
      );
    }
    return left.length;
  }

  /**
   * Takes the turn of filling: of many workers one at a time does it.
   *
   * @param milliseconds How long the others leave it to this one.
   * @returns Whether it is this one's turn.
   */
  async takeTurn(milliseconds: number): Promise<boolean> {
    const key = this.queue.toKey("filling");
    return await this.link.client.set(key, 1, "PX", milliseconds, "NX") === "OK";
  }

  /** Closes queue and connection, whether or not Redis answers. */
  close(): void {
    // The queue has no connection of its own.
    void this.queue.close().catch(() => {});
    this.link.client.disconnect();
  }
}

/**
 * Counts what is in the queue of a batch.
 *
 * @param out The folder of the batch.
 * @param redis The URL of Redis.
 * @param onWarning Called with warnings.
 * @returns The counts.
 * @throws {RangeError | SyntaxError} If there is no plan, or the URL is wrong.
 * @throws {RedisError} If Redis cannot be used.
 *
 * @example
 * ```ts
 * import { countQueue } from "@lsg/core/batch";
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(() => countQueue("no/such/folder", "redis://localhost"), RangeError, "no batch");
 * ```
 */
export function countQueue(
  out: string,
  redis: string,
  onWarning: (message: string) => void = () => {},
): Promise<QueueCounts> {
  return withQueue(out, redis, onWarning, (queue) => queue.count());
}

/**
 * Queues the first shards of a batch before any worker runs: a cluster that starts workers by the
 * length of the queue would wait for ever otherwise.
 *
 * @param out The folder of the batch.
 * @param redis The URL of Redis.
 * @param onWarning Called with warnings.
 * @returns The counts afterwards.
 * @throws {RangeError | SyntaxError} If there is no plan, or the URL is wrong.
 * @throws {RedisError} If Redis cannot be used.
 *
 * @example
 * ```ts
 * import { fillQueue } from "@lsg/core/batch";
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(() => fillQueue("no/such/folder", "redis://localhost"), RangeError, "no batch");
 * ```
 */
export function fillQueue(
  out: string,
  redis: string,
  onWarning: (message: string) => void = () => {},
): Promise<QueueCounts> {
  return withQueue(out, redis, onWarning, async (queue, planned) => {
    await queue.fill(planned);
    return await queue.count();
  });
}

async function withQueue<Result>(
  out: string,
  redis: string,
  onWarning: (message: string) => void,
  use: (queue: BatchQueue, planned: PlannedShards) => Promise<Result>,
): Promise<Result> {
  const planned = await PlannedShards.read(out);
  const queue = await BatchQueue.open(planned.plan, await connectRedis(redis, onWarning));
  try {
    return await use(queue, planned);
  } finally {
    queue.close();
  }
}
