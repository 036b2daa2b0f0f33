/**
 * `lsg batch work`: shards of a plan.
 *
 * @module
 */
import { drawBar } from "../base/draw_bar.ts";
import { type LocalProgress, runLocal } from "../batch/mod.ts";
import { readPlan } from "../batch/plan_files.ts";
import { BACKEND_NAMES } from "../device.ts";
import type { BackendName } from "../ops/backend.ts";
import { type OptionValues, UsageError } from "./arguments.ts";
import { doQueuedShards, QUEUE_OPTIONS } from "./batch_queue.ts";
import { CHECKPOINT_OPTIONS, tokenOf } from "./checkpoint_options.ts";
import { chooseOne, requireCount } from "./choice.ts";
import { formatSeconds } from "./encode_progress.ts";
import { interruptedCode, withInterrupt } from "./interrupt.ts";
import type { ModelIo } from "./model_io.ts";
import { MODEL_OPTIONS } from "./model_options.ts";
import { withProgressLine } from "./progress.ts";
import { runCommand } from "./run_command.ts";
import { escapeControls } from "./table.ts";
import { plural } from "./plural.ts";

/** Options of how a worker runs the model. */
export const WORK_OPTIONS = {
  device: MODEL_OPTIONS.device,
  threads: MODEL_OPTIONS.threads,
  max_batch_tokens: {
    type: "number",
    placeholder: "TOKENS",
    description: "Most tokens that run together, padding included (8192).",
  },
} as const;

const { revision: _, ...filesOptions } = CHECKPOINT_OPTIONS;

/** Values of these options, and of how the model's files are found. */
type WorkValues = OptionValues<typeof WORK_OPTIONS & typeof filesOptions>;

const work = {
  name: "batch work",
  summary: "Does the shards of a plan that are left: from a queue, with as many workers as one " +
    "likes on machines that share the files and the Redis, or --local, one after the other.",
  operands: [{ placeholder: "DIR", description: "The batch's folder." }],
  options: {
    local: {
      type: "boolean",
      default: false,
      description: "Work without a queue, on this machine alone.",
    },
    ...QUEUE_OPTIONS,
    ...WORK_OPTIONS,
    ...filesOptions,
  },
  examples: [
    "lsg batch work vectors --redis redis://10.0.0.5",
    "lsg batch work vectors --local",
  ],
} as const;

/**
 * Runs `lsg batch work`.
 *
 * @param args Arguments after the command's name.
 * @param io Streams and files.
 * @returns The exit code: without a queue 130 after Ctrl-C, 143 after SIGTERM; a worker on a queue
 * ends with 0 then, as others go on.
 */
export async function runBatchWork(args: readonly string[], io: ModelIo): Promise<number> {
  let isStopped = false;
  const code = await runCommand(work, args, io, async ({ values, operands: [out] }) => {
    if (!out) throw new UsageError("Missing DIR: wanted lsg batch work DIR --redis URL");
    if (!values.local) {
      return await doQueuedShards(io, out, values, await workerOptions(out, values));
    }
    const names = Object.keys(QUEUE_OPTIONS) as (keyof typeof QUEUE_OPTIONS)[];
    const name = names.find((name) => values[name] !== undefined);
    if (name) throw new UsageError(`Cannot use --${name.replace("_", "-")} with --local`);
    isStopped = await doShards(io, out, values);
  });
  return isStopped ? interruptedCode() : code;
}

/**
 * Does the shards of a batch that are left, with a progress line, until Ctrl-C.
 *
 * @param io Streams.
 * @param out The batch's folder.
 * @param values How the model runs.
 * @returns Whether Ctrl-C stopped it.
 * @throws {Error} If shards are given up.
 */
export async function doShards(io: ModelIo, out: string, values: WorkValues): Promise<boolean> {
  const options = await workerOptions(out, values);
  let done = 0;
  const report = await withInterrupt((signal) =>
    withProgressLine(io, async (show) => {
      try {
        return await runLocal(out, {
          ...options,
          signal,
          onProgress: (progress) => {
            done = progress.documents;
            show?.(describeLocal(progress));
          },
        });
      } catch (error) {
        if (signal.aborted) return undefined;
        throw error;
      }
    })
  );
  const folder = escapeControls(out);
  if (report === undefined) {
    await io.stderr(`Stopped after ${plural(done, "document")}; the same command goes on.\n`);
    return true;
  }
  const { documents, failed, givenUp } = report;
  await io.stdout(
    `Did ${plural(documents, "document")} of ${folder}` +
      (failed > 0 ? `, ${failed} of them with errors: see parts/*/errors.jsonl` : "") + "\n",
  );
  if (givenUp.length === 0) return false;
  const [{ reason }] = givenUp;
  throw new Error(
    `Cannot do ${givenUp.length} of the shards of ${folder}: ${reason}; lsg batch retry has them ` +
      "done again",
  );
}

/**
 * Checks how a worker runs the model.
 *
 * @param out The batch's folder.
 * @param values Option values.
 * @returns The options.
 * @throws {UsageError} If a value is wrong.
 */
async function workerOptions(
  out: string,
  { device, threads, max_batch_tokens, cache_dir, local_files_only, token }: WorkValues,
) {
  requireCount("--threads", threads, 1);
  requireCount("--max-batch-tokens", max_batch_tokens, 1);
  const { model } = await readPlan(out);
  return {
    device: chooseOne<BackendName | "auto">("device", device, ["auto", ...BACKEND_NAMES]),
    threads,
    max_batch_tokens,
    cache_dir,
    local_files_only,
    token: tokenOf(model.checkpoint, token),
  };
}

/**
 * Describes how far a run is.
 *
 * @param progress The counts.
 * @returns Bar, documents, tokens a second, time left.
 */
export function describeLocal({ documents, total, own, tokens, seconds }: LocalProgress): string {
  const parts = [`${documents} of ${total} documents`];
  if (tokens > 0 && seconds > 0) parts.push(`${Math.round(tokens / seconds)} tokens/s`);
  if (own > 0) parts.push(`${formatSeconds((total - documents) * seconds / own)} left`);
  return `${drawBar(Math.min(1, documents / total))} ${parts.join(", ")}`;
}
