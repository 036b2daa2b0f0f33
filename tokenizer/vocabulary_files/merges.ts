import { showValue } from "../../base/show_value.ts";

/**
 * Reads the merges of a merges.txt as Python's tokenizers do: a line `a b` each, by rank. The first
 * line is a header whatever it says, and what follows the last line break is ignored. Blank lines
 * are skipped; of two equal merges the first counts.
 *
 * @param text The content of the file.
 * @param vocabulary The tokens with their ids; it must have both parts of a merge and the whole.
 * @param name The file's name in messages.
 * @returns The merges.
 * @throws {SyntaxError} If a line does not have two tokens, or the vocabulary lacks one.
 */
export function readMerges(
  text: string,
  vocabulary: Readonly<Record<string, unknown>>,
  name: string,
): [string, string][] {
  const merges: [string, string][] = [];
  const seen = new Set<string>();
  const lines = text.split(/\r\n|\r|\n/);
  for (const [index, line] of lines.slice(1, -1).entries()) {
    const tokens = line.split(/\p{White_Space}+/u).filter((token) => token !== "");
    if (tokens.length === 0) continue;
    const fail = (what: string) => {
      throw new SyntaxError(`Cannot read ${name}: line ${index + 2}, ${showValue(line)}, ${what}`);
    };
    if (tokens.length !== 2) fail(`has ${tokens.length} tokens; wanted two`);
    const [left, right] = tokens;
    const missing = [left, right, left + right].find((token) => !Object.hasOwn(vocabulary, token));
    if (missing !== undefined) fail(`needs ${showValue(missing)}, which vocab.json lacks`);
    const pair = `${left} ${right}`;
    if (seen.has(pair)) continue;
    seen.add(pair);
    merges.push([left, right]);
  }
  return merges;
}
