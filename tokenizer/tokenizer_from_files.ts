import { readAddedTokens } from "./added_tokens.ts";
import { withConfigTokens } from "./config_tokens.ts";
import { readDecoder } from "./decoders/read_decoder.ts";
import { readNormalizer } from "./normalizers/read_normalizer.ts";
import { PreTrainedTokenizer } from "./pre_trained_tokenizer.ts";
import { readPreTokenizer } from "./pre_tokenizers/read_pre_tokenizer.ts";
import { readTemplate } from "./read_template.ts";
import { parseSpecialTokens, withDefaults } from "./special_tokens.ts";
import { textToTokens } from "./text_to_tokens.ts";
import { readTokenModel } from "./token_models/read_token_model.ts";
import { overrideSettings, tokenizerClass } from "./tokenizer_class.ts";
import { readTokenTypes } from "./tokenizer_config.ts";

/** The parsed files of a tokenizer. */
export interface TokenizerFiles {
  /** The content of tokenizer.json. */
  tokenizerJson: Readonly<Record<string, unknown>>;
  /** The content of tokenizer_config.json. */
  tokenizerConfig?: Readonly<Record<string, unknown>>;
  /** The content of special_tokens_map.json, for tokens that tokenizer_config.json lacks. */
  specialTokensMap?: Readonly<Record<string, unknown>>;
  /** The content of config.json: its `model_type` gives the class if the other files do not. */
  modelConfig?: Readonly<Record<string, unknown>>;
}

/**
 * Creates a tokenizer from the content of its files: WordPiece (BERT and relatives), byte-level BPE
 * (RoBERTa, Longformer, BART) or Unigram (ALBERT, CamemBERT, XLM-RoBERTa, mBART, Pegasus).
 *
 * @param files The parsed files.
 * @param name The name of tokenizer.json in messages.
 * @returns The tokenizer.
 * @throws {TypeError} If a part is missing, malformed or not supported.
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
  const { tokenizerConfig = {}, specialTokensMap = {}, modelConfig = {} } = files;
  const known = tokenizerClass(tokenizerConfig, modelConfig);
  const json = overrideSettings(files.tokenizerJson, tokenizerConfig, known?.overrides);
  const model = readTokenModel(json.model, `model of ${name}`);
  const specialTokens = withDefaults(parseSpecialTokens(tokenizerConfig, specialTokensMap), known);
  const addedTokens = withConfigTokens(
    readAddedTokens(json.added_tokens, name),
    model,
    { tokenizerConfig, specialTokensMap },
    specialTokens,
    known,
  );
  const addedIds = new Map(addedTokens.map(({ content, id }) => [content, id]));
  const addedContents = new Map(addedTokens.map(({ content, id }) => [id, content]));
  const tokenToId = (token: string) => addedIds.get(token) ?? model.ids.get(token);
  const decode = readDecoder(json.decoder, `decoder of ${name}`, (token) => addedIds.has(token));

  return new PreTrainedTokenizer({
    textToTokens: textToTokens({
      addedTokens,
      normalize: readNormalizer(json.normalizer, `normalizer of ${name}`),
      preTokenize: readPreTokenizer(json.pre_tokenizer, `pre_tokenizer of ${name}`),
      model: model.tokenize,
    }),
    template: readTemplate(json.post_processor, `post_processor of ${name}`),
    tokenToId,
    idToToken: (id) => addedContents.get(id) ?? model.tokens[id],
    tokensToText: (all) => decode([...all]).join(""),
    subwordPrefix: model.subwordPrefix,
    specialTokens,
    specialIds: addedTokens.filter((token) => token.special).map((token) => token.id),
    tokenTypes: readTokenTypes(tokenizerConfig) ?? known?.tokenTypes ?? false,
    config: tokenizerConfig,
  });
}
