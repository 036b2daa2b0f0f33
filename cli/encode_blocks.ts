/**
 * Passages in blocks: what is embedded in one call, and written at once.
 *
 * @module
 */
import { createHash } from "node:crypto";

/** Most characters of a block, some 30,000 tokens; a longer passage is a block of its own. */
const BLOCK_CHARACTERS = 2 ** 17;

/** Most passages of a block. */
const BLOCK_PASSAGES = 1024;

/**
 * Groups passages. The groups depend on nothing but the passages, so that a run that goes on makes
 * the same ones.
 *
 * @param passages The passages, in order.
 * @returns The groups, none of them empty.
 */
export async function* groupPassages<Passage extends { readonly text: string }>(
  passages: AsyncIterable<Passage>,
): AsyncGenerator<Passage[]> {
  let group: Passage[] = [];
  let characters = 0;
  for await (const passage of passages) {
    const isFull = group.length === BLOCK_PASSAGES ||
      characters + passage.text.length > BLOCK_CHARACTERS;
    if (group.length > 0 && isFull) {
      yield group;
      [group, characters] = [[], 0];
    }
    group.push(passage);
    characters += passage.text.length;
  }
  if (group.length > 0) yield group;
}

/**
 * Hashes all that embeddings of passages are made of, and what is told of them.
 *
 * @param passages The passages.
 * @returns SHA-256, in hexadecimal.
 */
export function hashPassages(
  passages: readonly {
    readonly id: string;
    readonly start: number;
    readonly end: number;
    readonly text: string;
  }[],
): string {
  const hash = createHash("sha256");
  for (const { id, start, end, text } of passages) {
    hash.update(`${JSON.stringify([id, start, end, text])}\n`);
  }
  return hash.digest("hex");
}
