/**
 * A batch on one machine, without a queue.
 *
 * @module
 */
import { CALLBACK, checkOptions, SIGNAL } from "../base/check_options.ts";
import type { HostedModel } from "../hosting/mod.ts";
import { DiskFullError, InputChangedError, ParametersError } from "./errors.ts";
import { loadPlannedModel, MODEL_CHECKS, type WorkerModelOptions } from "./load_model.ts";
import type { BatchPlan } from "./batch_plan.ts";
import { readPlan, readShards } from "./plan_files.ts";
import type { Shard } from "./shard.ts";
import { runShard } from "./run_shard.ts";
import { isDone, listDone, listFailed, noteFailed } from "./shard_files.ts";

/** How often a shard is tried. */
export const ATTEMPTS = 3;

/** How far a run is. */
export interface LocalProgress {
  /** Documents of the batch that are done, by earlier runs and others, too. */
  readonly documents: number;
  /** Documents of the batch. */
  readonly total: number;
  /** Documents that this run has done. */
  readonly own: number;
  /** Their tokens. */
  readonly tokens: number;
  /** Seconds since the model was loaded. */
  readonly seconds: number;
}

/** How a batch is run. */
export interface RunLocalOptions extends Omit<WorkerModelOptions, "onEnd"> {
  /** Stops it between two writings: nothing half is left, and the next run goes on. */
  readonly signal?: AbortSignal;
  /** Called after each document. */
  readonly onProgress?: (progress: LocalProgress) => void;
}

/** What a run has done. */
export interface LocalReport {
  /** Shards that this run has done. */
  readonly shards: number;
  /** Documents of them, those that failed included. */
  readonly documents: number;
  /** Documents that failed. */
  readonly failed: number;
  /** Tokens of the documents. */
  readonly tokens: number;
  /** Shards that are given up, by earlier runs, too, with the reasons. */
  readonly givenUp: readonly { readonly id: string; readonly reason: string }[];
}

/**
 * Does all shards of a batch that are not done, one after the other. A shard that fails is tried three
 * times and then given up; the others go on.
 *
 * @param out The batch's folder.
 * @param given Device, signal, progress.
 * @returns What was done.
 * @throws {TypeError | RangeError} If an option is wrong, or the folder has no plan.
 * @throws {InputChangedError} If the model's files are not those that the batch was planned with.
 * @throws {DiskFullError} If the disk takes no more: all that is done stays.
 * @throws {ParametersError} If the parameters do not fit the model.
 * @throws The signal's reason, if it was aborted.
 *
 * @example
 * ```ts
 * import { runLocal } from "@lsg/core/batch";
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(() => runLocal("no/such/folder"), RangeError, "no batch");
 * ```
 */
export async function runLocal(
  out: string,
  given: RunLocalOptions = {},
): Promise<LocalReport> {
  const { signal, onProgress, ...options } = checkOptions("Cannot do a batch", given, {
    ...MODEL_CHECKS,
    signal: SIGNAL,
    onProgress: CALLBACK,
  });
  const plan = await readPlan(out);
  const done = await listDone(out);
  const failed = await listFailed(out);
  const left: Shard[] = [];
  let documents = 0;
  for await (const shard of readShards(out, plan.version)) {
    if (done.has(shard.id)) documents += shard.documents;
    else if (!failed.has(shard.id)) left.push(shard);
  }
  const run = new LocalRun(out, plan, options, documents, onProgress);
  try {
    for (const shard of left) await run.do(shard, signal);
  } finally {
    await run.close();
  }
  return await run.report();
}

/** The state of a run. */
class LocalRun {
  readonly #ids: string[] = [];
  #model: HostedModel | undefined;
  #isDead = false;
  #started = 0;
  #documents: number;
  #own = 0;
  #tokens = 0;
  #failed = 0;

  constructor(
    readonly out: string,
    readonly plan: BatchPlan,
    readonly options: WorkerModelOptions,
    documents: number,
    readonly onProgress?: (progress: LocalProgress) => void,
  ) {
    this.#documents = documents;
  }

  /** Does a shard; gives it up after some attempts. */
  async do(shard: Shard, signal?: AbortSignal): Promise<void> {
    for (let attempt = 1;; attempt++) {
      signal?.throwIfAborted();
      const model = await this.#load(signal);
      try {
        const wasDone = await isDone(this.out, shard);
        const { documents, tokens, failed } = await runShard(this.out, this.plan, shard, model, {
          signal,
          onProgress: ({ documents, tokens }) => this.#tell(documents, tokens),
        });
        this.#documents += documents;
        if (wasDone) return;
        this.#own += documents;
        this.#tokens += tokens;
        this.#failed += failed;
        this.#ids.push(shard.id);
        return;
      } catch (error) {
        signal?.throwIfAborted();
        // No other shard would fare better.
        if (error instanceof DiskFullError || error instanceof ParametersError) throw error;
        // What has changed does not change back.
        if (attempt < ATTEMPTS && !(error instanceof InputChangedError)) continue;
        const reason = error instanceof Error ? error.message : String(error);
        return await noteFailed(this.out, { id: shard.id, reason, attempts: attempt });
      }
    }
  }

  async #load(signal?: AbortSignal): Promise<HostedModel> {
    if (this.#model && !this.#isDead) return this.#model;
    this.#isDead = false;
    this.#model = await loadPlannedModel(this.plan, {
      ...this.options,
      onEnd: () => this.#isDead = true,
      signal,
    });
    if (this.#started === 0) this.#started = performance.now();
    return this.#model;
  }

  #tell(documents: number, tokens: number): void {
    this.onProgress?.({
      documents: this.#documents + documents,
      total: this.plan.documents,
      own: this.#own + documents,
      tokens: this.#tokens + tokens,
      seconds: (performance.now() - this.#started) / 1000,
    });
  }

  /** Ends the model's thread. */
  async close(): Promise<void> {
    await this.#model?.terminate();
  }

  /** What was done, and what is given up. */
  async report(): Promise<LocalReport> {
    const givenUp: LocalReport["givenUp"][number][] = [];
    const failed = await listFailed(this.out);
    for await (const { id } of readShards(this.out, this.plan.version)) {
      const found = failed.get(id);
      if (found && !await isDone(this.out, { id })) givenUp.push({ id, reason: found.reason });
    }
    return {
      shards: this.#ids.length,
      documents: this.#own,
      failed: this.#failed,
      tokens: this.#tokens,
      givenUp,
    };
  }
}
