import { showValue } from "../../base/show_value.ts";
import type { JsonPart } from "../json_part.ts";
import type { TokenSpan } from "../text_to_tokens.ts";
import { byteTokens } from "./byte_tokens.ts";
import { MergeList } from "./merge_list.ts";
import { MinHeap } from "./min_heap.ts";
import { PairRanks } from "./pair_ranks.ts";
import type { TokenIds, TokenModel } from "./token_model.ts";
import type { TokenTable } from "./token_table.ts";
import { readVocabulary } from "./vocabulary.ts";

/** More than the length of any string: a rank and a position in one number, the rank first. */
const POSITION_FACTOR = 2 ** 29;

/** With more, ranks and positions would not be exact. */
const MAX_MERGES = 2 ** 24;

/** The id of a symbol that was merged into the one before it; no pair has it. */
const MERGED = -1;

/** A character of a word, or several that were merged: a node of a doubly linked list. */
interface Symbol {
  id: number;
  start: number;
  end: number;
  /** Indices of the neighbours; out of range at the ends of the word. */
  previous: number;
  next: number;
}

/** How a word is split into its first symbols. */
interface Splitting {
  ids: TokenIds;
  /** Stands before characters that continue a word, and after the last one. */
  prefix: string;
  suffix: string;
  /** Whether a character that the vocabulary lacks becomes tokens for its bytes. */
  byteFallback: boolean;
  unkId: number | undefined;
  /** Whether a run of unknown characters is one token. */
  fuseUnk: boolean;
}

/** Merges by the pair of ids that they join. */
interface Merges {
  /** The rank of a pair's merge; the lowest rank is merged first. */
  ranks: PairRanks;
  /** The id of the merged token, by rank. */
  results: Int32Array;
}

/**
 * Reads a BPE (byte-pair encoding) model: the characters of a word are merged pair by pair, by the
 * rank of the pair in the list of merges.
 *
 * A character that the vocabulary lacks becomes tokens for its bytes (`byte_fallback`) or
 * `unk_token`; without either it is dropped before merging, so that its neighbours may merge across
 * it.
 *
 * @param part The model's settings.
 * @returns The model.
 * @throws {TypeError} If the model is malformed, or a setting is not supported.
 * @throws {RangeError} If an id is out of bounds, or there are over 2²⁴ merges.
 */
export function readBpe(part: JsonPart): TokenModel {
  const dropout = part.get("dropout");
  // Tokens would be drawn by lot.
  if (dropout) part.fail(`dropout is ${showValue(dropout)}, which is not supported`);
  const ids = readVocabulary(part);
  const splitting: Splitting = {
    ids,
    prefix: part.affix("continuing_subword_prefix", ""),
    suffix: part.affix("end_of_word_suffix", ""),
    byteFallback: part.boolean("byte_fallback", false),
    unkId: readUnkId(part, ids),
    fuseUnk: part.boolean("fuse_unk", false),
  };
  const merges = readMerges(part, ids, splitting.prefix);
  const ignoreMerges = part.boolean("ignore_merges", false);
  const tokenOf = (id: number) => ids.tokenOf(id);

  const tokenize = (word: string): TokenSpan[] => {
    const whole = ignoreMerges ? ids.get(word) : undefined;
    if (whole !== undefined) return [{ token: word, id: whole, start: 0, end: word.length }];
    const symbols = splitWord(word, splitting);
    mergeSymbols(symbols, merges);
    return symbols.filter(({ id }) => id !== MERGED)
      .map(({ id, start, end }) => ({ token: tokenOf(id)!, id, start, end }));
  };

  return { tokenize, ids, tokenOf, subwordPrefix: splitting.prefix || undefined };
}

/** Reads `merges`: `"a b"` or `["a", "b"]` each, by rank, or the list of parseTokenizerJson(). */
function readMerges(part: JsonPart, ids: TokenTable, prefix: string): Merges {
  const refuse = (merge: unknown): never =>
    part.fail(`merges has ${showValue(merge)}; wanted "a b" with a, b and ab in vocab`);
  const given = part.get("merges");
  const count = given instanceof MergeList ? given.length : part.list("merges").length;
  if (count > MAX_MERGES) {
    throw new RangeError(
      `Cannot read ${part.name}: it has ${count} merges; wanted at most ${MAX_MERGES}`,
    );
  }
  const merges = given instanceof MergeList ? given : MergeList.of(part.list("merges"), refuse);
  const { units, starts, middles } = merges;
  const ranks = new PairRanks(count);
  const results = new Int32Array(count);
  // Most vocabularies list merged tokens in the order of the merges, and some list all merges that
  // make a token: trying its id and the next one first avoids most lookups of new tokens.
  let result = -1;
  for (let rank = 0; rank < count; rank++) {
    const [start, middle, end] = [starts[rank], middles[rank], starts[rank + 1]];
    const leftId = ids.idOf(units, start, middle);
    const rightId = ids.idOf(units, middle, end);
    if (prefix !== "") {
      const [left, right] = merges.parts(rank);
      result = right.length < prefix.length ? -1 : ids.get(left + right.slice(prefix.length)) ?? -1;
    } else if (!ids.isToken(result, units, start, end)) {
      result = ids.isToken(result + 1, units, start, end)
        ? result + 1
        : ids.idOf(units, start, end);
    }
    if (Math.min(leftId, rightId, result) < 0) refuse(merges.parts(rank).join(" "));
    // Of two merges of one pair the later one counts, as in Python's tokenizers.
    ranks.set(leftId, rightId, rank);
    results[rank] = result;
  }
  return { ranks, results };
}

function readUnkId(part: JsonPart, ids: TokenIds): number | undefined {
  const token = part.get("unk_token");
  if (token === undefined) return undefined;
  const id = typeof token === "string" ? ids.get(token) : undefined;
  return id ?? part.fail(`vocab lacks the unk_token ${showValue(token)}`);
}

/** A symbol for each character, run of unknown characters, or byte. */
function splitWord(
  word: string,
  { ids, prefix, suffix, byteFallback, unkId, fuseUnk }: Splitting,
): Symbol[] {
  const symbols: Symbol[] = [];
  const push = (id: number, start: number, end: number) => {
    const index = symbols.length;
    symbols.push({ id, start, end, previous: index - 1, next: index + 1 });
  };
  let unknown: { start: number; end: number } | undefined;
  const pushUnknown = () => {
    if (unknown) push(unkId!, unknown.start, unknown.end);
    unknown = undefined;
  };
  let start = 0;
  for (const character of word) {
    const end = start + character.length;
    const symbol = (start > 0 ? prefix : "") + character + (end === word.length ? suffix : "");
    const id = ids.get(symbol);
    const bytes = id === undefined && byteFallback ? byteTokens(symbol, ids) : undefined;
    if (id !== undefined) {
      pushUnknown();
      push(id, start, end);
    } else if (bytes) {
      // As in Python's tokenizers, an unknown token before these bytes comes after them.
      for (const byte of bytes) push(byte.id, start, end);
    } else if (unkId !== undefined) {
      if (unknown && !fuseUnk) pushUnknown();
      unknown = { start: unknown?.start ?? start, end };
    }
    start = end;
  }
  pushUnknown();
  return symbols;
}

/**
 * Merges symbols in place until no merge applies: always the pair of the lowest rank, and of equal
 * ranks the first. The priority queue keeps this at n log n steps for n symbols.
 */
function mergeSymbols(symbols: Symbol[], { ranks, results }: Merges): void {
  const queue = new MinHeap();
  const rankAt = (index: number): number | undefined => {
    const left = symbols[index];
    const right = symbols[left.next];
    return right && ranks.get(left.id, right.id);
  };
  const enqueue = (index: number) => {
    const rank = rankAt(index);
    if (rank !== undefined) queue.push(rank * POSITION_FACTOR + index);
  };

  for (const index of symbols.keys()) enqueue(index);
  for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
    const index = key % POSITION_FACTOR;
    const rank = (key - index) / POSITION_FACTOR;
    // The pair may have changed since, by a merge on either side.
    if (rankAt(index) !== rank) continue;
    const left = symbols[index];
    const right = symbols[left.next];
    left.id = results[rank];
    left.end = right.end;
    left.next = right.next;
    right.id = MERGED;
    if (right.next < symbols.length) symbols[right.next].previous = index;
    if (left.previous >= 0) enqueue(left.previous);
    enqueue(index);
  }
}
