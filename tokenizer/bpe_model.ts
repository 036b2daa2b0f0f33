import { isJsonObject } from "../checkpoint/json.ts";

/** Ids above this are no vocabulary's but an attack on memory: the largest have a million tokens. */
const MAX_ID = 2 ** 24;

/** Settings that byte-level vocabularies do not use; each would change the tokens. */
const unusedSettings = [
  "dropout",
  "continuing_subword_prefix",
  "end_of_word_suffix",
  "byte_fallback",
] as const;

/** The parts of a byte-level BPE model that alignment needs. */
export interface BpeModel {
  /** Whether the vocabulary has a token. */
  has: (token: string) => boolean;
  /** What stands for a letter that the vocabulary lacks. */
  unkToken: string | undefined;
  /** Whether one such token stands for all of them in a row. */
  fuseUnk: boolean;
}

/**
 * Checks the model of a tokenizer.json, so that the tokenizer library can rely on it.
 *
 * @param model The value of `model`.
 * @param name The file, for messages.
 * @returns What alignment needs of it.
 * @throws {TypeError} If it is not a well-formed byte-level BPE model.
 * @throws {RangeError} If an id is out of bounds or given twice.
 */
export function checkBpeModel(model: unknown, name: string): BpeModel {
  const fail = (what: string): never => {
    throw new TypeError(`Cannot read model of ${name}: ${what}`);
  };
  if (!isJsonObject(model)) return fail(`wanted an object, got ${JSON.stringify(model)}`);
  // Files from before 2021 have no type.
  const type = model.type ?? (Array.isArray(model.merges) ? "BPE" : undefined);
  if (type !== "BPE") return fail(`wanted type "BPE", got ${JSON.stringify(type)}`);
  for (const setting of unusedSettings) {
    if (model[setting]) {
      return fail(`${setting} is ${JSON.stringify(model[setting])}, which byte-level BPE lacks`);
    }
  }
  if (!isJsonObject(model.vocab)) return fail("vocab is not an object");
  const vocab = new Map(Object.entries(model.vocab));
  const ids = new Set<number>();
  for (const [token, id] of vocab) {
    checkId(id, token, name);
    if (ids.has(id)) {
      throw new RangeError(`Cannot read model of ${name}: vocab has two tokens of id ${id}`);
    }
    ids.add(id);
  }
  if (!Array.isArray(model.merges)) return fail("merges is not an array");
  for (const merge of model.merges) {
    const parts = typeof merge === "string" ? merge.split(" ") : merge;
    const known = Array.isArray(parts) && parts.length === 2 && vocab.has(parts[0]) &&
      vocab.has(parts[1]) && vocab.has(parts[0] + parts[1]);
    if (!known) return fail(`merges has ${JSON.stringify(merge)}, which vocab does not explain`);
  }
  const unkToken = model.unk_token ?? undefined;
  if (unkToken !== undefined && !(typeof unkToken === "string" && vocab.has(unkToken))) {
    return fail(`vocab lacks the unk_token ${JSON.stringify(unkToken)}`);
  }
  return { has: (token) => vocab.has(token), unkToken, fuseUnk: model.fuse_unk === true };
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

/**
 * How many letters of a word a token stands for.
 *
 * @param model The model that gave the token.
 * @param token The token.
 * @param word The word, one letter a byte.
 * @param position Where in the word the token starts.
 * @returns The number of letters.
 */
export function bpeTokenLength(
  model: BpeModel,
  token: string,
  word: string,
  position: number,
): number {
  if (token !== model.unkToken || word.startsWith(token, position)) return token.length;
  let end = position + 1;
  while (model.fuseUnk && end < word.length && !model.has(word[end])) end++;
  return end - position;
}
