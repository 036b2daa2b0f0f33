/**
 * Puts a tokenizer together.
 *
 * @module
 */
import { showValue } from "../base/show_value.ts";
import { readAddedTokens } from "./added_tokens.ts";
import { withConfigTokens } from "./config_tokens.ts";
import { readDecoder } from "./decoders/read_decoder.ts";
import { readNormalizer } from "./normalizers/read_normalizer.ts";
import { Languages } from "./languages.ts";
import { PreTrainedTokenizer } from "./pre_trained_tokenizer.ts";
import { readPreTokenizer } from "./pre_tokenizers/read_pre_tokenizer.ts";
import { readTemplate } from "./read_template.ts";
import type { Readers } from "./readers.ts";
import { type RowLayout, templatePieces } from "./row_layout.ts";
import { parseSpecialTokens, type SpecialTokens, withDefaults } from "./special_tokens.ts";
import { textToTokens } from "./text_to_tokens.ts";
import { readTokenModel } from "./token_models/read_token_model.ts";
import { overrideSettings, type TokenizerClass, tokenizerClass } from "./tokenizer_class.ts";
import { readTokenTypes } from "./tokenizer_config.ts";
import type { TokenizerFiles } from "./tokenizer_files.ts";
import type { VocabularyParts } from "./vocabulary_files/vocabulary_parts.ts";

/** What a tokenizer's small files say. */
export interface TokenizerDescription {
  /** Its class, if it is known. */
  readonly known: TokenizerClass | undefined;
  /** The special tokens, defaults of the class included. */
  readonly specialTokens: SpecialTokens;
}

/**
 * Reads the class and the special tokens of a tokenizer.
 *
 * @param files The parsed files.
 * @returns The class and the tokens.
 * @throws {TypeError} If a file is malformed.
 */
export function describeTokenizer(
  { tokenizerConfig = {}, specialTokensMap = {}, modelConfig = {} }: TokenizerFiles,
): TokenizerDescription {
  const known = tokenizerClass(tokenizerConfig, modelConfig);
  const named = parseSpecialTokens(tokenizerConfig, specialTokensMap);
  return { known, specialTokens: withDefaults(named, known, tokenizerConfig) };
}

/**
 * Puts a tokenizer together.
 *
 * @param files The parsed files.
 * @param parts The content of tokenizer.json, or what stands for it.
 * @param readers Readers of what it asks for.
 * @param name The name of tokenizer.json in messages.
 * @returns The tokenizer.
 * @throws {TypeError} If a part is missing, malformed or not supported.
 * @throws {RangeError} If an id or a setting is out of bounds.
 */
export function buildTokenizer(
  files: TokenizerFiles,
  { json: given, layout }: VocabularyParts,
  readers: Readers,
  name: string,
): PreTrainedTokenizer {
  const { tokenizerConfig = {}, specialTokensMap = {}, addedTokens } = files;
  const { known, specialTokens } = describeTokenizer(files);
  const json = overrideSettings(given, tokenizerConfig, known?.overrides);
  const model = readTokenModel(json.model, `model of ${name}`, readers);
  const added = withConfigTokens(
    readAddedTokens(json.added_tokens, name),
    model,
    { tokenizerConfig, specialTokensMap, addedTokens },
    specialTokens,
    known && { ...known, ...(files.tokenizerJson === undefined && known.converted) },
  );
  const addedIds = new Map(added.map(({ content, id }) => [content, id]));
  const addedContents = new Map(added.map(({ content, id }) => [id, content]));
  const tokenToId = (token: string) => addedIds.get(token) ?? model.ids.get(token);
  const template = readTemplate(json.post_processor, `post_processor of ${name}`);
  const decode = readDecoder(
    json.decoder,
    `decoder of ${name}`,
    readers,
    (token) => addedIds.has(token),
  );

  const languages = known?.languages && new Languages(
    known.languages,
    specialTokens.additional,
    specialTokens.eos_token,
    tokenToId,
    tokenizerConfig,
  );

  return new PreTrainedTokenizer({
    textToTokens: textToTokens({
      addedTokens: added,
      normalize: readNormalizer(json.normalizer, `normalizer of ${name}`, readers),
      preTokenize: readPreTokenizer(json.pre_tokenizer, `pre_tokenizer of ${name}`, readers),
      model: model.tokenize,
    }),
    template: layout ? { ...template, ...readLayout(layout, tokenToId) } : template,
    languages,
    tokenToId,
    idToToken: (id) => addedContents.get(id) ?? model.tokenOf(id),
    tokensToText: (all) => decode([...all]).join(""),
    subwordPrefix: model.subwordPrefix,
    specialTokens,
    specialIds: added.filter((token) => token.special).map((token) => token.id),
    tokenTypes: readTokenTypes(tokenizerConfig) ?? known?.tokenTypes ?? false,
    config: tokenizerConfig,
  });
}

/** Looks up the ids of a layout. */
function readLayout(layout: RowLayout, tokenToId: (token: string) => number | undefined) {
  const idOf = (token: string): number => {
    const id = tokenToId(token);
    if (id !== undefined) return id;
    throw new RangeError(
      `Cannot read the tokenizer: its vocabulary lacks ${
        showValue(token)
      }, which stands beside texts`,
    );
  };
  return {
    single: templatePieces(layout.single, idOf),
    pair: templatePieces(layout.pair, idOf),
  };
}
