/**
 * Tells whether a text is a path, and not the name of a repository.
 *
 * @param text The text.
 * @returns True if it starts with "/", "./" or "../".
 */
export function isExplicitPath(text: string): boolean {
  return /^([/\\]|[a-z]:|\.\.?([/\\]|$))/i.test(text);
}
