/**
 * Writes checkpoints where something may be already.
 *
 * @module
 */
import { mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";

/** Files of a checkpoint that another one in their place would be mixed up with. */
const CHECKPOINT_FILES = [
  /^(config|tokenizer|tokenizer_config|special_tokens_map|added_tokens|vocab)\.json$/,
  /^(merges\.txt|sentencepiece\.bpe\.model)$/,
  /^(pytorch_)?model.*\.(safetensors|bin|index\.json)$/,
];

/**
 * Whether a folder has files.
 *
 * @param folder Its path.
 * @returns False too if there is no such folder.
 */
export async function hasFiles(folder: string): Promise<boolean> {
  const names = await ifPresent(readdir(folder));
  return names !== undefined && names.length > 0;
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
 */
export async function replaceCheckpoint(
  folder: string,
  save: (staging: string) => Promise<void>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
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

async function ifPresent<Result>(found: Promise<Result>): Promise<Result | undefined> {
  try {
    return await found;
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw error;
  }
}
