import { checkNames } from "../base/check_options.ts";
import { parseJsonObject } from "../base/json.ts";
import {
  type CheckpointSource,
  decodeUtf8,
  readBytes,
  readJsonObject,
} from "../checkpoint/source.ts";
import { hasFileSystem } from "../hub/env.ts";
import { openCheckpoint } from "../hub/open_checkpoint.ts";
import { HUB_OPTIONS, type HubOptions } from "../hub/options.ts";
import { buildTokenizer } from "./build_tokenizer.ts";
import { importTemplates } from "./chat/chat_engine.ts";
import { importReaders } from "./import_readers.ts";
import type { PreTrainedTokenizer } from "./pre_trained_tokenizer.ts";
import { importTokenizerClass } from "./import_tokenizer_class.ts";

/** Options of {@linkcode AutoTokenizer.from_pretrained}. */
export interface TokenizerLoadOptions extends HubOptions {
  /** The language of texts (mBART), such as `en_XX`; absent: as tokenizer_config.json says. */
  readonly src_lang?: string;
  /** The language of target texts. */
  readonly tgt_lang?: string;
}

const NAMES: readonly string[] = [...HUB_OPTIONS, "src_lang", "tgt_lang"];

/** Bytes of a tokenizer.json from which on a page downloads the code that reads large ones. */
const LARGE = 2 ** 19;

/** Parses a tokenizer.json. */
async function parseTokenizer(bytes: Uint8Array, origin: string): Promise<Record<string, unknown>> {
  if (bytes.length < LARGE && !hasFileSystem()) {
    return parseJsonObject(decodeUtf8(bytes, origin), origin);
  }
  const { parseTokenizerJson } = await import("./parse_tokenizer_json.ts");
  return parseTokenizerJson(bytes, origin);
}

/**
 * Loads the tokenizer of a checkpoint.
 *
 * @example
 * ```ts
 * import { AutoTokenizer } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const tokenizer = await AutoTokenizer.from_pretrained("FacebookAI/roberta-base");
 * const { input_ids, attention_mask } = tokenizer(["One.", "Two words."], { padding: true });
 * assertEquals(input_ids.dims, attention_mask.dims);
 * assertEquals(tokenizer.decode(input_ids[0], { skip_special_tokens: true }), "One.");
 * ```
 */
export class AutoTokenizer {
  /**
   * Reads tokenizer.json and, if present, tokenizer_config.json, special_tokens_map.json,
   * added_tokens.json, the model type in config.json and chat_template.jinja. Without a tokenizer.json it reads the
   * vocabulary's own files, as the tokenizer's class wants: vocab.txt, vocab.json and merges.txt,
   * spiece.model or sentencepiece.bpe.model.
   *
   * @param checkpoint A folder, `owner/name` on the hub, a URL, or a source of files.
   * @param options Revision, cache, token, progress, languages.
   * @returns The tokenizer.
   * @throws {RangeError} If there is no vocabulary, or a number in a file is out of bounds.
   * @throws {SyntaxError} If a file is not a JSON object, or otherwise malformed.
   * @throws {TypeError} If a file is malformed, or a part of it is not supported.
   *
   * @example
   * ```ts
   * import { AutoTokenizer } from "@lsg/core/tokenizer";
   * import { assertEquals } from "@std/assert";
   *
   * const tokenizer = await AutoTokenizer.from_pretrained("FacebookAI/roberta-base");
   * assertEquals(tokenizer.mask_token, "<mask>");
   * assertEquals(tokenizer("One <mask>.").input_ids.dims[0], 1);
   * ```
   */
  static async from_pretrained(
    checkpoint: string | URL | CheckpointSource,
    options: TokenizerLoadOptions = {},
  ): Promise<PreTrainedTokenizer> {
    const { src_lang, tgt_lang, ...hub } = checkNames("Cannot load a tokenizer", options, NAMES);
    const source = await openCheckpoint(checkpoint, hub);
    const bytes = await readBytes(source, "tokenizer.json");
    const tokenizerJson = bytes && await parseTokenizer(bytes, `${source.name}/tokenizer.json`);
    const tokenizerConfig = await readJsonObject(source, "tokenizer_config.json");
    const specialTokensMap = await readJsonObject(source, "special_tokens_map.json");
    // Only older checkpoints have this file: it costs others no request.
    const addedTokens = tokenizerConfig?.added_tokens_decoder === undefined
      ? await readJsonObject(source, "added_tokens.json")
      : undefined;
    const modelConfig = await readJsonObject(source, "config.json");
    const known = await importTokenizerClass(tokenizerConfig, modelConfig);
    const chatTemplates = await importTemplates(source, tokenizerConfig, modelConfig);
    const files = {
      ...{ tokenizerJson, tokenizerConfig, specialTokensMap, addedTokens, modelConfig },
      chatTemplates,
    };
    const parts = tokenizerJson
      ? { json: tokenizerJson }
      // Few checkpoints are without.
      : await (await import("./vocabulary_files/import_vocabulary.ts"))
        .importVocabulary(source, files, known);
    const tokenizer = buildTokenizer(
      files,
      known,
      parts,
      await importReaders(parts.json),
      tokenizerJson ? `${source.name}/tokenizer.json` : `the vocabulary of ${source.name}`,
    );
    if ((src_lang ?? null) !== null) tokenizer.src_lang = src_lang!;
    if ((tgt_lang ?? null) !== null) tokenizer.tgt_lang = tgt_lang;
    return tokenizer;
  }
}
