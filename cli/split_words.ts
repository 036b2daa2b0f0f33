/**
 * Words of a text.
 *
 * @module
 */

/**
 * Words as ROUGE counts them.
 *
 * @param text The text.
 * @returns Its runs of letters a–z and digits, in lower case.
 */
export function splitWords(text: string): string[] {
  return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
}
