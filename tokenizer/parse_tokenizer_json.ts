import { MAX_VALUES, parseJsonObject } from "../base/json.ts";
import { decodeUtf8 } from "../checkpoint/source.ts";
import { JsonBytes } from "./json_bytes.ts";
import { MergeList } from "./token_models/merge_list.ts";
import { TokenTable } from "./token_models/token_table.ts";
import { MAX_ID } from "./token_models/vocabulary.ts";

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPENING_BRACKET = 91;
const CLOSING_BRACKET = 93;
const OPENING_BRACE = 123;
const CLOSING_BRACE = 125;

/** A value that was read from the bytes themselves. */
interface Part {
  readonly key: string;
  readonly value: TokenTable | MergeList;
  /** Its bytes. */
  readonly start: number;
  readonly end: number;
  /** The number of values in it, as parseJson() counts. */
  readonly values: number;
}

/**
 * Parses a tokenizer.json. Its vocabulary and its merges are read from the bytes into tables: objects
 * and lists of a million strings take several times as long to make, check and read.
 *
 * @param bytes The JSON text in UTF-8.
 * @param origin The name of the text, for error messages.
 * @returns The content, as {@linkcode parseJsonObject} gives it, but for an object of ids as
 * `model.vocab`, which is a {@linkcode TokenTable}, in the order of the text, and well-formed
 * `model.merges`, which are a {@linkcode MergeList}.
 * @throws {SyntaxError} If the text is not UTF-8, not JSON or not an object, or has a duplicate key.
 * @throws {RangeError} If it has over 4 million values.
 */
export function parseTokenizerJson(bytes: Uint8Array, origin: string): Record<string, unknown> {
  const parts = readParts(bytes);
  const parseAll = () => parseJsonObject(decodeUtf8(bytes, origin), origin);
  if (parts.length === 0) return parseAll();
  const starts = [0, ...parts.map(({ end }) => end)];
  const ends = [...parts.map(({ start }) => start), bytes.length];
  const values = parts.reduce((sum, part) => sum + part.values, 0);
  try {
    // A number stands for each part.
    const rest = starts.map((start, i) => decodeUtf8(bytes.subarray(start, ends[i]), origin));
    const content = parseJsonObject(rest.join("0"), origin, MAX_VALUES - values);
    const model = content.model as Record<string, unknown>;
    for (const { key, value } of parts) model[key] = value;
    return content;
  } catch {
    // The error for the whole text: it may state a position.
    return parseAll();
  }
}

/** Reads `vocab` and `merges` of `model`; in a text that is not JSON they may be anywhere. */
function readParts(bytes: Uint8Array): Part[] {
  const json = new JsonBytes(bytes);
  const parts: Part[] = [];
  const waiting = new Set(["vocab", "merges"]);
  let depth = 0;
  let inModel = false;
  while (json.at < bytes.length && waiting.size > 0) {
    switch (bytes[json.at]) {
      case QUOTE: {
        const start = json.at;
        json.skipString();
        const key = depth > 2 || json.at - start > 10
          ? ""
          : String.fromCharCode(...bytes.subarray(start + 1, json.at - 1));
        if (depth === 1 && key === "model") {
          inModel = json.take(COLON) && json.next() === OPENING_BRACE;
        }
        if (depth !== 2 || !inModel || !waiting.has(key) || !json.take(COLON)) break;
        waiting.delete(key);
        json.next();
        const before = json.at;
        const part = key === "vocab" ? readVocabulary(json) : readMerges(json);
        if (part) parts.push({ key, start: before, end: json.at, ...part });
        else json.at = before;
        break;
      }
      case OPENING_BRACKET:
      case OPENING_BRACE:
        depth++;
        json.at++;
        break;
      case CLOSING_BRACKET:
      case CLOSING_BRACE:
        depth--;
        json.at++;
        inModel &&= depth > 1;
        break;
      default:
        json.at++;
    }
  }
  return parts;
}

/** Reads an object of ids; undefined if it is anything else, malformed or has a key twice. */
function readVocabulary(json: JsonBytes): Pick<Part, "value" | "values"> | undefined {
  if (!json.take(OPENING_BRACE)) return undefined;
  json.startStrings();
  const starts = new Int32Array(json.mostStrings + 1);
  const ids = new Int32Array(json.mostStrings);
  let count = 0;
  do {
    if (!json.readString() || !json.take(COLON)) return undefined;
    const id = json.readCount(MAX_ID);
    if (id < 0) return undefined;
    ids[count++] = id;
    starts[count] = json.length;
  } while (json.take(COMMA));
  // Other numbers, such as 1e3, are not followed by a brace here.
  if (!json.take(CLOSING_BRACE)) return undefined;
  const texts = { units: json.units.slice(0, json.length), starts: starts.slice(0, count + 1) };
  const value = new TokenTable(texts, ids.slice(0, count));
  return value.size === count ? { value, values: count } : undefined;
}

/** Reads a list of `"a b"` or `["a", "b"]`; undefined if it is anything else. */
function readMerges(json: JsonBytes): Pick<Part, "value" | "values"> | undefined {
  if (!json.take(OPENING_BRACKET)) return undefined;
  json.startStrings();
  const starts = new Int32Array(json.mostStrings + 1);
  const middles = new Int32Array(json.mostStrings);
  let [count, values] = [0, 0];
  do {
    if (json.take(OPENING_BRACKET)) {
      if (!json.readString() || !json.take(COMMA)) return undefined;
      middles[count] = json.length;
      if (!json.readString() || !json.take(CLOSING_BRACKET)) return undefined;
      values += 3;
    } else {
      if (!json.readString()) return undefined;
      middles[count] = json.takeSpace(starts[count]);
      if (middles[count] < 0) return undefined;
      values++;
    }
    starts[++count] = json.length;
  } while (json.take(COMMA));
  if (!json.take(CLOSING_BRACKET)) return undefined;
  const texts = { units: json.units.slice(0, json.length), starts: starts.slice(0, count + 1) };
  return { value: new MergeList(texts, middles.slice(0, count)), values };
}
