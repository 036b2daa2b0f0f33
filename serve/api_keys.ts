/**
 * Keys of clients.
 *
 * @module
 */
import { nodeModule } from "../base/node_module.ts";
import { ApiError } from "./api_error.ts";

/**
 * Makes a check of keys, which takes as long for a wrong key as for a right one.
 *
 * @param keys The accepted keys; none: every request is accepted.
 * @returns Asserts that a request's `Authorization` names one of them; throws an {@linkcode ApiError}
 * with 401.
 */
export function checkKeys(keys: readonly string[]): (authorization: string | undefined) => void {
  const { createHash, timingSafeEqual } = nodeModule("node:crypto");
  const hash = (text: string) => createHash("sha256").update(text).digest();
  const known = keys.map(hash);
  return (authorization) => {
    if (known.length === 0) return;
    const [, given] = authorization?.match(/^Bearer +(\S+) *$/i) ?? [];
    const hashed = hash(given ?? "");
    const matches = known.filter((key) => timingSafeEqual(key, hashed));
    if (given !== undefined && matches.length > 0) return;
    const reason = given === undefined ? "no key came" : "the key is not known";
    throw new ApiError(
      401,
      "authentication",
      `Cannot answer: ${reason}; wanted the header Authorization: Bearer KEY`,
    );
  };
}
