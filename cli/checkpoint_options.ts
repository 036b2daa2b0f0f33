/**
 * How commands find a checkpoint.
 *
 * @module
 */
import type { ProgressInfo } from "../checkpoint/progress_source.ts";
import type { CheckpointSource } from "../checkpoint/source.ts";
import { openCheckpoint } from "../hub/open_checkpoint.ts";
import { checkHubOptions } from "../hub/options.ts";
import { readVariable } from "../hub/permissions.ts";
import { isRepositoryName } from "../hub/location.ts";
import { type OptionValues, UsageError } from "./arguments.ts";
import { asUsage } from "./as_usage.ts";
import type { ModelIo } from "./model_io.ts";
import { bar, withProgressLine } from "./progress.ts";

/** The checkpoint that a command is given. */
export const MODEL_OPERAND = {
  placeholder: "MODEL",
  description: "A checkpoint: a folder, owner/name on the hub, or a URL.",
} as const;

/** Options of all commands that read a checkpoint. */
export const CHECKPOINT_OPTIONS = {
  revision: {
    type: "string",
    placeholder: "NAME",
    description: "Branch, tag or commit on the hub (main).",
  },
  cache_dir: {
    type: "string",
    placeholder: "FOLDER",
    description: "Where downloads are kept (.cache/lsg in the home folder).",
  },
  local_files_only: {
    type: "boolean",
    default: false,
    description: "Ask no server: read a folder, or what is in the cache.",
  },
  token: {
    type: "string",
    description: "Access token for private models; for models on the hub HF_TOKEN if absent.",
  },
} as const;

/** What was given for them. */
export type CheckpointValues = OptionValues<typeof CHECKPOINT_OPTIONS>;

/**
 * Checks that a checkpoint was given.
 *
 * @param command The command, for the message.
 * @param checkpoint What was given.
 * @returns The same.
 * @throws {UsageError} If there is none.
 */
export function requireModel(command: string, checkpoint: string | undefined): string {
  if (checkpoint) return checkpoint;
  throw new UsageError(
    `MODEL is lacking: wanted lsg ${command} MODEL, a folder, owner/name on the hub, or a URL`,
  );
}

/**
 * Opens a checkpoint and shows what is fetched, where standard error is a terminal.
 *
 * @param io Streams.
 * @param checkpoint Folder, `owner/name` or URL.
 * @param values What was given.
 * @param read Reads what it needs.
 * @returns The result of `read`.
 * @throws {UsageError} If a value is of the wrong form.
 */
export async function withCheckpoint<Result>(
  io: ModelIo,
  checkpoint: string,
  { revision, cache_dir, local_files_only, token: given }: CheckpointValues,
  read: (source: CheckpointSource) => Promise<Result>,
): Promise<Result> {
  // Other servers are not to see it.
  const token = given ?? (isRepositoryName(checkpoint) ? readVariable("HF_TOKEN") : undefined);
  const options = { revision, cache_dir, local_files_only, token };
  asUsage(() => checkHubOptions(options));
  return await withProgressLine(io, async (show) => {
    const progress_callback = show && ((info: ProgressInfo) => show(progressText(info)));
    return await read(await openCheckpoint(checkpoint, { ...options, progress_callback }));
  });
}

function progressText(info: ProgressInfo): string {
  if (info.status !== "progress") return "";
  const percent = String(Math.floor(info.progress)).padStart(3);
  return `${info.file} ${bar(info.progress / 100)} ${percent} % of ${megabytes(info.total)}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
