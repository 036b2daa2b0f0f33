/**
 * The files that `torch.save` writes since PyTorch 1.6: a zip archive with the pickle in
 * `NAME/data.pkl` and each storage in `NAME/data/KEY`.
 *
 * @module
 */
import { showName } from "../../base/show_value.ts";
import { readRange } from "../read_range.ts";
import type { CheckpointFile } from "../source.ts";
import { findAllowed } from "./allowed_names.ts";
import { decodeText } from "./byte_reader.ts";
import { malformed, refused } from "./fault.ts";
import { MAX_PICKLE_BYTES, readPickle } from "./pickle.ts";
import type { PickledFile } from "./pickled_file.ts";
import { Storages } from "./storage.ts";
import { locateEntry, readZip, type ZipEntry } from "./zip.ts";

/**
 * Reads the pickle of an archive, and checks that its storages are there.
 *
 * @param file The archive.
 * @returns What it holds.
 * @throws {Fault} If it is malformed, or holds something other than tensors.
 */
export async function openZipFile(file: CheckpointFile): Promise<PickledFile> {
  const entries = await readZip(file);
  const folder = findFolder(entries);
  await assertLittleEndian(file, entries.get(`${folder}byteorder`));
  const pickle = await readEntry(file, entries.get(`${folder}data.pkl`)!, MAX_PICKLE_BYTES);
  const storages = new Storages();
  const load = (id: unknown) => storages.load(id);
  const { value } = readPickle(pickle, 0, { find: findAllowed, load });
  const entryOf = new Map<string, ZipEntry>();
  for (const { key, bytes } of storages.byKey.values()) {
    const entry = entries.get(`${folder}data/${key}`);
    if (entry?.size !== bytes) {
      throw malformed(
        `the storage ${showName(key)} has ${entry?.size ?? "no"} bytes, wanted ${bytes}`,
      );
    }
    entryOf.set(key, entry);
  }
  return { root: value, locate: ({ key }) => locateEntry(file, entryOf.get(key)!) };
}

/** Finds the folder of the archive that holds everything, with the slash behind it. */
function findFolder(entries: ReadonlyMap<string, ZipEntry>): string {
  const folders = [...entries.keys()].filter((name) => /^[^/]*\/data\.pkl$/.test(name))
    .map((name) => name.slice(0, -"data.pkl".length));
  if (folders.length !== 1) {
    throw malformed(`it is a zip archive with ${folders.length} data.pkl, wanted one in a folder`);
  }
  const [folder] = folders;
  if (entries.has(`${folder}constants.pkl`)) {
    throw refused("it is a TorchScript program, wanted a state dict");
  }
  return folder;
}

/** Newer versions write the order of bytes; without it, it is that of nearly all machines. */
async function assertLittleEndian(
  file: CheckpointFile,
  entry: ZipEntry | undefined,
): Promise<void> {
  if (entry === undefined) return;
  const order = decodeText(await readEntry(file, entry, 6));
  if (order !== "little") throw refused(`its byte order is ${showName(order)}, wanted little`);
}

async function readEntry(
  file: CheckpointFile,
  entry: ZipEntry,
  maximum: number,
): Promise<Uint8Array> {
  const { name, size } = entry;
  if (size > maximum) {
    throw refused(`${showName(name)} in it has ${size} bytes, wanted at most ${maximum}`);
  }
  const start = await locateEntry(file, entry);
  return await readRange(file, start, start + size);
}
