/**
 * Writes checkpoints where something may be already.
 *
 * @module
 */
import { mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { ifPresent } from "../checkpoint/disk.ts";
import { withReason } from "./file_errors.ts";

/** Files of a checkpoint that another one in their place would be mixed up with. */
const CHECKPOINT_FILES = [
  /^(config|tokenizer|tokenizer_config|special_tokens_map|added_tokens|vocab)\.json$/,
  /^(vocab\.txt|merges\.txt|sentencepiece\.bpe\.model|spiece\.model)$/,
  /^(pytorch_)?model.*\.(safetensors|bin|index\.json)$/,
];

/**
 * Whether a folder has files.
 *
 * @param folder Its path.
 * @returns False too if there is no such folder.
 * @throws {RangeError} If it is a file.
 */
export async function hasFiles(folder: string): Promise<boolean> {
  const found = await withReason("read", folder, ifPresent(stat(folder)));
  if (found === undefined) return false;
  if (!found.isDirectory()) throw new RangeError(`${folder} is a file: wanted a folder`);
  return (await withReason("read", folder, readdir(folder))).length > 0;
}

/**
 * Whether two paths lead to one folder.
 *
 * @param one A folder that exists.
 * @param other A folder that may exist.
 * @returns True if they do.
 */
export async function isSameFolder(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map((path) => ifPresent(stat(path))));
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}

/**
 * Writes a checkpoint beside what a folder holds, and puts it in the place of an older one when
 * all of it is written. Files that belong to no checkpoint stay.
 *
 * @param folder The folder; it is made if there is none.
 * @param save Writes the checkpoint to the folder that it is given.
 * @throws {Error} If the folder cannot be made.
 */
export async function replaceCheckpoint(
  folder: string,
  save: (staging: string) => Promise<void>,
): Promise<void> {
  await withReason("write", folder, mkdir(folder, { recursive: true }));
  // Inside the folder, so that the permission to write there is enough.
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
