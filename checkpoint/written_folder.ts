/**
 * Folders that are written: to a disk, or to memory where there is none.
 *
 * @module
 */
import { nodeModule } from "../base/node_module.ts";
import { showName, showValue } from "../base/show_value.ts";
import { ifPresent, makeFolder, openFile, writeNewFile } from "./disk.ts";

/** A file that is written. */
export interface WrittenFile {
  /** Its path in the folder, names separated by "/". */
  readonly path: string;
  /** Its bytes, which can be read once. */
  readonly chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/** The files of a folder that is written. */
export interface WrittenFolder {
  /** The files in the order in which they are written: the one without which none loads last. */
  readonly files: readonly WrittenFile[];
  /** Other files that the folder must not have, because they would be read with these: names, patterns. */
  readonly absent: readonly (string | RegExp)[];
}

/** Keys of configs that transformers 5 refuses if they are integers, as JSON.stringify writes 0. */
const FLOATS = [
  "attention_probs_dropout_prob",
  "classifier_dropout",
  "decoder_layerdrop",
  "encoder_layerdrop",
  "hidden_dropout_prob",
  "init_std",
  "initializer_cutoff_factor",
  "initializer_range",
];
const WHOLE_FLOATS = new RegExp(`^(  "(?:${FLOATS.join("|")})": \\d+)(?=,?$)`, "gm");

/**
 * Makes a JSON file, with its keys sorted; whole numbers that are floats in Python are written so.
 *
 * @param path Its path in the folder.
 * @param json The object.
 * @returns The file.
 */
export function jsonFile(path: string, json: Readonly<Record<string, unknown>>): WrittenFile {
  const sorted = Object.fromEntries(Object.entries(json).sort(([a], [b]) => a < b ? -1 : 1));
  const text = JSON.stringify(sorted, null, 2).replaceAll(WHOLE_FLOATS, "$1.0");
  return textFile(path, text + "\n");
}

/**
 * Makes a text file.
 *
 * @param path Its path in the folder.
 * @param text The text.
 * @returns The file.
 */
export function textFile(path: string, text: string): WrittenFile {
  return { path, chunks: [new TextEncoder().encode(text)] };
}

/**
 * Writes a folder to the disk.
 *
 * @param folder Its path; it is created if it does not exist.
 * @param written Its files.
 * @throws {TypeError} If the path is not a string.
 * @throws {RangeError} If it already has one of the files, or one that must be absent.
 */
export async function writeFolder(
  folder: string,
  { files, absent }: WrittenFolder,
): Promise<void> {
  if (typeof folder !== "string" || folder === "") {
    throw new TypeError(`Cannot save to ${showValue(folder)}: wanted a folder's path`);
  }
  // The last ones are those that make it a model's folder.
  const isAbsent = (name: string) =>
    absent.some((other) => typeof other === "string" ? other === name : other.test(name));
  const { readdir } = nodeModule("node:fs/promises");
  const others = (await ifPresent(readdir(folder)) ?? []).filter(isAbsent);
  for (const path of [...files.map(({ path }) => path).reverse(), ...others]) {
    if (await openFile(`${folder}/${path}`) === undefined) continue;
    throw new RangeError(
      `Cannot save to ${showName(folder)}: it already has a ${
        showName(path)
      }, choose another folder`,
    );
  }
  await makeFolder(folder);
  for (const { path, chunks } of files) {
    const target = `${folder}/${path}`;
    await makeFolder(target.slice(0, target.lastIndexOf("/")));
    await writeNewFile(target, chunks);
  }
}

/**
 * Collects the files of a folder in memory.
 *
 * @param written The files.
 * @returns Their bytes by path.
 */
export async function collectFolder(
  { files }: WrittenFolder,
): Promise<Record<string, Uint8Array<ArrayBuffer>>> {
  const collected: Record<string, Uint8Array<ArrayBuffer>> = {};
  for (const { path, chunks } of files) {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for await (const chunk of chunks) parts.push(chunk as Uint8Array<ArrayBuffer>);
    collected[path] = new Uint8Array(await new Blob(parts).arrayBuffer());
  }
  return collected;
}
