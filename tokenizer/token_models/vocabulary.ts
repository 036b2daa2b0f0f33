import type { JsonPart } from "../json_part.ts";

/** Ids above this are no vocabulary's but an attack on memory: the largest have a million tokens. */
const MAX_ID = 2 ** 24;

/**
 * Reads a vocabulary, `{"token": id}`.
 *
 * @param part The model that has it as `vocab`.
 * @returns The id of each token.
 * @throws {TypeError} If it is no object.
 * @throws {RangeError} If an id is out of bounds or given twice.
 */
export function readVocabulary(part: JsonPart): Map<string, number> {
  const vocab = part.get("vocab");
  if (typeof vocab !== "object" || vocab === null || Array.isArray(vocab)) {
    return part.fail("vocab is not an object");
  }
  const ids = new Map<string, number>();
  const seen = new Set<number>();
  for (const [token, id] of Object.entries(vocab)) {
    checkId(id, token, part.name);
    if (seen.has(id)) {
      throw new RangeError(`Cannot read ${part.name}: vocab has two tokens of id ${id}`);
    }
    seen.add(id);
    ids.set(token, id);
  }
  return ids;
}

/**
 * Checks an id of a vocabulary.
 *
 * @param id The id.
 * @param token Its token, for messages.
 * @param name The file, for messages.
 * @throws {RangeError} If it is not a whole number from 0 to 2²⁴.
 */
export function checkId(id: unknown, token: string, name: string): asserts id is number {
  if (!Number.isSafeInteger(id) || (id as number) < 0 || (id as number) > MAX_ID) {
    throw new RangeError(
      `Cannot read ${name}: ${JSON.stringify(token)} has id ${JSON.stringify(id)}; ` +
        `wanted a whole number from 0 to ${MAX_ID}`,
    );
  }
}
