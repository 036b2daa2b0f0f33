import type { ModelConfig } from "../families/model_config.ts";
import { FAMILIES, type ModelType } from "../families/families.ts";
import { isJsonObject } from "../base/json.ts";
import { showValue } from "../base/show_value.ts";
import { type CheckpointSource, readJsonObject } from "./source.ts";

/** Ids of the special tokens from which conversion builds global tokens. */
export interface SpecialTokenIds {
  /** The token that begins a text. */
  bos?: number;
  /** The token that represents a whole text. */
  cls?: number;
  /** The token that replaces a masked word. */
  mask?: number;
}

type TokenKey = "bos_token" | "cls_token" | "mask_token";

/**
 * Reads the ids of special tokens from a checkpoint's tokenizer files, without a tokenizer.
 *
 * @param source The checkpoint's files.
 * @param config Its config; the family supplies the tokens that the files do not name.
 * @returns The ids of the tokens found.
 * @throws {RangeError} If a special token named in a file has no id.
 * @throws {TypeError | SyntaxError} If a tokenizer file is malformed.
 *
 * @example
 * ```ts
 * import { MemorySource, parseConfig, readSpecialTokenIds } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const added_tokens = [{ id: 0, content: "<s>" }, { id: 4, content: "<mask>" }];
 * const source = new MemorySource({ "tokenizer.json": JSON.stringify({ added_tokens }) });
 * const config = parseConfig({ model_type: "roberta" });
 * assertEquals(await readSpecialTokenIds(source, config), { bos: 0, cls: 0, mask: 4 });
 * ```
 */
export async function readSpecialTokenIds(
  source: CheckpointSource,
  config: ModelConfig,
): Promise<SpecialTokenIds> {
  const tokenizer = await readJsonObject(source, "tokenizer.json");
  if (tokenizer === undefined) return {};
  const settings = await readJsonObject(source, "tokenizer_config.json") ?? {};
  const specialTokens = await readJsonObject(source, "special_tokens_map.json") ?? {};
  const defaults = defaultTokens(settings, config.model_type);
  const idOf = (key: TokenKey): number | undefined => {
    // Null means that there is no such token; an absent key leaves it to the next file.
    const named = settings[key] === undefined ? specialTokens[key] : settings[key];
    const content = parseToken(named === undefined ? defaults[key] : named, key, source.name);
    const id = content === undefined ? undefined : idOfToken(content, tokenizer);
    if (id === undefined && named !== undefined && named !== null) {
      throw new RangeError(
        `${source.name}: ${key} ${showValue(content)} has no id in tokenizer.json`,
      );
    }
    return id;
  };
  return { bos: idOf("bos_token"), cls: idOf("cls_token"), mask: idOf("mask_token") };
}

/** Returns the tokens of the tokenizer class that the files name, else of the model's family. */
function defaultTokens(
  settings: Record<string, unknown>,
  modelType: ModelType,
): Partial<Record<TokenKey, string>> {
  const { tokenizer_class } = settings;
  if (tokenizer_class === undefined) return FAMILIES[modelType].specialTokens;
  // A DistilBERT may have a BertTokenizer.
  const name = typeof tokenizer_class === "string" ? tokenizer_class : "";
  const family = Object.values(FAMILIES).find(({ className, tokenizers = [className] }) =>
    tokenizers.some((each) => name.startsWith(`${each}Tokenizer`))
  );
  return family?.specialTokens ?? {};
}

/** Parses a token, which is a string or an object with settings. */
function parseToken(token: unknown, key: TokenKey, origin: string): string | undefined {
  if (token === undefined || token === null) return undefined;
  const content = isJsonObject(token) ? token.content : token;
  if (typeof content !== "string") {
    throw new TypeError(`${origin}: ${key} must be a string, got ${showValue(token)}`);
  }
  return content;
}

function idOfToken(content: string, tokenizer: Record<string, unknown>): number | undefined {
  const { added_tokens: added, model } = tokenizer;
  const entry = Array.isArray(added)
    ? added.find((each) => isJsonObject(each) && each.content === content)
    : undefined;
  const vocab = isJsonObject(model) ? model.vocab : undefined;
  const id = entry ? entry.id : findInVocabulary(vocab, content);
  return Number.isSafeInteger(id) && id >= 0 ? id : undefined;
}

/** Finds a token's id; BPE and WordPiece have an object of ids, Unigram a list of `[token, score]`. */
function findInVocabulary(vocab: unknown, content: string): unknown {
  if (Array.isArray(vocab)) {
    return vocab.findIndex((piece) => Array.isArray(piece) && piece[0] === content);
  }
  return isJsonObject(vocab) && Object.hasOwn(vocab, content) ? vocab[content] : undefined;
}
