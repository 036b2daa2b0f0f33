/**
 * Finished passages of an encoding that may be interrupted.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { type FileHandle, open, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isJsonObject, parseJsonObject } from "../base/json.ts";
import { describePassage, type EmbeddedPassage } from "./embedding.ts";
import { explainFileError, ifExists, withReason } from "./file_errors.ts";

/** First line of the file: what its passages were made with. */
export type PartHeader = Readonly<Record<string, unknown>>;

/** Bytes before a block: the lengths of its two parts, and their hash. */
const BLOCK_HEADER = 8 + 32;

/** Longest part of a block. */
const LONGEST = 2 ** 30;

/** Longest first line of other settings that are compared. */
const LONGEST_HEADER = 65536;

/** A block that is complete. */
interface Block {
  readonly at: number;
  readonly size: number;
  /** Hash of the texts that it was made of. */
  readonly texts: string;
  readonly rows: number;
}

/**
 * A file of blocks of passages beside an output. What a killed process wrote last is found to be
 * incomplete by its hash, and written again.
 */
export class EncodePart {
  /** Its path. */
  readonly path: string;
  readonly #header: Uint8Array;
  /** Absent until there is a block. */
  #file: FileHandle | undefined;
  #blocks: Block[] = [];
  #size = 0;

  private constructor(path: string, header: Uint8Array) {
    this.path = path;
    this.#header = header;
  }

  /**
   * The path of an output's part: hidden, so that it is no text of a folder.
   *
   * @param output Path of the output.
   * @returns The path in the same folder.
   */
  static pathOf(output: string): string {
    return join(dirname(output), `.${basename(output)}.part`);
  }

  /**
   * Opens the part of an output. If there is none, the first block makes it.
   *
   * @param output Path of the output.
   * @param header What the passages are made with.
   * @returns The part.
   * @throws {RangeError} If there is one that was made with something else, or it is not such a file.
   */
  static async open(output: string, header: PartHeader): Promise<EncodePart> {
    const path = EncodePart.pathOf(output);
    const line = new TextEncoder().encode(`${JSON.stringify(header)}\n`);
    const part = new EncodePart(path, line);
    const file = await ifExists(open(path, "r+")).catch((error) => {
      throw explainRefusal(path, error);
    });
    if (file === undefined) return part;
    try {
      const { size } = await file.stat();
      const start = await readBytes(file, 0, Math.min(size, line.length + LONGEST_HEADER));
      const end = start.indexOf("\n".charCodeAt(0));
      // A process that was killed while it wrote the first line leaves a beginning of it.
      const isCut = end < 0 && start.every((byte, i) => byte === line[i]);
      if (isCut) await writeAll(file, line, 0);
      else compareHeaders(path, new TextDecoder().decode(start.subarray(0, end + 1)), header);
      const found = await readBlocks(file, line.length, size);
      await file.truncate(found.end);
      [part.#file, part.#blocks, part.#size] = [file, found.blocks, found.end];
      return part;
    } catch (error) {
      await file.close();
      throw explainFileError("write", path, error);
    }
  }

  /** Number of passages. */
  get passages(): number {
    return this.#blocks.reduce((sum, { rows }) => sum + rows, 0);
  }

  /** Number of blocks. */
  get blocks(): number {
    return this.#blocks.length;
  }

  /**
   * Tells whether a block has been made already.
   *
   * @param index Its number.
   * @param texts Hash of its texts.
   * @returns False if there is none yet.
   */
  has(index: number, texts: string): boolean {
    return this.#blocks[index]?.texts === texts;
  }

  /**
   * Drops a block and all behind it.
   *
   * @param index Its number.
   */
  async cut(index: number): Promise<void> {
    if (this.#file === undefined || index >= this.#blocks.length) return;
    this.#size = this.#blocks[index].at;
    this.#blocks = this.#blocks.slice(0, index);
    await withReason("write", this.path, this.#file.truncate(this.#size));
  }

  /**
   * Appends a block.
   *
   * @param texts Hash of its texts.
   * @param passages The passages.
   * @throws {Error} If another process writes to the file.
   */
  async append(texts: string, passages: readonly EmbeddedPassage[]): Promise<void> {
    if (this.#file === undefined) {
      this.#file = await open(this.path, "wx+").catch((error) => {
        throw explainRefusal(this.path, error);
      });
      await withReason("write", this.path, writeAll(this.#file, this.#header, 0));
      this.#size = this.#header.length;
    }
    const { size } = await this.#file.stat();
    if (size !== this.#size) {
      throw new Error(`Cannot write ${this.path}: another process writes to it`);
    }
    const described = passages.map((passage) => ({
      ...describePassage(passage),
      dims: passage.dims,
    }));
    const json = new TextEncoder().encode(JSON.stringify({ texts, passages: described }));
    const data = passages.map((passage) => bytesOf(passage.data));
    const dataBytes = data.reduce((sum, { length }) => sum + length, 0);
    const block = new Uint8Array(BLOCK_HEADER + json.length + dataBytes);
    const view = new DataView(block.buffer);
    view.setUint32(0, json.length, true);
    view.setUint32(4, dataBytes, true);
    let offset = BLOCK_HEADER;
    for (const bytes of [json, ...data]) {
      block.set(bytes, offset);
      offset += bytes.length;
    }
    block.set(createHash("sha256").update(block.subarray(BLOCK_HEADER)).digest(), 8);
    await withReason("write", this.path, writeAll(this.#file, block, this.#size));
    this.#blocks.push({ at: this.#size, size: block.length, texts, rows: passages.length });
    this.#size += block.length;
  }

  /**
   * Reads all passages.
   *
   * @returns The passages of a block at a time.
   */
  async *read(): AsyncGenerator<readonly EmbeddedPassage[]> {
    for (const { at, size } of this.#blocks) {
      const block = await withReason("read", this.path, readBytes(this.#file!, at, size));
      yield parseBlock(block);
    }
  }

  /** Closes the file, which stays. */
  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  /** Closes and removes the file. */
  async remove(): Promise<void> {
    await this.close();
    await withReason("write", this.path, rm(this.path, { force: true }));
  }
}

/** Reads the blocks that are complete; the first one that is not ends the file. */
async function readBlocks(file: FileHandle, start: number, size: number) {
  const blocks: Block[] = [];
  let at = start;
  while (at + BLOCK_HEADER <= size) {
    const header = await readBytes(file, at, BLOCK_HEADER);
    const view = new DataView(header.buffer);
    const [json, data] = [view.getUint32(0, true), view.getUint32(4, true)];
    const length = BLOCK_HEADER + json + data;
    if (json > LONGEST || data > LONGEST || at + length > size) break;
    const block = await readBytes(file, at, length);
    const hash = createHash("sha256").update(block.subarray(BLOCK_HEADER)).digest();
    if (!hash.every((byte, i) => byte === block[8 + i])) break;
    const { texts, passages } = blockJson(block);
    blocks.push({ at, size: length, texts, rows: passages.length });
    at += length;
  }
  return { blocks, end: at };
}

interface BlockJson {
  readonly texts: string;
  readonly passages: readonly Omit<EmbeddedPassage, "data">[];
}

/** The hash of the block is that of a block of ours, so its JSON is, too. */
function blockJson(block: Uint8Array): BlockJson {
  const json = new DataView(block.buffer).getUint32(0, true);
  const text = new TextDecoder().decode(block.subarray(BLOCK_HEADER, BLOCK_HEADER + json));
  return JSON.parse(text);
}

function parseBlock(block: Uint8Array): EmbeddedPassage[] {
  const json = new DataView(block.buffer).getUint32(0, true);
  const values = new Float32Array(block.slice(BLOCK_HEADER + json).buffer);
  let offset = 0;
  return blockJson(block).passages.map((passage) => {
    const length = passage.dims.reduce((product, size) => product * size, 1);
    const data = values.slice(offset, offset + length);
    offset += length;
    return { ...passage, data };
  });
}

/** Refuses to go on with other settings, and names them; the hours that were spent are not lost. */
function compareHeaders(path: string, text: string, wanted: PartHeader): void {
  let found: PartHeader | undefined;
  try {
    found = parseJsonObject(text, path);
  } catch {
    // It is not ours.
  }
  const other = Object.keys({ ...found, ...wanted }).filter((name) =>
    JSON.stringify(found?.[name]) !== JSON.stringify(wanted[name])
  );
  if (other.length === 0) return;
  const made = found && isJsonObject(found) && "encoder" in found
    ? `it was begun with another ${other.join(", ")}`
    : "it is not a part of an encoding";
  throw new RangeError(
    `Cannot go on from ${path}: ${made}; remove it to begin anew, or encode to another file`,
  );
}

/** Deno's permission for the output alone is not enough. */
function explainRefusal(path: string, error: unknown): Error {
  if ((error as Error).name !== "NotCapable") return explainFileError("write", path, error);
  const folder = dirname(path);
  return new Error(
    `Cannot keep finished passages in ${path}: run again with --allow-read=${folder} ` +
      `--allow-write=${folder}`,
    { cause: error },
  );
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

async function readBytes(file: FileHandle, at: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await file.read(bytes, done, length - done, at + done);
    if (bytesRead === 0) throw new RangeError("Cannot read a part of an encoding: it was cut off");
    done += bytesRead;
  }
  return bytes;
}

async function writeAll(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at + done);
    done += bytesWritten;
  }
}
