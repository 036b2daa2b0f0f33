/**
 * The work of one worker: shards from the queue, one after another.
 *
 * @module
 */
import type { Job, Worker, WorkerOptions } from "bullmq";
import { needPackages } from "../base/need_packages.ts";
import type { HostedModel } from "../hosting/mod.ts";
import { loadPlannedModel, type WorkerModelOptions } from "./load_model.ts";
import { ATTEMPTS } from "./local.ts";
import { isOwnFailure, OwnFailure } from "./own_failure.ts";
import type { Shard } from "./shard.ts";
import type { PlannedShards } from "./planned_shards.ts";
import { type BatchQueue, MOST_WAITING } from "./queue.ts";
import { QUEUE_PACKAGES } from "./redis.ts";
import { runShard } from "./run_shard.ts";
import { isDone, noteFailed, type ShardReport } from "./shard_files.ts";

/** Settings of a worker. */
export interface WorkSettings extends Omit<WorkerModelOptions, "onEnd" | "signal"> {
  /** The URL of Redis: `redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]`, or `rediss://` for TLS. */
  readonly redis: string;
  /** Shards that run at the same time, on one model; 1 by default. */
  readonly concurrency?: number;
  /**
   * Seconds after which another worker takes the shard of one that died; 60 by default. A worker whose
   * process hangs for longer loses its shard to another one, and both write the same.
   */
  readonly lock_seconds?: number;
  /** Seconds that a shard has to end after `signal` aborts, before it is given back; 20 by default. */
  readonly drain_timeout?: number;
  /** Ends the worker. */
  readonly signal?: AbortSignal;
  /** Called after each shard. */
  readonly onShard?: (report: ShardReport) => void;
  /** Called with what a person should know: a lost connection, a shard that failed. */
  readonly onWarning?: (message: string) => void;
}

/** What a worker has done. */
export interface WorkReport {
  /** Shards that it finished. */
  readonly shards: number;
  /** Their documents, with those that failed. */
  readonly documents: number;
  /** Documents that failed. */
  readonly failed: number;
  /** Shards of the batch that are neither done nor given up: 0, unless `signal` ended the worker. */
  readonly left: number;
  /** Shards that are given up, by all workers, with the reasons. */
  readonly givenUp: readonly { readonly id: string; readonly reason: string }[];
}

/** Seconds after which the shard of a worker that died goes to another one. */
const LOCK_SECONDS = 60;

/** Most milliseconds between looks whether the queue must be filled, or all is done. */
const LOOK_TIME = 5000;

/** A shard whose worker died is taken up again so many times. */
const MOST_STALLED = 10;

/** Seconds that a shard has to end after the worker was told to. */
const DRAIN_TIMEOUT = 20;

/** Milliseconds in which Redis must take leave. */
const CLOSE_TIMEOUT = 5000;

/** The work of one worker on one batch. */
export class Work {
  readonly #out: string;
  readonly #planned: PlannedShards;
  readonly #queue: BatchQueue;
  readonly #settings: WorkSettings;
  /** Milliseconds between looks whether the queue must be filled, or all is done. */
  readonly #lookTime: number;
  readonly #running = new Map<string, Promise<void>>();
  /** Gives the running shards back. */
  readonly #giveBack = new AbortController();
  #model: Promise<HostedModel> | undefined;
  #failure: unknown;
  #isEnding = false;
  #isDone = false;
  #wake = () => {};
  #report = { shards: 0, documents: 0, failed: 0 };

  constructor(out: string, planned: PlannedShards, queue: BatchQueue, settings: WorkSettings) {
    this.#out = out;
    this.#planned = planned;
    this.#queue = queue;
    this.#settings = settings;
    this.#lookTime = Math.min(LOOK_TIME, 250 * (settings.lock_seconds ?? LOCK_SECONDS));
  }

  async run(): Promise<WorkReport> {
    const { signal } = this.#settings;
    let worker: Worker | undefined;
    const end = () => {
      this.#end();
      // A model that is still being loaded is not waited for.
      if (!worker) this.#giveBack.abort(signal!.reason);
    };
    signal?.addEventListener("abort", end);
    if (signal?.aborted) end();
    try {
      // A batch that is done needs no model.
      if ((await this.#planned.listLeft()).length > 0 && !this.#isEnding) {
        await this.#loadModel().catch((error) => {
          if (!this.#giveBack.signal.aborted) throw error;
        });
        if (!this.#isEnding) {
          worker = await this.#startWorker();
          await this.#waitUntilDone();
          this.#isDone = !this.#isEnding;
        }
      }
    } finally {
      signal?.removeEventListener("abort", end);
      this.#isEnding = true;
      if (worker) await this.#stopWorker(worker);
      const model = await this.#model?.catch(() => undefined);
      await model?.terminate();
    }
    if (this.#failure !== undefined) throw this.#failure;
    return await reportOf(this.#planned, this.#report);
  }

  async #startWorker(): Promise<Worker> {
    const { Worker } = await needPackages("a queue", QUEUE_PACKAGES, import("bullmq"));
    const { concurrency = 1, lock_seconds = LOCK_SECONDS } = this.#settings;
    const { client, shown } = this.#queue.link;
    const lock = 1000 * lock_seconds;
    const options: WorkerOptions = {
      connection: client,
      skipVersionCheck: true,
      concurrency,
      lockDuration: lock,
      // A shard is taken up at most this much after its lock ended.
      stalledInterval: lock / 4,
      maxStalledCount: MOST_STALLED,
      runRetryDelay: 1000,
    };
    const process = (job: Job, token?: string) => this.#process(job, token!);
    const worker: Worker = new Worker(this.#queue.queue.name, process, options);
    worker.on("drained", () => this.#wake());
    client.on("ready", () => this.#warn(`Redis at ${shown} is back`));
    worker.on("error", (error: Error) => this.#warnOf(error));
    // Only of one that stalled too often nothing is written yet.
    worker.on("failed", (job: Job | undefined, error: Error) => {
      if (job?.finishedOn === undefined || error.name !== "UnrecoverableError") return;
      const { id, attemptsMade: attempts } = job;
      void noteFailed(this.#out, { id: id!, reason: error.message, attempts })
        .catch((error) => this.#end(error));
    });
    return worker;
  }

  /** Fills the queue, until everything is done or somebody ends the worker. */
  async #waitUntilDone(): Promise<void> {
    let look: Promise<boolean> | undefined;
    while (!this.#isEnding) {
      look ??= this.#look().finally(() => {
        look = undefined;
      });
      // Where nobody waits for it any more, its connection may have been closed.
      look.catch(() => {});
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      const [waited, stopWaiting] = wait(this.#lookTime);
      const isDone = await Promise.race([look, waited, woken]);
      if (isDone === true) return;
      // Redis may be gone for good, but others may have finished everything.
      if (isDone === undefined && (await this.#planned.listLeft()).length === 0) return;
      if (isDone === false) await Promise.race([waited, woken]);
      stopWaiting();
    }
  }

  /** Fills the queue if it runs low; returns whether nothing is left. */
  async #look(): Promise<boolean> {
    const { waiting, active, delayed } = await this.#queue.count();
    if (waiting > MOST_WAITING / 2) return false;
    // Where jobs are left, one worker at a time looks for more.
    const isIdle = waiting + active + delayed === 0;
    if (!isIdle && !await this.#queue.takeTurn(this.#lookTime)) return false;
    return await this.#queue.fill(this.#planned) === 0;
  }

  async #process(job: Job, token: string): Promise<void> {
    const id = job.id!;
    try {
      const shard = await this.#planned.find(id);
      // A later plan may have cut its documents in another way.
      if (!shard || await isDone(this.#out, shard)) return;
      try {
        // A Redis that lost everything may hand out again what runs here.
        let running = this.#running.get(id);
        if (!running) {
          running = this.#run(shard).finally(() => this.#running.delete(id));
          this.#running.set(id, running);
        }
        await running;
      } catch (error) {
        if (isOwnFailure(error) || this.#giveBack.signal.aborted) throw error;
        const { message: reason } = error as Error;
        const attempts = job.attemptsMade + 1;
        this.#warn(`Shard ${id} failed, attempt ${attempts} of ${ATTEMPTS}: ${reason}`);
        if (attempts >= ATTEMPTS) await noteFailed(this.#out, { id, reason, attempts });
        throw error;
      }
    } catch (error) {
      if (isOwnFailure(error)) this.#end(error instanceof OwnFailure ? error.cause : error);
      else if (!this.#giveBack.signal.aborted) throw error;
      const { WaitingError } = await import("bullmq");
      // Without its lock it is another worker's already.
      await job.moveToWait(token).catch(() => {});
      throw new WaitingError();
    }
  }

  async #run(shard: Shard): Promise<void> {
    const model = await this.#loadModel().catch((cause) => {
      this.#giveBack.signal.throwIfAborted();
      throw new OwnFailure("Cannot load the model", { cause });
    });
    const report = await runShard(this.#out, this.#planned.plan, shard, model, {
      signal: this.#giveBack.signal,
    });
    this.#report.shards++;
    this.#report.documents += report.documents;
    this.#report.failed += report.failed;
    this.#settings.onShard?.(report);
  }

  /** Loads the model, also again after its thread died. */
  #loadModel(): Promise<HostedModel> {
    const { device, threads, max_batch_tokens, cache_dir, local_files_only, token } =
      this.#settings;
    return this.#model ??= loadPlannedModel(this.#planned.plan, {
      ...{ device, threads, max_batch_tokens, cache_dir, local_files_only, token },
      onEnd: () => {
        this.#model = undefined;
      },
      signal: this.#giveBack.signal,
    });
  }

  /** Takes no more shards. */
  #end(failure?: unknown): void {
    this.#failure ??= failure;
    this.#isEnding = true;
    this.#wake();
  }

  async #stopWorker(worker: Worker): Promise<void> {
    // If all is done, what still runs is done twice.
    const isIdle = this.#isDone || this.#failure !== undefined;
    const drain = isIdle ? 0 : this.#settings.drain_timeout ?? DRAIN_TIMEOUT;
    const { client } = this.#queue.link;
    // Nothing can be told to a Redis that is not there; its locks end by themselves.
    const closed = worker.close(client.status !== "ready");
    const [drained, stopDraining] = wait(1000 * drain);
    await Promise.race([closed, drained]);
    stopDraining();
    this.#giveBack.abort(new Error("The worker was ended"));
    const [left, stopWaiting] = wait(CLOSE_TIMEOUT);
    await Promise.race([closed, left]);
    stopWaiting();
  }

  #warnOf(error: Error): void {
    const { code } = error as { code?: string };
    if (code === "ECONNREFUSED" || code === "ECONNRESET") {
      this.#warn(`Redis at ${this.#queue.link.shown} is gone; waiting for it`);
    } else this.#warn(error.message);
  }

  #lastWarning = "";

  #warn(message: string): void {
    if (message === this.#lastWarning) return;
    this.#lastWarning = message;
    this.#settings.onWarning?.(message);
  }
}

/** Adds what is left of a batch to what a worker did. */
export async function reportOf(
  planned: PlannedShards,
  done: Pick<WorkReport, "shards" | "documents" | "failed">,
): Promise<WorkReport> {
  const left = (await planned.listLeft()).length;
  return { ...done, left, givenUp: await planned.listGivenUp() };
}

/** A promise that resolves after a time, and a function that forgets it. */
function wait(milliseconds: number): [waited: Promise<undefined>, forget: () => void] {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const waited = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), milliseconds);
  });
  return [waited, () => clearTimeout(timer)];
}
