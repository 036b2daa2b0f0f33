/**
 * The checkpoint that a training goes on from.
 *
 * @module
 */
import { isFolder, openFile } from "../checkpoint/disk.ts";
import { hasFileSystem } from "../hub/env.ts";
import { OutputFolder, stepOf } from "./output_folder.ts";
import { type MutableState, parseState } from "./trainer_state.ts";

/**
 * Finds the checkpoint to resume from.
 *
 * @param folder The folder of the training.
 * @param resume True for the last one in the folder, or the path of one.
 * @returns Its path; undefined if nothing is resumed.
 * @throws {RangeError} If there is none.
 */
export async function findCheckpoint(
  folder: OutputFolder | undefined,
  resume: boolean | string,
): Promise<string | undefined> {
  if (typeof resume === "string") return resume;
  if (!resume) return undefined;
  if (!folder) throw new RangeError("Cannot resume: wanted an output_dir, or a checkpoint");
  const last = (await folder.checkpoints()).at(-1);
  if (last !== undefined) return folder.pathOf(last);
  throw new RangeError(`Cannot resume: there is no checkpoint in ${folder.path}`);
}

/**
 * Finds the best checkpoint: in the folder of the training, which may have been moved; else where the
 * checkpoint that was resumed says, which may be in another folder.
 *
 * @param output_dir The folder of the training.
 * @param path Its path when it was written.
 * @returns Its path.
 */
export async function findBest(output_dir: string, path: string): Promise<string> {
  const step = stepOf(path);
  const own = step === undefined ? path : new OutputFolder(output_dir).pathOf(step);
  return await isFolder(own) ? own : path;
}

/**
 * Checks that a training may write to a folder, which need not exist yet.
 *
 * @param folder The folder.
 * @param mayHoldCheckpoints Whether there may be checkpoints: of the training that goes on, or of one
 * that will be overwritten.
 * @throws {RangeError} If there are some and may not be, or there is no file system.
 */
export async function checkFolder(
  folder: OutputFolder,
  mayHoldCheckpoints: boolean,
): Promise<void> {
  if (!hasFileSystem()) {
    throw new RangeError("Cannot write to output_dir here: there is no file system, wanted none");
  }
  const [first] = mayHoldCheckpoints ? [] : await folder.checkpoints();
  if (first !== undefined) {
    throw new RangeError(
      `Cannot train into ${folder.path}: it holds checkpoints of a training; wanted ` +
        "resume_from_checkpoint, overwrite_output_dir or another folder",
    );
  }
}

/**
 * Reads the state of a training.
 *
 * @param checkpoint The folder of a checkpoint.
 * @returns The state.
 * @throws {RangeError} If there is none.
 * @throws {SyntaxError} If it is malformed.
 */
export async function readState(checkpoint: string): Promise<MutableState> {
  const path = `${checkpoint}/trainer_state.json`;
  const file = await openFile(path);
  if (!file) throw new RangeError(`Cannot resume from ${checkpoint}: it has no trainer_state.json`);
  return parseState(new TextDecoder().decode(await file.read(0, file.size)), path);
}
