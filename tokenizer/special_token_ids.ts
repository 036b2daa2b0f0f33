import { type CheckpointSource, readJsonObject } from "../checkpoint/source.ts";
import { readSpecialTokenIds, type SpecialTokenIds } from "../checkpoint/special_tokens.ts";
import type { ModelConfig } from "../families/model_config.ts";
import { AutoTokenizer } from "./auto_tokenizer.ts";
import { importTokenizerClass } from "./import_tokenizer_class.ts";
import { vocabularyFiles } from "./vocabulary_files/import_vocabulary.ts";

/**
 * Finds the ids of the special tokens from which conversion builds global tokens: in tokenizer.json,
 * else by the tokenizer that is made from the files of its vocabulary.
 *
 * @param source The checkpoint's files.
 * @param config Its config.
 * @returns The ids; empty if there is neither.
 * @throws {RangeError | TypeError | SyntaxError} If a file is malformed.
 *
 * @example
 * ```ts
 * import { MemorySource, parseConfig } from "@lsg/core/checkpoint";
 * import { findSpecialTokenIds } from "@lsg/core/models";
 * import { assertEquals } from "@std/assert";
 *
 * const words = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"];
 * const source = new MemorySource({
 *   "config.json": '{ "model_type": "bart" }',
 *   "vocab.json": JSON.stringify(Object.fromEntries(words.map((word, id) => [word, id]))),
 *   "merges.txt": "",
 * });
 * const config = parseConfig({ model_type: "bart" });
 * assertEquals(await findSpecialTokenIds(source, config), { bos: 0, cls: 0, mask: 4 });
 * ```
 */
export async function findSpecialTokenIds(
  source: CheckpointSource,
  config: ModelConfig,
): Promise<SpecialTokenIds> {
  if (await source.open("tokenizer.json")) return await readSpecialTokenIds(source, config);
  const known = await importTokenizerClass(
    await readJsonObject(source, "tokenizer_config.json"),
    await readJsonObject(source, "config.json"),
  );
  const [file] = vocabularyFiles(known?.vocabulary);
  if (file === undefined || !await source.open(file)) return {};
  const tokenizer = await AutoTokenizer.from_pretrained(source);
  const { bos_token_id: bos, cls_token_id: cls, mask_token_id: mask } = tokenizer;
  return { bos, cls, mask };
}
