import { classNames, COMMON, type TokenizerClass } from "./tokenizer_class.ts";

type Json = Readonly<Record<string, unknown>>;

/**
 * Imports the class of a tokenizer, unless it is one of the most common.
 *
 * @param tokenizerConfig The content of tokenizer_config.json.
 * @param modelConfig The content of config.json.
 * @returns The first known class that the files name; undefined if there is none.
 */
export async function importTokenizerClass(
  tokenizerConfig: Json = {},
  modelConfig: Json = {},
): Promise<TokenizerClass | undefined> {
  const names = classNames(tokenizerConfig, modelConfig);
  if (names.length === 0) return undefined;
  return COMMON.get(names[0]) ??
    (await import("./all_tokenizer_classes.ts")).tokenizerClass(tokenizerConfig, modelConfig);
}
