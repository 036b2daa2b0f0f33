import { Tokenizer } from "@huggingface/tokenizers";
import { isJsonObject } from "../checkpoint/json.ts";
import type { AddedToken } from "./added_tokens.ts";
import { bpeTokenLength, checkBpeModel, checkId } from "./bpe_model.ts";
import { byteLevelWords } from "./byte_level.ts";
import { PreTrainedTokenizer } from "./pre_trained_tokenizer.ts";
import { parseSpecialTokens } from "./special_tokens.ts";
import { parseTemplate } from "./template.ts";
import { textToTokens } from "./text_to_tokens.ts";

/** The parsed files of a tokenizer. */
export interface TokenizerFiles {
  /** The content of tokenizer.json. */
  tokenizerJson: Readonly<Record<string, unknown>>;
  /** The content of tokenizer_config.json. */
  tokenizerConfig?: Readonly<Record<string, unknown>>;
  /** The content of special_tokens_map.json, for what tokenizer_config.json lacks. */
  specialTokensMap?: Readonly<Record<string, unknown>>;
}

/**
 * Makes a tokenizer from the content of its files. Byte-level BPE is supported: RoBERTa and its kin.
 *
 * @param files The parsed files.
 * @param name What messages call tokenizer.json.
 * @returns The tokenizer.
 * @throws {TypeError} If a part is missing, not well formed, or of a kind that is not supported.
 * @throws {RangeError} If an id or a setting is out of bounds.
 *
 * @example
 * ```ts
 * import { tokenizerFromFiles } from "@lsg/core/tokenizer";
 * import { assertEquals } from "@std/assert";
 *
 * const tokenizer = tokenizerFromFiles({
 *   tokenizerJson: {
 *     model: { type: "BPE", vocab: { a: 0, b: 1, ab: 2 }, merges: ["a b"] },
 *     pre_tokenizer: { type: "ByteLevel", add_prefix_space: false },
 *     decoder: { type: "ByteLevel" },
 *   },
 * });
 * assertEquals(tokenizer.encode("aba"), [2, 0]);
 * ```
 */
export function tokenizerFromFiles(
  files: TokenizerFiles,
  name = "tokenizer.json",
): PreTrainedTokenizer {
  const { tokenizerJson, tokenizerConfig = {}, specialTokensMap = {} } = files;
  const model = checkBpeModel(tokenizerJson.model, name);
  if (tokenizerJson.normalizer) {
    throw new TypeError(
      `Cannot read ${name}: wanted no normalizer, got ${JSON.stringify(tokenizerJson.normalizer)}`,
    );
  }
  const byteLevel = tokenizerJson.pre_tokenizer;
  if (!isJsonObject(byteLevel) || byteLevel.type !== "ByteLevel") {
    throw new TypeError(
      `Cannot read ${name}: wanted a pre_tokenizer of type "ByteLevel", got ` +
        JSON.stringify(byteLevel),
    );
  }
  const addedTokens = parseAddedTokens(tokenizerJson.added_tokens, name);
  const specialTokens = parseSpecialTokens(tokenizerConfig, specialTokensMap);
  const library = openLibrary({
    ...tokenizerJson,
    model: { ...tokenizerJson.model as object, type: "BPE" },
    added_tokens: addedTokens,
    normalizer: null,
    post_processor: null,
    decoder: tokenizerJson.decoder ?? null,
  }, name);

  return new PreTrainedTokenizer({
    textToTokens: textToTokens({
      addedTokens,
      preTokenize: (text) =>
        byteLevelWords(text, {
          add_prefix_space: byteLevel.add_prefix_space === true,
          use_regex: byteLevel.use_regex !== false,
        }),
      model: (word) => library.model!([word]),
      tokenLength: (token, word, position) => bpeTokenLength(model, token, word, position),
      tokenToId: (token) => library.token_to_id(token)!,
    }),
    template: parseTemplate(tokenizerJson.post_processor, name),
    tokenToId: (token) => library.token_to_id(token),
    idToToken: (id) => library.id_to_token(id),
    decode: (ids, options) => library.decode(ids, options),
    specialTokens,
    specialIds: addedTokens.filter((token) => token.special).map((token) => token.id),
    config: tokenizerConfig,
  });
}

function openLibrary(tokenizerJson: object, name: string): Tokenizer {
  try {
    return new Tokenizer(tokenizerJson, {});
  } catch (cause) {
    throw new TypeError(`Cannot read ${name}: ${(cause as Error).message}`, { cause });
  }
}

function parseAddedTokens(value: unknown, name: string): AddedToken[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    throw new TypeError(`Cannot read ${name}: added_tokens is not an array`);
  }
  return value.map((token: unknown): AddedToken => {
    if (!isJsonObject(token) || typeof token.content !== "string") {
      throw new TypeError(
        `Cannot read ${name}: added_tokens has ${
          JSON.stringify(token)
        }; wanted an id and a content`,
      );
    }
    checkId(token.id, token.content, name);
    const special = token.special === true;
    return {
      id: token.id,
      content: token.content,
      special,
      single_word: token.single_word === true,
      lstrip: token.lstrip === true,
      rstrip: token.rstrip === true,
      normalized: token.normalized === undefined ? !special : token.normalized === true,
    };
  });
}
