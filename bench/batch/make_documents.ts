/**
 * Documents for a batch: passages of a book.
 *
 * @module
 */
import { Random } from "../../tensor/random.ts";

const BOOK = new URL("../../demo/northanger_abbey.txt", import.meta.url);

/**
 * Writes documents, a line of JSON each with `id` and `text`.
 *
 * @param path The file.
 * @param count Number of documents.
 * @param characters Most characters of a document; it has at least half of them.
 */
export async function makeDocuments(
  path: string,
  count: number,
  characters: number,
): Promise<void> {
  const book = await Deno.readTextFile(BOOK);
  const random = new Random(0);
  const lines = Array.from({ length: count }, (_, i) => {
    const length = Math.round(characters * (1 + random.uniform()) / 2);
    const first = Math.floor(random.uniform() * (book.length - length));
    return JSON.stringify({ id: `document-${i}`, text: book.slice(first, first + length) });
  });
  await Deno.writeTextFile(path, lines.join("\n") + "\n");
}
