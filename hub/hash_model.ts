/**
 * The identity of a model's files.
 *
 * @module
 */
import { nodeModule } from "../base/node_module.ts";
import { isCheckpointFile } from "../checkpoint/checkpoint_file.ts";
import type { CheckpointFile, CheckpointSource } from "../checkpoint/source.ts";

/** Bytes that are hashed at once. */
const CHUNK_BYTES = 2 ** 22;

/**
 * Hashes a model.
 *
 * @param source Its files.
 * @returns SHA-256 of the files of a folder; of a server, of the config alone: for the hub the
 * commit tells versions apart without reading the weights. For a URL nothing does: other weights beside
 * the same config have the same hash.
 */
export async function hashModel(source: CheckpointSource): Promise<string> {
  const hash = nodeModule("node:crypto").createHash("sha256");
  const add = async (path: string, file: CheckpointFile) => {
    hash.update(`${path}\n${file.size}\n`);
    for (let start = 0; start < file.size; start += CHUNK_BYTES) {
      hash.update(await file.read(start, Math.min(start + CHUNK_BYTES, file.size)));
    }
  };
  const files = await source.list?.();
  if (files) {
    for (const [path, file] of [...files].sort(([a], [b]) => a < b ? -1 : 1)) {
      // Checkpoints of a training are in other folders.
      const [, name] = path.match(/^(?:\d+_[A-Z]\w*\/)?([^/]+)$/) ?? [];
      if (name !== undefined && isCheckpointFile(name)) await add(path, file);
    }
    return hash.digest("hex");
  }
  const config = await source.open("config.json");
  if (config) await add("config.json", config);
  return hash.digest("hex");
}
