/**
 * Ends of texts whose ids go on.
 *
 * @module
 */

/**
 * A text without the marks of half a character at its end. A regular expression would try each run
 * of marks anew.
 *
 * @param text The text.
 * @returns Its start up to the marks.
 */
export function withoutHalf(text: string): string {
  let end = text.length;
  while (text[end - 1] === "\ufffd") end--;
  return text.slice(0, end);
}
