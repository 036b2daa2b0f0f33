/**
 * Imports the readers that a tokenizer.json asks for.
 *
 * @module
 */
import { isJsonObject } from "../base/json.ts";
import { arePlain } from "./plain_parts.ts";
import type { Readers } from "./readers.ts";
import { modelType } from "./token_models/read_token_model.ts";

/** The name of a reader. */
type Name = keyof Readers;

// Bundlers follow these imports, because they are literals.
const IMPORTS: { readonly [Each in Name]-?: () => Promise<NonNullable<Readers[Each]>> } = {
  parts: () => import("./read_parts.ts"),
  Unigram: () => import("./token_models/unigram.ts"),
  WordLevel: () => import("./token_models/word_level.ts"),
  WordPiece: () => import("./token_models/word_piece.ts"),
  TemplateProcessing: () => import("./read_parts.ts"),
  UnicodeScripts: () => import("./pre_tokenizers/unicode_scripts.ts"),
  Regex: () => import("./expression/expression.ts"),
};

/**
 * Imports the readers that a tokenizer.json asks for.
 *
 * @param json Its content; what is malformed in it is left to the readers' callers.
 * @returns The readers.
 */
export async function importReaders(json: Readonly<Record<string, unknown>>): Promise<Readers> {
  const { model, normalizer, pre_tokenizer, post_processor } = json;
  const wanted = new Set<unknown>([isJsonObject(model) && modelType(model)]);
  if (!arePlain(json)) wanted.add("parts");
  const waiting: unknown[] = [normalizer, pre_tokenizer, post_processor, json.decoder];
  for (const value of waiting) {
    if (typeof value !== "object" || value === null) continue;
    if ("Regex" in value) wanted.add("Regex");
    if ("type" in value) wanted.add(value.type);
    for (const inner of Object.values(value)) waiting.push(inner);
  }
  const names = [...wanted].filter((name): name is Name =>
    typeof name === "string" && Object.hasOwn(IMPORTS, name)
  );
  const entries = names.map(async (name) => [name, await IMPORTS[name]()]);
  return Object.fromEntries(await Promise.all(entries));
}
