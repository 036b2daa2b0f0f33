/**
 * Writing of checkpoints to existing folders.
 *
 * @module
 */
import { mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { ifPresent } from "../checkpoint/disk.ts";
import { withReason } from "./file_errors.ts";

/** Files of a checkpoint, which must not stay beside those of a new one. */
const CHECKPOINT_FILES = [
  /^(config|tokenizer|tokenizer_config|special_tokens_map|added_tokens|vocab)\.json$/,
  /^(vocab\.txt|merges\.txt|sentencepiece\.bpe\.model|spiece\.model)$/,
  /^(pytorch_)?model.*\.(safetensors|bin|index\.json)$/,
];

/**
 * Returns whether a folder has files.
 *
 * @param folder Path of the folder.
 * @returns False if the folder is empty or does not exist.
 * @throws {RangeError} If the path is a file.
 */
export async function hasFiles(folder: string): Promise<boolean> {
  const found = await withReason("read", folder, ifPresent(stat(folder)));
  if (found === undefined) return false;
  if (!found.isDirectory()) {
    throw new RangeError(`Cannot write to ${folder}: it is a file, wanted a folder`);
  }
  return (await withReason("read", folder, readdir(folder))).length > 0;
}

/**
 * Returns whether two paths denote the same folder.
 *
 * @param one Path of a folder.
 * @param other Path of another folder.
 * @returns False if one of them does not exist.
 */
export async function isSameFolder(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map((path) => ifPresent(stat(path))));
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}

/**
 * Writes a checkpoint to a folder. An older checkpoint there is replaced once the new one is
 * complete; other files are kept.
 *
 * @param folder The folder; created if it does not exist.
 * @param save Writes the checkpoint to the folder that it is called with.
 * @throws {Error} If the folder cannot be created.
 */
export async function replaceCheckpoint(
  folder: string,
  save: (staging: string) => Promise<void>,
): Promise<void> {
  await withReason("write", folder, mkdir(folder, { recursive: true }));
  // Inside the folder, so that no other write permission is needed.
  const staging = await mkdtemp(`${folder}/.converting-`);
  try {
    await save(staging);
    const old = (await readdir(folder)).filter((name) =>
      CHECKPOINT_FILES.some((pattern) => pattern.test(name))
    );
    for (const name of old) await rm(`${folder}/${name}`);
    for (const name of await readdir(staging)) {
      await rename(`${staging}/${name}`, `${folder}/${name}`);
    }
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}
