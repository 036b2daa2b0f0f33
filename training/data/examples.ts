/**
 * Examples to learn from, wherever they come from.
 *
 * @module
 */
import { isJsonObject } from "../../base/json.ts";
import { showValue } from "../../base/show_value.ts";
import type { Example, Examples } from "./example.ts";
import { ExampleFile } from "./example_file.ts";

/**
 * Examples: a list, a file ({@linkcode readJsonLines}, {@linkcode readCsv}), or an iterable, which is
 * read into memory once, when a training begins.
 */
export type ExampleData = Iterable<Example> | AsyncIterable<Example> | ExampleFile;

/**
 * Opens examples for reading in any order.
 *
 * @param data The examples.
 * @param name What errors call a list of them.
 * @returns The examples; their `sizeOf` counts `input_ids`, else the characters of all texts.
 * @throws {TypeError} If the data is neither an iterable nor a file, or an example is not an object.
 * @throws {RangeError} If there is no such file, or nothing can read it here.
 * @throws {SyntaxError} If a file is malformed.
 *
 * @example
 * ```ts
 * import { openExamples } from "@lsg/core/training";
 * import { assertEquals } from "@std/assert";
 *
 * const value = { text: "It snowed." };
 * const examples = await openExamples([{ text: "Rain." }, value], "weather");
 * assertEquals([examples.length, examples.sizeOf(1)], [2, 10]); // characters
 * assertEquals(await examples.at(1), { value, index: 1, where: "weather[1]" });
 * ```
 */
export async function openExamples(data: ExampleData, name = "examples"): Promise<Examples> {
  if (data instanceof ExampleFile) return await data.open();
  let list: Example[] = [];
  if (Array.isArray(data)) list = data.map((each, i) => checkExample(each, `${name}[${i}]`));
  else {
    const given: unknown = data;
    const isIterable = typeof given === "object" && given !== null &&
      (Symbol.asyncIterator in given || Symbol.iterator in given);
    if (!isIterable) {
      throw new TypeError(
        `Cannot read examples from ${showValue(data)}: wanted an array, an iterable, ` +
          "readJsonLines() or readCsv()",
      );
    }
    for await (const example of data) list.push(checkExample(example, `${name}[${list.length}]`));
  }
  const sizes = list.map(sizeOf);
  return {
    length: list.length,
    sizeOf: (index) => sizes[index],
    at: (index) => Promise.resolve({ value: list[index], index, where: `${name}[${index}]` }),
  };
}

/**
 * Asserts that an example is an object.
 *
 * @param example The example.
 * @param where Where it is from, for errors.
 * @returns The same.
 * @throws {TypeError} If it is not.
 */
export function checkExample(example: unknown, where: string): Example {
  if (isJsonObject(example)) return example;
  throw new TypeError(`Cannot learn from ${where}: it is ${showValue(example)}, wanted an object`);
}

/** Tokens, or characters of all texts. */
function sizeOf({ input_ids, ...others }: Example): number {
  if (input_ids !== undefined) return lengthOf(input_ids);
  return Object.values(others).reduce<number>((sum, value) => sum + lengthOf(value), 0);
}

function lengthOf(value: unknown): number {
  if (typeof value === "string" || ArrayBuffer.isView(value)) {
    return (value as string | Uint8Array).length;
  }
  if (!Array.isArray(value)) return 0;
  return value.reduce<number>(
    (sum, each) => sum + (typeof each === "string" ? each.length : 1),
    0,
  );
}
