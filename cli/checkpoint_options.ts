/**
 * Options of commands that read a checkpoint.
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
import { checkUsage } from "./check_usage.ts";
import type { ModelIo } from "./model_io.ts";
import { shorten } from "./table.ts";
import { drawBar } from "../base/draw_bar.ts";
import { withProgressLine } from "./progress.ts";

/** The checkpoint operand. */
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
    description: "Folder for downloads (.cache/lsg in the home folder).",
  },
  local_files_only: {
    type: "boolean",
    default: false,
    description: "Do not use the network: read a folder or the cache.",
  },
  token: {
    type: "string",
    description: "Access token for private models; if absent, HF_TOKEN for models on the hub.",
  },
} as const;

/** Values of these options. */
export type CheckpointValues = OptionValues<typeof CHECKPOINT_OPTIONS>;

/**
 * Checks that a checkpoint is given.
 *
 * @param command Name of the command, for the message.
 * @param checkpoint The operand.
 * @returns The operand.
 * @throws {UsageError} If it is absent or empty.
 */
export function requireModel(command: string, checkpoint: string | undefined): string {
  if (checkpoint) return checkpoint;
  throw new UsageError(
    `Missing MODEL: wanted lsg ${command} MODEL, a folder, owner/name on the hub, or a URL`,
  );
}

/**
 * Opens a checkpoint; shows the download's progress if standard error is a terminal.
 *
 * @param io Streams.
 * @param checkpoint Folder, `owner/name` or URL.
 * @param values Option values.
 * @param read Reads the checkpoint.
 * @returns The result of `read`.
 * @throws {UsageError} If a value is invalid.
 */
export async function withCheckpoint<Result>(
  io: ModelIo,
  checkpoint: string,
  { revision, cache_dir, local_files_only, token: given }: CheckpointValues,
  read: (source: CheckpointSource) => Promise<Result>,
): Promise<Result> {
  const token = tokenOf(checkpoint, given);
  const options = { revision, cache_dir, local_files_only, token };
  checkUsage(() => checkHubOptions(options));
  return await withProgressLine(io, async (show) => {
    const progress_callback = show && ((info: ProgressInfo) => show(progressText(info)));
    return await read(await openCheckpoint(checkpoint, { ...options, progress_callback }));
  });
}

/**
 * Finds the access token for a checkpoint. The hub's must not be sent to other servers.
 *
 * @param checkpoint Folder, `owner/name` or URL.
 * @param given Value of `--token`.
 * @returns The token; undefined if there is none.
 */
export function tokenOf(checkpoint: string, given: string | undefined): string | undefined {
  return given ?? (isRepositoryName(checkpoint) ? readVariable("HF_TOKEN") : undefined);
}

function progressText(info: ProgressInfo): string {
  if (info.status !== "progress") return "";
  const percent = String(Math.floor(info.progress)).padStart(3);
  return `${shorten(info.file, 40)} ${drawBar(info.progress / 100)} ${percent} % of ${
    megabytes(info.total)
  }`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
