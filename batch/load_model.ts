/**
 * The model of a batch, in a thread of its own.
 *
 * @module
 */
import { countFrom, FLAG, TEXT } from "../base/check_options.ts";
import { HostedModel, type ModelRequest } from "../hosting/mod.ts";
import type { BackendName } from "../ops/backend.ts";
import { hashModel } from "../hub/hash_model.ts";
import { openCheckpoint } from "../hub/open_checkpoint.ts";
import { InputChangedError } from "./errors.ts";
import { loadPackages } from "./run_shard.ts";
import type { BatchPlan } from "./batch_plan.ts";

/** Tokens of a model's batch where nobody says. */
const BATCH_TOKENS = 8192;

/** How a worker runs a model: what is its own, and not the batch's. */
export interface WorkerModelOptions {
  /** Backend; `auto` if absent. */
  readonly device?: BackendName | "auto";
  /** Threads on the processor. */
  readonly threads?: number;
  /** Most tokens that run together, padding included; 8,192 if absent. */
  readonly max_batch_tokens?: number;
  /** Where the model's files are kept. */
  readonly cache_dir?: string;
  /** Whether the network is left alone. */
  readonly local_files_only?: boolean;
  /** Access token of the hub. */
  readonly token?: string;
  /** Called if the thread of the model dies. */
  readonly onEnd?: (error: Error) => void;
  /** Stops the loading. */
  readonly signal?: AbortSignal;
}

/** Checks of the options that a caller gives; loading checks the others. */
export const MODEL_CHECKS = {
  device: undefined,
  threads: undefined,
  max_batch_tokens: countFrom(1),
  cache_dir: TEXT,
  local_files_only: FLAG,
  token: TEXT,
} as const;

/**
 * Loads the model of a batch.
 *
 * @param plan The plan.
 * @param options How it runs here.
 * @returns The model; the caller closes it.
 * @throws {Error} If a package that the batch needs is not there.
 * @throws {InputChangedError} If it is not the model that the batch was planned with.
 * @throws The signal's reason, if it was aborted.
 */
export async function loadPlannedModel(
  plan: BatchPlan,
  {
    device = "auto",
    threads,
    max_batch_tokens: batchTokens = BATCH_TOKENS,
    cache_dir,
    local_files_only,
    token,
    onEnd,
    signal,
  }: WorkerModelOptions = {},
): Promise<HostedModel> {
  const { model: { checkpoint, revision, hash, task, options } } = plan;
  await loadPackages(plan);
  const files = { revision, cache_dir, local_files_only, token };
  if (await hashModel(await openCheckpoint(checkpoint, { ...files, signal })) !== hash) {
    throw new InputChangedError(
      `Cannot use ${checkpoint}: its files have changed since the batch was planned; wanted those, ` +
        "or another batch",
    );
  }
  return await HostedModel.load(
    {
      checkpoint,
      task,
      batchTokens,
      options: { ...options, ...files, device, threads } as ModelRequest["options"],
    },
    { onEnd },
    signal,
  );
}
