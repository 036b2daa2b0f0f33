/**
 * Indexes in JSON Lines.
 *
 * @module
 */
import { parseJsonObject } from "../base/json.ts";
import { showName } from "../base/show_value.ts";
import { type Encoder, parseEncoder } from "./encoder.ts";
import { checkRow, checkVector, type IndexFile } from "./index_row.ts";
import { streamInput } from "./input.ts";
import { splitLines } from "./text_lines.ts";

/** Most characters of a line: a text of 10 million and an embedding. */
const LONGEST_LINE = 40_000_000;

/** A line, parsed. */
export interface IndexLine {
  /** Where it stands, for messages. */
  readonly where: string;
  /** Its object. */
  readonly value: Record<string, unknown>;
}

/** Lines of an index, and what made all of them. */
export interface IndexLines {
  /** What made them; absent if the first line does not tell. */
  readonly encoder?: Encoder;
  /** Reads the lines, once; blank ones are left out. */
  lines(): AsyncGenerator<IndexLine>;
}

/**
 * Opens a file of JSON objects, one a line.
 *
 * @param path The file.
 * @returns The first line's encoder, and the lines.
 * @throws {SyntaxError} If a line is not a JSON object; the message names it.
 * @throws {RangeError} If there is no line, or two name different encoders.
 */
export async function openLines(path: string): Promise<IndexLines> {
  const lines = readLines(path);
  const first = await lines.next();
  if (first.done) throw new RangeError(`Cannot search ${showName(path)}: it is empty`);
  const { value, where } = first.value;
  const encoder = value.encoder === undefined ? undefined : parseEncoder(value.encoder, where);
  const written = JSON.stringify(value.encoder);
  return {
    encoder,
    lines: async function* () {
      try {
        yield first.value;
        for await (const line of lines) {
          if (JSON.stringify(line.value.encoder) !== written) {
            throw new RangeError(
              `Cannot search ${showName(path)}: ${line.where} was made by another model or with ` +
                "other options than line 1",
            );
          }
          yield line;
        }
      } finally {
        await lines.return(undefined);
      }
    },
  };
}

/**
 * Opens an index in JSON Lines.
 *
 * @param path The file.
 * @returns The index.
 * @throws As {@linkcode openLines} does.
 */
export async function openJsonl(path: string): Promise<IndexFile> {
  const { encoder, lines } = await openLines(path);
  return {
    encoder,
    rows: async function* () {
      for await (const { where, value } of lines()) {
        yield { ...checkRow(where, value), vector: checkVector(where, value.embedding) };
      }
    },
  };
}

async function* readLines(path: string): AsyncGenerator<IndexLine> {
  let number = 0;
  for await (const line of splitLines(streamInput(path), path, LONGEST_LINE)) {
    number++;
    if (line.trim() === "") continue;
    const where = `line ${number} of ${path}`;
    yield { where, value: parseJsonObject(line, where) };
  }
}
