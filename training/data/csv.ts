/**
 * Examples in comma-separated values (RFC 4180).
 *
 * `@std/csv` parses whole texts or streams; here rows are read in any order, so they are found by
 * their bytes first and parsed one by one.
 *
 * @module
 */
import { checkOptions } from "../../base/check_options.ts";
import { showName, showNames, showValue } from "../../base/show_value.ts";
import { ExampleFile } from "./example_file.ts";
import type { Examples } from "./example.ts";
import { RecordFile } from "./record_file.ts";

/** Options of {@linkcode readCsv}. */
export interface CsvOptions {
  /** The character between fields; `,` if absent, `\t` for TSV. */
  readonly delimiter?: string;
}

/**
 * Names a file of comma-separated values (UTF-8), whose first row names the columns. All values are
 * strings; labels that are numbers are read as such where numbers are wanted.
 *
 * Errors of its rows come when they are read: a {@linkcode SyntaxError} that names file and line.
 *
 * @param file A path, a `file:` URL, or a file that a user chose in a page.
 * @param options The delimiter.
 * @returns The file; nothing is read yet.
 * @throws {TypeError} If it is none of that, or an option is of the wrong type.
 * @throws {RangeError} If the delimiter is not one character.
 *
 * @example
 * ```ts
 * import { readCsv } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const file = new Blob(['text,label\n"Good, really.",yes\n"He said ""no"".",no\n']);
 * const texts: unknown[] = [];
 * for await (const { text } of readCsv(file)) texts.push(text);
 * assertEquals(texts, ["Good, really.", 'He said "no".']);
 * ```
 */
export function readCsv(file: string | URL | Blob, options: CsvOptions = {}): ExampleFile {
  const { delimiter = "," } = checkOptions("Cannot read CSV", options, {
    delimiter: {
      type: "string",
      wanted: "one character, no quote and no line's end",
      accepts: (value) => /^[^"\r\n]$/u.test(String(value)),
    },
  });
  return new ExampleFile(file, async (opened): Promise<Examples> => {
    const records = await RecordFile.open(opened, true);
    const readRow = async (row: number) =>
      parseRow(await records.read(row), delimiter, records.whereOf(row));
    if (records.length === 0) {
      throw new SyntaxError(`Cannot read ${showName(opened.name)}: it is empty, wanted columns`);
    }
    const columns = await readRow(0);
    const isNamed = columns.every((name) => name.trim() !== "");
    if (!isNamed || new Set(columns).size < columns.length) {
      throw new SyntaxError(
        `Cannot read ${records.whereOf(0)}: its columns are ${
          showNames(columns)
        }, wanted different ` +
          "names",
      );
    }
    return {
      length: records.length - 1,
      sizeOf: (index) => records.sizeOf(index + 1),
      at: async (index) => {
        const where = records.whereOf(index + 1);
        const fields = await readRow(index + 1);
        if (fields.length !== columns.length) {
          throw new SyntaxError(
            `Cannot read ${where}: it has ${fields.length} fields, wanted ${columns.length} ` +
              `(${showNames(columns)})`,
          );
        }
        const value = Object.fromEntries(columns.map((name, i) => [name, fields[i]]));
        return { value, index, where };
      },
    };
  });
}

/** The fields of a row. */
function parseRow(row: string, delimiter: string, where: string): string[] {
  if (row.includes("\0")) throw new SyntaxError(`Cannot read ${where}: it holds a null character`);
  const fields: string[] = [];
  for (let at = 0; at <= row.length;) {
    const field = row[at] === '"' ? quotedEnd(row, at, where) : row.indexOf(delimiter, at);
    const end = field === -1 ? row.length : field;
    const text = row.slice(at, end);
    if (row[at] === '"') {
      if (end < row.length && !row.startsWith(delimiter, end)) {
        throw new SyntaxError(
          `Cannot read ${where}: behind a quoted field is ${
            showValue(row.slice(end, end + 20))
          }, ` +
            `wanted ${showValue(delimiter)}`,
        );
      }
      fields.push(text.slice(1, -1).replaceAll('""', '"'));
    } else if (/["\r]/.test(text)) {
      throw new SyntaxError(
        `Cannot read ${where}: a field without quotes holds ` +
          (text.includes('"') ? "a quote" : "a carriage return"),
      );
    } else fields.push(text);
    at = end + delimiter.length; // two code units of some characters
  }
  return fields;
}

/** The index behind the quote that closes a field; records have as many quotes as they need. */
function quotedEnd(row: string, start: number, where: string): number {
  for (let at = start + 1;; at += 2) {
    at = row.indexOf('"', at);
    if (at === -1) throw new SyntaxError(`Cannot read ${where}: a quote is not closed`);
    if (row[at + 1] !== '"') return at + 1;
  }
}
