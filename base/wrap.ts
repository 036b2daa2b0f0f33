/**
 * Line breaks.
 *
 * @module
 */

/**
 * Wraps a text at spaces.
 *
 * @param text One line.
 * @param width Most characters in a line; a longer word is not broken.
 * @returns At least one line.
 */
export function wrap(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines[lines.length - 1];
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] += ` ${word}`;
    else lines.push(word);
  }
  return lines;
}
