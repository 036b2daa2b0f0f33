import { isJsonObject } from "../../base/json.ts";
import { showValue } from "../../base/show_value.ts";
import { JsonPart } from "../json_part.ts";
import { readBpe } from "./bpe.ts";
import type { TokenModel } from "./token_model.ts";
import { readUnigram } from "./unigram.ts";
import { readWordLevel } from "./word_level.ts";
import { readWordPiece } from "./word_piece.ts";

/**
 * Reads the model of a tokenizer.json.
 *
 * @param value The value of `model`.
 * @param name Its name in messages.
 * @returns The model.
 * @throws {TypeError} If it is malformed or of an unknown type.
 * @throws {RangeError} If an id is out of bounds.
 */
export function readTokenModel(value: unknown, name: string): TokenModel {
  const part = new JsonPart(value, name);
  const type = part.get("type") ?? typeByContent(part);
  switch (type) {
    case "WordPiece":
      return readWordPiece(part);
    case "Unigram":
      return readUnigram(part);
    case "BPE":
      return readBpe(part);
    case "WordLevel":
      return readWordLevel(part);
    default:
      return part.fail(
        `got type ${showValue(type)}; wanted WordPiece, WordLevel, Unigram or BPE`,
      );
  }
}

/** The type by content: files from before 2021 do not state it. */
function typeByContent(part: JsonPart): string | undefined {
  if (part.get("merges") !== undefined) return "BPE";
  if (Array.isArray(part.get("vocab"))) return "Unigram";
  return isJsonObject(part.get("vocab")) ? "WordPiece" : undefined;
}
