import type { JsonPart } from "../json_part.ts";
import type { TokenSpan } from "../text_to_tokens.ts";
import type { TokenModel } from "./token_model.ts";

/** How much less likely an unknown character is than the least likely piece, as a logarithm. */
const UNKNOWN_PENALTY = 10;

/** The best way to cut a word up to some place: its score, and its last piece. */
interface BestCut {
  score: number;
  start: number;
  isUnknown: boolean;
}

/**
 * Reads a Unigram model: of all ways to cut a word into pieces it takes the one whose logarithms of
 * probability have the largest sum (Viterbi's algorithm). Unknown characters in a row are one token,
 * or with `byte_fallback` a token for each of their bytes.
 *
 * @param part The model's settings.
 * @returns The model.
 * @throws {TypeError} If a setting is not well formed.
 * @throws {RangeError} If `unk_id` is no piece's.
 */
export function readUnigram(part: JsonPart): TokenModel {
  const pieces = part.list("vocab").map((entry) => readPiece(entry, part));
  const ids = new Map(pieces.map(([piece], id) => [piece, id]));
  const unkId = part.get("unk_id") === undefined ? undefined : part.count("unk_id", 0);
  if (unkId !== undefined && unkId >= pieces.length) {
    throw new RangeError(`Cannot read ${part.name}: unk_id ${unkId} is no piece's`);
  }
  const byteFallback = part.boolean("byte_fallback", false);
  const unknownScore = pieces.reduce((min, [, score]) => Math.min(min, score), Infinity) -
    UNKNOWN_PENALTY;
  // The longest piece that starts with a character: what is longer need not be looked up.
  const longest = new Map<number, number>();
  for (const [piece] of pieces) {
    const first = piece.codePointAt(0)!;
    longest.set(first, Math.max(longest.get(first) ?? 0, piece.length));
  }

  /** For each place in a word the best cut that ends there, if there is one. */
  const bestCuts = (word: string): BestCut[] => {
    const best: BestCut[] = [];
    const offer = (end: number, cut: BestCut) => {
      // Of equal scores the first stays: the one whose last piece starts earlier.
      if (best[end] === undefined || cut.score > best[end].score) best[end] = cut;
    };
    for (let start = 0; start < word.length;) {
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
    const best = bestCuts(word);
    // From the end to the start.
    const cuts: { start: number; end: number; isUnknown: boolean }[] = [];
    for (let end = word.length; end > 0; end = best[end].start) {
      const { start, isUnknown } = best[end];
      const after = cuts.at(-1);
      if (isUnknown && after?.isUnknown) after.start = start;
      else cuts.push({ start, end, isUnknown });
    }
    return cuts.reverse().flatMap(({ start, end }) => {
      const token = word.slice(start, end);
      const id = ids.get(token);
      if (id !== undefined) return [{ token, id, start, end }];
      const bytes = byteFallback ? byteTokens(token, ids) : undefined;
      if (bytes) return bytes.map((byte) => ({ ...byte, start, end }));
      if (unkId === undefined) {
        throw new RangeError(
          `Cannot tokenize ${JSON.stringify(token)}: the vocabulary lacks it and has no unk_id`,
        );
      }
      return [{ token, id: unkId, start, end }];
    });
  };
  return { tokenize, ids, tokens: pieces.map(([piece]) => piece) };
}

/** `["piece", -3.5]` */
function readPiece(entry: unknown, part: JsonPart): [piece: string, score: number] {
  const [piece, score] = Array.isArray(entry) ? entry : [];
  if (typeof piece !== "string" || piece === "" || !Number.isFinite(score)) {
    return part.fail(`vocab has ${JSON.stringify(entry)}; wanted [piece, score]`);
  }
  return [piece, score];
}

/** A token for each byte, `<0xE2>`; undefined if the vocabulary lacks one. */
function byteTokens(
  text: string,
  ids: ReadonlyMap<string, number>,
): { token: string; id: number }[] | undefined {
  const tokens = Array.from(new TextEncoder().encode(text), (byte) => {
    const token = `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
    return { token, id: ids.get(token) };
  });
  const isKnown = (token: { token: string; id?: number }): token is { token: string; id: number } =>
    token.id !== undefined;
  return tokens.every(isKnown) ? tokens : undefined;
}
