import { ALL_READERS } from "./all_readers.ts";
import { tokenizerClass } from "./all_tokenizer_classes.ts";
import { buildTokenizer, readSpecialTokens } from "./build_tokenizer.ts";
import { readChatTemplates } from "./chat/read_chat_templates.ts";
import type { PreTrainedTokenizer } from "./pre_trained_tokenizer.ts";
import type { TokenizerFiles } from "./tokenizer_files.ts";
import { readVocabulary } from "./vocabulary_files/read_vocabulary.ts";

export type { TokenizerFiles };

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
  const { tokenizerJson, tokenizerConfig = {}, modelConfig = {} } = files;
  const known = tokenizerClass(tokenizerConfig, modelConfig);
  const parts = tokenizerJson === undefined
    ? readVocabulary(files, known, readSpecialTokens(files, known))
    : { json: tokenizerJson };
  const chatTemplates = readChatTemplates(tokenizerConfig, files.chatTemplates);
  return buildTokenizer({ ...files, chatTemplates }, known, parts, ALL_READERS, name);
}
