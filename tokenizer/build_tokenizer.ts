/**
 * Puts a tokenizer together.
 *
 * @module
 */
import { readAddedTokens } from "./added_tokens.ts";
import { withConfigTokens } from "./config_tokens.ts";
import { readPlainParts } from "./plain_parts.ts";
import { PreTrainedTokenizer } from "./pre_trained_tokenizer.ts";
import { readTemplate } from "./read_template.ts";
import type { Readers } from "./readers.ts";
import { parseSpecialTokens, type SpecialTokens, withDefaults } from "./special_tokens.ts";
import { textToTokens } from "./text_to_tokens.ts";
import { readTokenModel } from "./token_models/read_token_model.ts";
import { overrideSettings, type TokenizerClass } from "./tokenizer_class.ts";
import { readJsonDefaults, readTokenTypes } from "./tokenizer_config.ts";
import type { TokenizerFiles } from "./tokenizer_files.ts";
import type { VocabularyParts } from "./vocabulary_files/vocabulary_parts.ts";

/**
 * Reads the special tokens of a tokenizer.
 *
 * @param files The parsed files.
 * @param known The tokenizer's class.
 * @returns The tokens, defaults of the class included.
 * @throws {TypeError} If a file is malformed.
 */
export function readSpecialTokens(
  { tokenizerConfig = {}, specialTokensMap = {} }: TokenizerFiles,
  known: TokenizerClass | undefined,
): SpecialTokens {
  const named = parseSpecialTokens(tokenizerConfig, specialTokensMap);
  return withDefaults(named, known, tokenizerConfig);
}

/**
 * Puts a tokenizer together.
 *
 * @param files The parsed files.
 * @param known The tokenizer's class, if it is known.
 * @param parts The content of tokenizer.json, or what stands for it.
 * @param readers Readers of what it asks for.
 * @param name The name of tokenizer.json in messages.
 * @returns The tokenizer.
 * @throws {TypeError} If a part is missing, malformed or not supported.
 * @throws {RangeError} If an id or a setting is out of bounds.
 */
export function buildTokenizer(
  files: TokenizerFiles,
  known: TokenizerClass | undefined,
  { json: given, layout }: VocabularyParts,
  readers: Readers,
  name: string,
): PreTrainedTokenizer {
  const { tokenizerConfig = {}, specialTokensMap = {}, addedTokens } = files;
  const defaults = readJsonDefaults(given, name);
  const specialTokens = { ...defaults.specialTokens, ...readSpecialTokens(files, known) };
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
  const template = readTemplate(json.post_processor, `post_processor of ${name}`, readers);
  const isAdded = (token: string) => addedIds.has(token);
  const { decode, ...parts } = (readers.parts?.readParts ?? readPlainParts)(
    json,
    name,
    isAdded,
    readers,
  );
  const languages = known?.languages?.read(
    specialTokens.additional,
    specialTokens.eos_token,
    tokenToId,
    tokenizerConfig,
  );

  return new PreTrainedTokenizer({
    textToTokens: textToTokens({ addedTokens: added, ...parts, model: model.tokenize }),
    template: { ...template, ...layout?.(tokenToId) },
    languages,
    tokenToId,
    idToToken: (id) => addedContents.get(id) ?? model.tokenOf(id),
    tokensToText: (all) => decode([...all]).join(""),
    subwordPrefix: model.subwordPrefix,
    specialTokens,
    specialIds: added.filter((token) => token.special).map((token) => token.id),
    tokenTypes: readTokenTypes(tokenizerConfig) ?? known?.tokenTypes ?? false,
    chatTemplates: files.chatTemplates,
    config: { ...defaults.sides, ...tokenizerConfig },
  });
}
