/**
 * Limits of answers that may be many times as large as their requests.
 *
 * @module
 */
import type { ModelInfo } from "../hosting/mod.ts";
import { ApiError } from "./api_error.ts";

/** Most tokens whose vectors an answer holds, or those of one text: each has hundreds of numbers. */
const MOST_VECTORS = 2 ** 14;

/** Most characters, or ids, of a request whose answer has an object for each token, or its text. */
export const MOST_CHARACTERS = 2 ** 19;

/** Most words that an answer proposes for masks, each with the whole text. */
export const MOST_WORDS = 2 ** 16;

/**
 * Asserts that an answer stays within memory.
 *
 * @param count What it would have.
 * @param most The most.
 * @param what What is counted, for the message.
 * @throws {ApiError} 413 if it has more.
 */
export function assertSize(count: number, most: number, what: string): void {
  if (count <= most) return;
  throw new ApiError(
    413,
    "invalid_request",
    `Cannot answer ${count} ${what} at once: wanted at most ${most}`,
  );
}

/**
 * Asserts that the vectors of all tokens of texts stay within memory.
 *
 * @param texts The texts.
 * @param info The model.
 * @throws {ApiError} 413 if there are too many.
 */
export function assertVectors(texts: readonly string[], { maxLength }: ModelInfo): void {
  // A text has about as many tokens as characters at most, and none more than the model takes.
  const tokens = texts.reduce((sum, { length }) => sum + Math.min(length, maxLength), 0);
  assertSize(tokens, Math.max(MOST_VECTORS, maxLength), "tokens, or characters,");
}
