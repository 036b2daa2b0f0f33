/**
 * `lsg batch status`, `retry` and `merge`.
 *
 * @module
 */
import {
  type BatchStatus,
  countQueue,
  mergeBatch,
  type QueueCounts,
  readStatus,
  RedisError,
  retryBatch,
} from "../batch/mod.ts";
import { UsageError } from "./arguments.ts";
import { findRedis, REDIS_OPTION } from "./batch_queue.ts";
import { formatSeconds } from "./encode_progress.ts";
import type { ModelIo } from "./model_io.ts";
import { runCommand, warn } from "./run_command.ts";
import { escapeControls, formatJson, formatTable } from "./table.ts";

const DIR = { placeholder: "DIR", description: "The batch's folder." } as const;

const status = {
  name: "batch status",
  summary:
    "Shows how far a batch is: shards, documents, rate, time left, failures. It reads files " +
    "alone; with --redis also the queue.",
  operands: [DIR],
  options: {
    json: { type: "boolean", default: false, description: "Print JSON." },
    redis: REDIS_OPTION,
  },
  examples: ["lsg batch status vectors"],
} as const;

const retry = {
  name: "batch retry",
  summary: "Has shards that were given up done again, by whoever works next.",
  operands: [DIR],
  options: {
    documents: {
      type: "boolean",
      default: false,
      description: "Also shards with documents that failed: all their documents are done again.",
    },
  },
  examples: ["lsg batch retry vectors", "lsg batch retry vectors --documents"],
} as const;

const merge = {
  name: "batch merge",
  summary:
    "Writes all results to one file, in the order of the inputs: each document once. Those " +
    "that failed are in NAME.errors.jsonl.",
  operands: [DIR, {
    placeholder: "FILE",
    description: "The file, with the end of the batch's format: .jsonl, .npy (ids are in " +
      "NAME.ids.jsonl) or .parquet.",
  }],
  options: {},
  examples: ["lsg batch merge vectors vectors.jsonl"],
} as const;

function requireFolder(name: string, out: string | undefined): string {
  if (out) return out;
  throw new UsageError(`Missing DIR: wanted lsg ${name} DIR, the folder of a batch`);
}

/**
 * Runs `lsg batch status`.
 *
 * @param args Arguments after the command's name.
 * @param io Streams and files.
 * @returns The exit code.
 */
export function runBatchStatus(args: readonly string[], io: ModelIo): Promise<number> {
  return runCommand(status, args, io, async ({ values, operands: [out] }) => {
    const found = await readStatus(requireFolder(status.name, out));
    const queue = await countJobs(io, out!, findRedis(values.redis));
    await io.stdout(
      values.json
        ? formatJson({ ...found, ...(queue && { queue }) })
        : describeStatus(found, queue),
    );
  });
}

/** Counts what is in the queue; a Redis that cannot be used is a warning, as the files tell the rest. */
async function countJobs(
  io: ModelIo,
  out: string,
  redis: string | undefined,
): Promise<QueueCounts | undefined> {
  if (redis === undefined) return undefined;
  try {
    return await countQueue(out, redis, (message) => void warn(io, message));
  } catch (error) {
    if (!(error instanceof RedisError)) throw error;
    await warn(io, error.message);
    return undefined;
  }
}

/**
 * Describes how far a batch is.
 *
 * @param status The counts.
 * @param queue What is in the queue; absent: there is none.
 * @returns A table, and the reasons of failures.
 */
export function describeStatus(status: BatchStatus, queue?: QueueCounts): string {
  const { tokensPerSecond: tokens, documentsPerSecond: documents, secondsLeft } = status;
  const rows = [
    ["shards", `${status.done} of ${status.shards} done`],
    ["left", `${status.left}`],
    ["given up", `${status.failed}`],
    ["documents", `${status.documentsDone} of ${status.documents} done`],
    ["with errors", `${status.documentsFailed}`],
    ...(documents === undefined ? [] : [[
      "rate",
      `${documents.toPrecision(3)} documents/s, ${Math.round(tokens!)} tokens/s`,
    ]]),
    ...(queue === undefined ? [] : [["queue", queue.name], [
      "jobs",
      `${queue.waiting} waiting, ${queue.active} active, ${queue.delayed} delayed, ` +
      `${queue.failed} failed`,
    ]]),
    ...(secondsLeft === undefined ? [] : [["time left", formatSeconds(secondsLeft)]]),
  ];
  const reasons = status.reasons.slice(0, 5)
    .map(({ id, reason }) => `${id}: ${escapeControls(reason)}\n`);
  return formatTable(rows) + reasons.join("");
}

/**
 * Runs `lsg batch retry`.
 *
 * @param args Arguments after the command's name.
 * @param io Streams and files.
 * @returns The exit code.
 */
export function runBatchRetry(args: readonly string[], io: ModelIo): Promise<number> {
  return runCommand(retry, args, io, async ({ values, operands: [out] }) => {
    const again = await retryBatch(requireFolder(retry.name, out), values);
    const count = `${again.length} ${again.length === 1 ? "shard" : "shards"}`;
    await io.stdout(`${count} to do again\n`);
  });
}

/**
 * Runs `lsg batch merge`.
 *
 * @param args Arguments after the command's name.
 * @param io Streams and files.
 * @returns The exit code.
 */
export function runBatchMerge(args: readonly string[], io: ModelIo): Promise<number> {
  return runCommand(merge, args, io, async ({ operands: [out, file] }) => {
    if (!file) throw new UsageError("Missing FILE: wanted lsg batch merge DIR FILE");
    const { documents, failed, files } = await mergeBatch(requireFolder(merge.name, out), file);
    await io.stdout(
      `Wrote ${files.map(escapeControls).join(", ")}: ${documents} documents` +
        (failed > 0 ? `, and ${failed} with errors` : "") + "\n",
    );
  });
}
