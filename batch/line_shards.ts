/**
 * Shards of files whose lines are documents.
 *
 * @module
 */
import { nodeModule } from "../base/node_module.ts";
import type { CheckpointFile } from "../checkpoint/source.ts";
import { InputChangedError } from "./errors.ts";
import type { Shard, ShardLines } from "./shard.ts";
import { type FileLine, readLines } from "../tables/read_lines.ts";

/** A shard before it has an id. */
export type ShardPart = Omit<Shard, "id" | "input">;

/**
 * Cuts a file of lines. The cuts depend on nothing but the lines before them, so that what is appended
 * changes the last shard only.
 *
 * @param file The file.
 * @param most Most documents of a shard.
 * @param onBytes Called with the number of bytes that were read.
 * @returns The shards.
 */
export async function* cutLines(
  file: CheckpointFile,
  most: number,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<ShardPart> {
  const { createHash } = nodeModule("node:crypto");
  let hash = createHash("sha256");
  let [chunk, chunkAt, hashed] = [new Uint8Array(), 0, 0];
  const hashUpTo = (end: number) => {
    hash.update(chunk.subarray(hashed - chunkAt, end - chunkAt));
    hashed = end;
  };
  const take = (next: Uint8Array) => {
    hashUpTo(chunkAt + chunk.length);
    chunkAt = hashed;
    chunk = next as Uint8Array<ArrayBuffer>;
    onBytes?.(next.length);
  };
  let [at, line, documents] = [0, 1, 0];
  let last: FileLine | undefined;
  const close = ({ end, line: number }: FileLine): ShardPart => {
    hashUpTo(end);
    const part = { documents, lines: { line, at, bytes: end - at, hash: hash.digest("hex") } };
    [at, line, documents] = [end, number + 1, 0];
    hash = createHash("sha256");
    return part;
  };
  for await (const found of readLines(file, { at: 0, bytes: file.size, line: 1 }, take)) {
    last = found;
    if (++documents === most) yield close(found);
  }
  if (documents > 0) yield close(last!);
}

/**
 * Reads the lines of a shard, and makes sure that they are those that were planned.
 *
 * @param file The file; undefined if there is none any more.
 * @param path Its path, for messages.
 * @param shard The shard.
 * @returns The lines.
 * @throws {InputChangedError} If the file has changed; of lines that are as long as before, after the
 * last.
 */
export async function* readShardLines(
  file: CheckpointFile | undefined,
  path: string,
  { lines, documents }: { readonly lines: ShardLines; readonly documents: number },
): AsyncGenerator<FileLine> {
  const changed = () =>
    new InputChangedError(
      `Cannot read lines ${lines.line} to ${lines.line + documents - 1} of ${path}: it has ` +
        "changed since the batch was planned; plan it again",
    );
  if (file === undefined || file.size < lines.at + lines.bytes) throw changed();
  const hash = nodeModule("node:crypto").createHash("sha256");
  let count = 0;
  for await (const line of readLines(file, lines, (bytes) => hash.update(bytes))) {
    if (++count > documents) break;
    yield line;
  }
  if (count !== documents || hash.digest("hex") !== lines.hash) throw changed();
}
