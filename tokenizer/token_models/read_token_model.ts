import { isJsonObject } from "../../base/json.ts";
import { showValue } from "../../base/show_value.ts";
import { JsonPart } from "../json_part.ts";
import type { Readers } from "../readers.ts";
import { readBpe } from "./bpe.ts";
import { rememberWords } from "./remember_words.ts";
import type { TokenModel } from "./token_model.ts";

/**
 * Reads the model of a tokenizer.json.
 *
 * @param value The value of `model`.
 * @param name Its name in messages.
 * @param readers Readers of what it asks for.
 * @returns The model.
 * @throws {TypeError} If it is malformed or of an unknown type.
 * @throws {RangeError} If an id is out of bounds.
 */
export function readTokenModel(value: unknown, name: string, readers: Readers): TokenModel {
  const part = new JsonPart(value, name);
  const type = modelType(value as Readonly<Record<string, unknown>>);
  switch (type) {
    case "BPE":
      return withMemory(readBpe(part));
    case "WordPiece":
    case "WordLevel":
    case "Unigram":
      return withMemory(readers[type]!.readModel(part));
    default:
      return part.fail(
        `got type ${showValue(type)}; wanted WordPiece, WordLevel, Unigram or BPE`,
      );
  }
}

function withMemory(model: TokenModel): TokenModel {
  return { ...model, tokenize: rememberWords(model.tokenize) };
}

/**
 * The type of a model, by its content if it is not stated, as in files from before 2021.
 *
 * @param model The model.
 * @returns The type, of any kind; undefined if neither says it.
 */
export function modelType(model: Readonly<Record<string, unknown>>): unknown {
  const { type, merges, vocab } = model;
  if ((type ?? undefined) !== undefined) return type;
  if ((merges ?? undefined) !== undefined) return "BPE";
  if (Array.isArray(vocab)) return "Unigram";
  return isJsonObject(vocab) ? "WordPiece" : undefined;
}
