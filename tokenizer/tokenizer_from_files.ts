import { showValue } from "../base/show_value.ts";
import { readAddedTokens } from "./added_tokens.ts";
import { withConfigTokens } from "./config_tokens.ts";
import { readDecoder } from "./decoders/read_decoder.ts";
import { readNormalizer } from "./normalizers/read_normalizer.ts";
import { Languages } from "./languages.ts";
import { PreTrainedTokenizer } from "./pre_trained_tokenizer.ts";
import { readPreTokenizer } from "./pre_tokenizers/read_pre_tokenizer.ts";
import { readTemplate } from "./read_template.ts";
import { type RowLayout, templatePieces } from "./row_layout.ts";
import { parseSpecialTokens, type SpecialTokens, withDefaults } from "./special_tokens.ts";
import { textToTokens } from "./text_to_tokens.ts";
import { readTokenModel } from "./token_models/read_token_model.ts";
import { overrideSettings, type TokenizerClass, tokenizerClass } from "./tokenizer_class.ts";
import { readTokenTypes } from "./tokenizer_config.ts";
import { byteLevelParts } from "./vocabulary_files/byte_level.ts";
import { readSentencePiece } from "./vocabulary_files/sentence_piece.ts";
import { sentencePieceParts } from "./vocabulary_files/sentence_piece_parts.ts";
import type { VocabularyParts } from "./vocabulary_files/vocabulary_parts.ts";
import { wordPieceParts } from "./vocabulary_files/word_piece.ts";

/** The parsed files of a tokenizer. */
export interface TokenizerFiles {
  /** The content of tokenizer.json; absent: the files of the class's vocabulary are used. */
  tokenizerJson?: Readonly<Record<string, unknown>>;
  /** The content of vocab.json, with `merges`: byte-level BPE. */
  vocab?: Readonly<Record<string, unknown>>;
  /** The content of merges.txt. */
  merges?: string;
  /** The content of vocab.txt: WordPiece. */
  vocabText?: string;
  /** A SentencePiece model: the content of spiece.model or sentencepiece.bpe.model. */
  sentencePiece?: Uint8Array;
  /** The content of tokenizer_config.json. */
  tokenizerConfig?: Readonly<Record<string, unknown>>;
  /** The content of special_tokens_map.json, for tokens that tokenizer_config.json lacks. */
  specialTokensMap?: Readonly<Record<string, unknown>>;
  /** The content of added_tokens.json, for tokenizers of before `added_tokens_decoder`. */
  addedTokens?: Readonly<Record<string, unknown>>;
  /** The content of config.json: its `model_type` gives the class if the other files do not. */
  modelConfig?: Readonly<Record<string, unknown>>;
}

/**
 * Creates a tokenizer from the content of its files: WordPiece (BERT and relatives), byte-level BPE
 * (RoBERTa, Longformer, BART, LED) or Unigram (ALBERT, CamemBERT, XLM-RoBERTa, mBART, BARThez,
 * Pegasus). Without a tokenizer.json the class decides how the vocabulary's files are read; ids
 * are those of transformers' fast tokenizers in both cases.
 *
 * @param files The parsed files.
 * @param name The name of tokenizer.json in messages.
 * @returns The tokenizer.
 * @throws {TypeError} If a part is missing, malformed or not supported.
 * @throws {RangeError} If an id or a setting is out of bounds.
 * @throws {SyntaxError} If merges.txt or a SentencePiece model is malformed.
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
 *
 * @example A vocabulary without a tokenizer.json
 * ```ts
 * import { tokenizerFromFiles } from "@lsg/core/tokenizer";
 * import { assertEquals } from "@std/assert";
 *
 * const tokenizer = tokenizerFromFiles({
 *   vocab: { "<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, a: 4, b: 5, ab: 6, "<mask>": 7 },
 *   merges: "#version: 0.2\na b\n",
 *   modelConfig: { model_type: "led" },
 * });
 * assertEquals(tokenizer.encode("ab<mask>"), [0, 6, 7, 2]);
 * ```
 */
export function tokenizerFromFiles(
  files: TokenizerFiles,
  name = "tokenizer.json",
): PreTrainedTokenizer {
  const { tokenizerConfig = {}, specialTokensMap = {}, modelConfig = {}, addedTokens } = files;
  const known = tokenizerClass(tokenizerConfig, modelConfig);
  const named = parseSpecialTokens(tokenizerConfig, specialTokensMap);
  const specialTokens = withDefaults(named, known, tokenizerConfig);
  const { json: given, layout }: VocabularyParts = files.tokenizerJson === undefined
    ? vocabularyParts(files, known, specialTokens)
    : { json: files.tokenizerJson };
  const json = overrideSettings(given, tokenizerConfig, known?.overrides);
  const model = readTokenModel(json.model, `model of ${name}`);
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
  const decode = readDecoder(json.decoder, `decoder of ${name}`, (token) => addedIds.has(token));

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
      normalize: readNormalizer(json.normalizer, `normalizer of ${name}`),
      preTokenize: readPreTokenizer(json.pre_tokenizer, `pre_tokenizer of ${name}`),
      model: model.tokenize,
    }),
    template: layout ? { ...template, ...readLayout(layout, tokenToId) } : template,
    languages,
    tokenToId,
    idToToken: (id) => addedContents.get(id) ?? model.tokens[id],
    tokensToText: (all) => decode([...all]).join(""),
    subwordPrefix: model.subwordPrefix,
    specialTokens,
    specialIds: added.filter((token) => token.special).map((token) => token.id),
    tokenTypes: readTokenTypes(tokenizerConfig) ?? known?.tokenTypes ?? false,
    config: tokenizerConfig,
  });
}

/** Makes the parts of the tokenizer from the files of its vocabulary. */
function vocabularyParts(
  files: TokenizerFiles,
  known: TokenizerClass | undefined,
  specialTokens: SpecialTokens,
): VocabularyParts {
  const { vocab, merges, vocabText, sentencePiece, tokenizerConfig: config = {} } = files;
  const kind = known?.vocabulary;
  if (kind === "byteLevel" && vocab !== undefined && merges !== undefined) {
    const { cls_token = "<s>", sep_token = "</s>" } = specialTokens;
    return byteLevelParts(vocab, merges, cls_token, sep_token);
  }
  if (kind === "wordPiece" && vocabText !== undefined) {
    const { unk_token = "[UNK]", cls_token = "[CLS]", sep_token = "[SEP]" } = specialTokens;
    return wordPieceParts(vocabText, unk_token, cls_token, sep_token);
  }
  if (typeof kind === "object" && sentencePiece !== undefined) {
    const model = readSentencePiece(sentencePiece, kind.file);
    return sentencePieceParts(model, kind, { specialTokens, config }, kind.file);
  }
  throw new TypeError(
    `Cannot create a tokenizer of ${Object.keys(files).join(", ") || "no files"}: wanted ` +
      "tokenizerJson, or the files of the vocabulary that its class needs",
  );
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
