/**
 * Examples in JSON Lines.
 *
 * @module
 */
import { parseJsonObject } from "../../base/json.ts";
import { ExampleFile } from "./example_file.ts";
import type { Example, Examples } from "./example.ts";
import { RecordFile } from "./record_file.ts";

/**
 * Names a file of JSON Lines (UTF-8, an object a line; blank lines do not count).
 *
 * Errors of its lines come when they are read: a {@linkcode SyntaxError} that names file and line.
 *
 * @param file A path, a `file:` URL, or a file that a user chose in a page.
 * @returns The file; nothing is read yet.
 * @throws {TypeError} If it is none of that.
 *
 * @example
 * ```ts
 * import { readJsonLines } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const file = new Blob(['{"text": "Good.", "label": "yes"}\n{"text": "Bad.", "label": "no"}\n']);
 * const labels: unknown[] = [];
 * for await (const { label } of readJsonLines(file)) labels.push(label);
 * assertEquals(labels, ["yes", "no"]);
 * ```
 */
export function readJsonLines(file: string | URL | Blob): ExampleFile {
  return new ExampleFile(file, async (opened): Promise<Examples> => {
    const records = await RecordFile.open(opened, false);
    return {
      length: records.length,
      sizeOf: (index) => records.sizeOf(index),
      at: async (index) => {
        const where = records.whereOf(index);
        const value: Example = parseJsonObject(await records.read(index), where);
        return { value, index, where };
      },
    };
  });
}
