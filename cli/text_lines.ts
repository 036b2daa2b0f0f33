/**
 * Lines of a text that comes in parts.
 *
 * @module
 */

/** Most characters of a line, so that a file without line breaks does not fill the memory. */
export const LONGEST_LINE = 10_000_000;

/**
 * Splits a text at line breaks, `\n` or `\r\n`.
 *
 * @param parts Parts of the text.
 * @param name Name of the text, for the message.
 * @param longest Most characters of a line.
 * @returns The lines; none for an empty text, and none behind the last line break.
 * @throws {RangeError} If a line is longer.
 */
export async function* splitLines(
  parts: AsyncIterable<string>,
  name: string,
  longest: number = LONGEST_LINE,
): AsyncGenerator<string> {
  let pieces: string[] = [];
  let length = 0;
  let line = 1;
  for await (const part of parts) {
    for (let from = 0;;) {
      const end = part.indexOf("\n", from);
      const piece = part.slice(from, end < 0 ? undefined : end);
      length += piece.length;
      if (length > longest) {
        throw new RangeError(
          `Cannot read line ${line} of ${name}: it has more than ${longest} characters`,
        );
      }
      if (piece !== "") pieces.push(piece);
      if (end < 0) break;
      yield joinLine(pieces);
      line++;
      [pieces, length, from] = [[], 0, end + 1];
    }
  }
  if (length > 0) yield joinLine(pieces);
}

function joinLine(pieces: readonly string[]): string {
  const line = pieces.length === 1 ? pieces[0] : pieces.join("");
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
