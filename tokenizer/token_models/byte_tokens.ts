import type { TokenIds } from "./token_model.ts";

/**
 * Finds the tokens of a text's bytes, such as `<0xE2>`.
 *
 * @param text The text.
 * @param ids The id of each token.
 * @returns A token per byte; undefined if the vocabulary lacks one.
 */
export function byteTokens(
  text: string,
  ids: TokenIds,
): { token: string; id: number }[] | undefined {
  const tokens = Array.from(new TextEncoder().encode(text), (byte) => {
    const token = `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
    return { token, id: ids.get(token) };
  });
  const isKnown = (token: { token: string; id?: number }): token is { token: string; id: number } =>
    token.id !== undefined;
  return tokens.every(isKnown) ? tokens : undefined;
}
