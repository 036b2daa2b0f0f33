import { showValue } from "../../base/show_value.ts";
import type { JsonPart } from "../json_part.ts";
import type { TokenSpan } from "../text_to_tokens.ts";
import { byteTokens } from "./byte_tokens.ts";
import { LONGEST_SLICE, LongPieces } from "./long_pieces.ts";
import type { TokenModel } from "./token_model.ts";

/** The score of an unknown character, below the lowest score of a piece. */
const UNKNOWN_PENALTY = 10;

/** The best segmentation of a word up to some index: its score and its last piece. */
interface BestPrefix {
  score: number;
  start: number;
  isUnknown: boolean;
}

/**
 * Reads a Unigram model: of all segmentations of a word into pieces it chooses the one with the
 * largest sum of log probabilities (Viterbi's algorithm). A run of unknown characters is one token,
 * or with `byte_fallback` a token per byte.
 *
 * @param part The model's settings.
 * @returns The model.
 * @throws {TypeError} If a setting is malformed.
 * @throws {RangeError} If `unk_id` is not the id of a piece.
 */
export function readModel(part: JsonPart): TokenModel {
  const pieces = part.list("vocab").map((entry) => readPiece(entry, part));
  const ids = new Map(pieces.map(([piece], id) => [piece, id]));
  const unkId = part.get("unk_id") === undefined ? undefined : part.count("unk_id", 0);
  if (unkId !== undefined && unkId >= pieces.length) {
    throw new RangeError(`Cannot read ${part.name}: unk_id ${unkId} is not the id of a piece`);
  }
  const byteFallback = part.boolean("byte_fallback", false);
  const unknownScore = pieces.reduce((min, [, score]) => Math.min(min, score), Infinity) -
    UNKNOWN_PENALTY;
  // Length of the longest piece by first character: longer slices are not looked up.
  const longest = new Map<number, number>();
  for (const [piece] of pieces) {
    const first = piece.codePointAt(0)!;
    const length = Math.min(piece.length, LONGEST_SLICE);
    longest.set(first, Math.max(longest.get(first) ?? 0, length));
  }
  const longPieces = new LongPieces(ids);

  /** The best segmentation up to each index of a word, if there is one. */
  const bestPrefixes = (word: string): BestPrefix[] => {
    const best: BestPrefix[] = [];
    const offer = (end: number, prefix: BestPrefix) => {
      // Of equal scores the first one stays, whose last piece starts earlier.
      if (best[end] === undefined || prefix.score > best[end].score) best[end] = prefix;
    };
    const scan = longPieces.isEmpty ? undefined : longPieces.scan(word);
    let scanned = 0;
    for (let start = 0; start < word.length;) {
      // Long pieces that end here start before all slices that do, and are offered before them.
      while (scan && scanned < Math.min(word.length, start + LONGEST_SLICE)) {
        const end = ++scanned;
        scan(end, (length, id) => {
          const start = end - length;
          const before = start === 0 ? 0 : best[start]?.score;
          if (before === undefined) return;
          offer(end, { score: before + pieces[id][1], start, isUnknown: id === unkId });
        });
      }
      const before = best[start]?.score ?? 0;
      const character = word.codePointAt(start)!;
      const next = start + (character > 0xffff ? 2 : 1);
      const last = Math.min(word.length, start + (longest.get(character) ?? 0));
      let isKnown = false;
      for (let end = next; end <= last; end++) {
        const id = ids.get(word.slice(start, end));
        if (id === undefined) continue;
        offer(end, { score: before + pieces[id][1], start, isUnknown: id === unkId });
        isKnown ||= end === next;
      }
      if (!isKnown) offer(next, { score: before + unknownScore, start, isUnknown: true });
      start = next;
    }
    return best;
  };

  const tokenize = (word: string): TokenSpan[] => {
    const best = bestPrefixes(word);
    // From the end to the start.
    const segments: { start: number; end: number; isUnknown: boolean }[] = [];
    for (let end = word.length; end > 0; end = best[end].start) {
      const { start, isUnknown } = best[end];
      const after = segments.at(-1);
      if (isUnknown && after?.isUnknown) after.start = start;
      else segments.push({ start, end, isUnknown });
    }
    return segments.reverse().flatMap(({ start, end }) => {
      const token = word.slice(start, end);
      const id = ids.get(token);
      if (id !== undefined) return [{ token, id, start, end }];
      const bytes = byteFallback ? byteTokens(token, ids) : undefined;
      if (bytes) return bytes.map((byte) => ({ ...byte, start, end }));
      if (unkId === undefined) {
        throw new RangeError(
          `Cannot tokenize ${showValue(token)}: the vocabulary lacks it and has no unk_id`,
        );
      }
      return [{ token, id: unkId, start, end }];
    });
  };
  return { tokenize, ids, tokenOf: (id) => pieces[id]?.[0] };
}

/** Reads `["piece", -3.5]`. */
function readPiece(entry: unknown, part: JsonPart): [piece: string, score: number] {
  const [piece, score] = Array.isArray(entry) ? entry : [];
  if (typeof piece !== "string" || piece === "" || !Number.isFinite(score)) {
    return part.fail(`vocab has ${showValue(entry)}; wanted [piece, score]`);
  }
  return [piece, score];
}
