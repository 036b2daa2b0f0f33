/**
 * Imports the readers that a tokenizer.json asks for.
 *
 * @module
 */
import { isJsonObject } from "../base/json.ts";
import { isAbsent, isPlain } from "./plain_parts.ts";
import type { Readers } from "./readers.ts";
import { modelType } from "./token_models/read_token_model.ts";

/** The name of a reader. */
type Name = keyof Readers;

// Bundlers follow these imports, because they are literals.
const IMPORTS: { readonly [Each in Name]-?: () => Promise<NonNullable<Readers[Each]>> } = {
  normalizer: async () => (await import("./normalizers/read_normalizer.ts")).readNormalizer,
  preTokenizer: async () =>
    (await import("./pre_tokenizers/read_pre_tokenizer.ts")).readPreTokenizer,
  decoder: async () => (await import("./decoders/read_decoder.ts")).readDecoder,
  BPE: async () => (await import("./token_models/bpe.ts")).readBpe,
  Unigram: async () => (await import("./token_models/unigram.ts")).readUnigram,
  WordLevel: async () => (await import("./token_models/word_level.ts")).readWordLevel,
  WordPiece: async () => (await import("./token_models/word_piece.ts")).readWordPiece,
  TemplateProcessing: async () => (await import("./read_template_pieces.ts")).readTemplatePieces,
  BertNormalizer: async () => (await import("./normalizers/bert.ts")).bertNormalizer,
  Precompiled: async () => (await import("./normalizers/precompiled.ts")).readPrecompiled,
  canonicalForm: async () => (await import("./normalizers/canonical_form.ts")).canonicalForm,
  isMark: async () => (await import("./unicode_tables.ts")).isMark,
  punctuation: async () => (await import("./unicode_tables.ts")).punctuation,
  scriptWords: async () => (await import("./pre_tokenizers/unicode_scripts.ts")).scriptWords,
  Regex: async () => (await import("./expression/expression.ts")).Expression,
};

/** The readers that parts of a type need, where they are not of the same name. */
const NEEDED: Readonly<Record<string, Name>> = {
  NFC: "canonicalForm",
  NFD: "canonicalForm",
  NFKC: "canonicalForm",
  NFKD: "canonicalForm",
  StripAccents: "isMark",
  BertPreTokenizer: "punctuation",
  Punctuation: "punctuation",
  UnicodeScripts: "scriptWords",
};

/**
 * Imports the readers that a tokenizer.json asks for.
 *
 * @param json Its content; what is malformed in it is left to the readers' callers.
 * @returns The readers.
 */
export async function importReaders(json: Readonly<Record<string, unknown>>): Promise<Readers> {
  const { model, normalizer, pre_tokenizer, post_processor, decoder } = json;
  const types: unknown[] = [isJsonObject(model) ? modelType(model) : undefined];
  const waiting: unknown[] = [normalizer, pre_tokenizer, post_processor, decoder];
  if (!isAbsent(normalizer)) types.push("normalizer");
  if (!isPlain(pre_tokenizer)) types.push("preTokenizer");
  if (!isPlain(decoder)) types.push("decoder");
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value !== "object" || value === null) continue;
    if ("Regex" in value) types.push("Regex");
    if ("type" in value) types.push(value.type);
    for (const inner of Object.values(value)) waiting.push(inner);
  }
  const names = types.map((type) => typeof type === "string" ? NEEDED[type] ?? type : "")
    .filter((name): name is Name => Object.hasOwn(IMPORTS, name));
  const entries = [...new Set(names)].map(async (name) => [name, await IMPORTS[name]()]);
  return Object.fromEntries(await Promise.all(entries));
}
