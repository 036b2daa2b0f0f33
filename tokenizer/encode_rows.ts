import type { EncodedRow } from "./encoded_row.ts";
import type { Settings } from "./options.ts";
import { applyTemplate, countSpecialTokens, type Template } from "./template.ts";
import type { Token } from "./text_to_tokens.ts";
import { trimOffsets } from "./trim_offsets.ts";
import { slidingWindows, truncatedLengths } from "./windows.ts";

/**
 * Encodes a text or a pair as rows: truncates it, trims offsets, adds special tokens.
 *
 * @param texts The text, or the two of a pair.
 * @param textToTokens Tokenizes a text.
 * @param template Positions of the special tokens.
 * @param settings The settings of the call.
 * @param side The side that is truncated.
 * @param sample Index of the text in the batch.
 * @returns One row, or with `overflow` one for each window or pair of windows.
 * @throws {RangeError} If the special tokens alone exceed the length, or no window fits.
 */
export function encodeRows(
  texts: readonly string[],
  textToTokens: (text: string) => Token[],
  template: Template,
  settings: Settings,
  side: "left" | "right",
  sample: number,
): EncodedRow[] {
  const { strategy, maxLength, stride, overflow, addSpecialTokens } = settings;
  const pieces = texts.length === 2 ? template.pair : template.single;
  const tokens = texts.map(textToTokens);
  let windows = tokens.map((all) => [all]);
  if (strategy !== undefined) {
    const room = maxLength - (addSpecialTokens ? countSpecialTokens(pieces) : 0);
    if (room < 0 || (overflow && stride >= room)) {
      throw new RangeError(
        `Cannot truncate to ${maxLength} tokens with a stride of ${stride}: ` +
          `${maxLength - room} are special tokens; wanted a longer max_length`,
      );
    }
    const lengths = truncatedLengths(tokens[0].length, tokens[1]?.length ?? 0, room, strategy);
    windows = tokens.map((all, i) =>
      overflow ? slidingWindows(all, lengths[i], stride, side) : [truncate(all, lengths[i], side)]
    );
  }
  const trimmed = windows.map((ofText, i) =>
    template.trim === undefined
      ? ofText
      : ofText.map((window) => trimOffsets(window, texts[i], template.trim!.addPrefixSpace))
  );
  return combinations(trimmed)
    .map((parts) => applyTemplate(pieces, parts, addSpecialTokens, sample));
}

function truncate<T>(tokens: readonly T[], length: number, side: "left" | "right"): T[] {
  return side === "right" ? tokens.slice(0, length) : tokens.slice(tokens.length - length);
}

/**
 * Combines each window of the first text with each of the second, in the order of Python's
 * tokenizers: both first windows; the other ones of the first text with all of the second; the
 * first one of the first text with the other ones of the second.
 */
function combinations<T>([first, second]: readonly T[][]): T[][] {
  if (second === undefined) return first.map((window) => [window]);
  return [
    [first[0], second[0]],
    ...first.slice(1).flatMap((window) => second.map((other) => [window, other])),
    ...second.slice(1).map((other) => [first[0], other]),
  ];
}
