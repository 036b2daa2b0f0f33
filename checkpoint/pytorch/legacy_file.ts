/**
 * The files that `torch.save` wrote before PyTorch 1.6: four pickles (a magic number, a version,
 * what the machine was like, the value), a fifth with the keys of the storages, and these, each
 * behind its length.
 *
 * @module
 */
import { showName, showValue } from "../../base/show_value.ts";
import { readRange } from "../read_range.ts";
import type { CheckpointFile } from "../source.ts";
import { findAllowed } from "./allowed_names.ts";
import { ByteReader } from "./byte_reader.ts";
import { malformed, refused, Truncated } from "./fault.ts";
import { MAX_PICKLE_BYTES, PLAIN, readPickle } from "./pickle.ts";
import { PickleDict, PickleList } from "./pickle_values.ts";
import type { PickledFile } from "./pickled_file.ts";
import { type Storage, Storages } from "./storage.ts";

/** First value of a file. */
const MAGIC_NUMBER = 0x1950a86a20f9469cfc6cn;

/** Second value of a file. */
const VERSION = 1001;

/** Bytes of the length in front of each storage. */
const LENGTH_BYTES = 8;

/** Bytes that are read first; enough for a model of a thousand tensors. */
const FIRST_BYTES = 2 ** 18;

/**
 * Reads the pickles of a file, and checks that its storages are there.
 *
 * @param file The file.
 * @returns What it holds.
 * @throws {Fault} If it is malformed, or holds something other than tensors.
 */
export async function openLegacyFile(file: CheckpointFile): Promise<PickledFile> {
  const { root, storages, keys, end } = await readPickles(file);
  const starts = new Map<string, number>();
  let position = end;
  for (const key of keys) {
    const storage = typeof key === "string" ? storages.get(key) : undefined;
    if (storage === undefined || starts.has(storage.key)) {
      throw malformed(`it lists the storage ${showValue(key)}, which no tensor has or twice`);
    }
    starts.set(storage.key, position + LENGTH_BYTES);
    position += LENGTH_BYTES + storage.bytes;
  }
  const missing = [...storages.keys()].find((key) => !starts.has(key));
  if (missing !== undefined) throw malformed(`the storage ${showName(missing)} is missing`);
  if (position > file.size) {
    throw malformed(`it is truncated: got ${file.size} bytes, its storages end at ${position}`);
  }
  return { root, locate: (storage) => locateStorage(file, storage, starts.get(storage.key)!) };
}

interface Pickles {
  root: unknown;
  storages: ReadonlyMap<string, Storage>;
  /** The storages in the order in which they follow. */
  keys: readonly unknown[];
  /** Position after the last pickle. */
  end: number;
}

/** Where the pickles end is not known before: reads more until they do. */
async function readPickles(file: CheckpointFile): Promise<Pickles> {
  for (let length = FIRST_BYTES;; length *= 4) {
    const bytes = await readRange(file, 0, Math.min(length, file.size));
    try {
      return parsePickles(bytes);
    } catch (error) {
      if (!(error instanceof Truncated) || bytes.length === file.size) throw error;
      if (length >= MAX_PICKLE_BYTES) {
        throw refused(`its pickles have more than ${MAX_PICKLE_BYTES} bytes`);
      }
    }
  }
}

function parsePickles(bytes: Uint8Array): Pickles {
  const magic = readPickle(bytes, 0, PLAIN);
  if (magic.value !== MAGIC_NUMBER) {
    throw malformed(`it is a pickle, but not a file of torch.save: it begins with no magic number`);
  }
  const version = readPickle(bytes, magic.end, PLAIN);
  if (version.value !== VERSION) {
    throw refused(`its format has the version ${showValue(version.value)}, wanted ${VERSION}`);
  }
  const machine = readPickle(bytes, version.end, PLAIN);
  assertLittleEndian(machine.value);
  const storages = new Storages();
  const load = (id: unknown) => storages.load(id);
  const root = readPickle(bytes, machine.end, { find: findAllowed, load });
  const keys = readPickle(bytes, root.end, PLAIN);
  if (!(keys.value instanceof PickleList)) throw malformed("it has no list of storages");
  const { items } = keys.value;
  return { root: root.value, storages: storages.byKey, keys: items, end: keys.end };
}

function assertLittleEndian(machine: unknown): void {
  const entries = machine instanceof PickleDict ? machine.entries() : [];
  const [, isLittle] = entries.find(([key]) => key === "little_endian") ?? [];
  if (isLittle !== true) throw refused("its byte order is not said to be little");
}

async function locateStorage(
  file: CheckpointFile,
  { key, length }: Storage,
  start: number,
): Promise<number> {
  const field = new ByteReader(await readRange(file, start - LENGTH_BYTES, start));
  const stored = field.uint64();
  if (stored === length) return start;
  throw malformed(`the storage ${showName(key)} has ${stored} elements, wanted ${length}`);
}
