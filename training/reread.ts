/**
 * Datasets that can be read several times.
 *
 * @module
 */
import type { Example } from "./data/example.ts";
import { ExampleFile } from "./data/example_file.ts";
import type { ExampleData } from "./data/examples.ts";

/** Lists of what iterables hold: a generator can be read once, and is evaluated on several times. */
export class Rereader {
  readonly #lists = new WeakMap<object, Promise<Example[]>>();

  /**
   * Reads an iterable into memory, the first time.
   *
   * @param data The examples.
   * @returns A list or file as it is, an iterable as a list.
   */
  read(data: ExampleData): Promise<ExampleData> {
    const isIterable = typeof data === "object" && data !== null &&
      (Symbol.asyncIterator in data || Symbol.iterator in data);
    // What is no dataset is refused where it is opened.
    if (!isIterable || Array.isArray(data) || data instanceof ExampleFile) {
      return Promise.resolve(data);
    }
    const known = this.#lists.get(data);
    if (known) return known;
    const list = listOf(data);
    this.#lists.set(data, list);
    // Another time it may be readable, unless it is an iterator, whose beginning is gone.
    list.catch(() => "next" in data || this.#lists.delete(data));
    return list;
  }
}

async function listOf(data: Iterable<Example> | AsyncIterable<Example>): Promise<Example[]> {
  const list: Example[] = [];
  for await (const example of data) list.push(example);
  return list;
}
