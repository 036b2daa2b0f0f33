import type { ModelConfig } from "./config.ts";
import { FAMILIES, type ModelType } from "../families/families.ts";
import { isJsonObject } from "../base/json.ts";
import { showValue } from "../base/show_value.ts";
import { type CheckpointSource, readJsonObject } from "./source.ts";

/** Ids of the special tokens that conversion builds global tokens from. */
export interface SpecialTokenIds {
  /** The token that begins a text. */
  bos?: number;
  /** The token that stands for a whole text. */
  cls?: number;
  /** The token that stands for a hidden word. */
  mask?: number;
}

type TokenKey = "bos_token" | "cls_token" | "mask_token";

/**
 * Reads the ids of special tokens from a checkpoint's tokenizer files, without a tokenizer.
 *
 * @param source Where the checkpoint is.
 * @param config Its config; the family knows the tokens that the files leave out.
 * @returns The ids of those tokens that there are.
 * @throws {RangeError} If a special token has no id.
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
    // A null is an answer, "there is none"; an absent key is not.
    const named = settings[key] === undefined ? specialTokens[key] : settings[key];
    const content = tokenContent(named === undefined ? defaults[key] : named, key, source.name);
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

/** The family's own tokens, or of the one whose tokenizer the files name. */
function defaultTokens(
  settings: Record<string, unknown>,
  modelType: ModelType,
): Partial<Record<TokenKey, string>> {
  const { tokenizer_class } = settings;
  if (tokenizer_class === undefined) return FAMILIES[modelType].specialTokens;
  // A DistilBERT may well have a BertTokenizer.
  const family = Object.values(FAMILIES).find(({ className }) =>
    String(tokenizer_class).startsWith(`${className}Tokenizer`)
  );
  return family?.specialTokens ?? {};
}

/** Tokens are written as plain text, or as objects with settings. */
function tokenContent(token: unknown, key: TokenKey, origin: string): string | undefined {
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
  const id = entry ? entry.id : idInVocab(vocab, content);
  return Number.isSafeInteger(id) && id >= 0 ? id : undefined;
}

/** BPE and WordPiece keep an object of ids, Unigram a list of `[token, score]`. */
function idInVocab(vocab: unknown, content: string): unknown {
  if (Array.isArray(vocab)) {
    return vocab.findIndex((piece) => Array.isArray(piece) && piece[0] === content);
  }
  return isJsonObject(vocab) && Object.hasOwn(vocab, content) ? vocab[content] : undefined;
}
