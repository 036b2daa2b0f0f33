import { Callable } from "../base/callable.ts";
import { showValue } from "../base/show_value.ts";
import { specialTokenRoles } from "./special_tokens.ts";
import type { TokenizerParts } from "./tokenizer_parts.ts";

type TokensOf = Pick<TokenizerParts, "specialTokens" | "tokenToId" | "idToToken" | "languages">;

/**
 * The special tokens of a tokenizer by role, and its languages, named as in Python.
 *
 * @example
 * ```ts
 * import { AutoTokenizer, type TokenizerTokens } from "@lsg/core/tokenizer";
 * import { assertEquals } from "@std/assert";
 *
 * // Ids without special tokens.
 * function ordinary(tokenizer: TokenizerTokens, ids: readonly number[]): number[] {
 *   return ids.filter((id) => !tokenizer.all_special_ids.includes(id));
 * }
 * const tokenizer = await AutoTokenizer.from_pretrained("FacebookAI/roberta-base");
 * assertEquals([tokenizer.cls_token, tokenizer.sep_token], ["<s>", "</s>"]);
 * const ids = tokenizer.encode("A letter.");
 * assertEquals(ordinary(tokenizer, ids), ids.slice(1, -1));
 * ```
 */
export abstract class TokenizerTokens extends Callable {
  /** The token at the beginning of a text. */
  readonly bos_token: string | undefined;
  /** The id of `bos_token`. */
  readonly bos_token_id: number | undefined;
  /** The token at the end of a text. */
  readonly eos_token: string | undefined;
  /** The id of `eos_token`. */
  readonly eos_token_id: number | undefined;
  /** The token for text that the vocabulary lacks. */
  readonly unk_token: string | undefined;
  /** The id of `unk_token`. */
  readonly unk_token_id: number | undefined;
  /** The token between two texts. */
  readonly sep_token: string | undefined;
  /** The id of `sep_token`. */
  readonly sep_token_id: number | undefined;
  /** The token whose state classifiers use. */
  readonly cls_token: string | undefined;
  /** The id of `cls_token`. */
  readonly cls_token_id: number | undefined;
  /** The token that masks a word. */
  readonly mask_token: string | undefined;
  /** The id of `mask_token`. */
  readonly mask_token_id: number | undefined;
  /** The special tokens with a role, then the additional ones of the config. */
  readonly all_special_tokens: string[];
  /** The ids of `all_special_tokens`. */
  readonly all_special_ids: number[];
  readonly #languages: TokenizerParts["languages"];
  readonly #parts: TokensOf;
  #padding: { readonly token: string; readonly id: number } | undefined;

  /**
   * Looks up the ids of the special tokens.
   *
   * @param parts The tokenizer's parts.
   * @throws {RangeError} If a special token is not in the vocabulary.
   */
  constructor(parts: TokensOf) {
    super();
    const { specialTokens, tokenToId } = parts;
    this.#languages = parts.languages;
    this.#parts = parts;
    for (const role of specialTokenRoles) {
      const token = specialTokens[role];
      if (role === "pad_token") {
        if (token !== undefined) this.#padding = { token, id: knownId(tokenToId, token, role) };
        continue;
      }
      const id = token === undefined ? undefined : knownId(tokenToId, token, role);
      Object.assign(this, { [role]: token, [`${role}_id`]: id });
    }
    this.all_special_tokens = listTokens(specialTokens);
    this.all_special_ids = this.all_special_tokens.map((token) =>
      knownId(tokenToId, token, "additional_special_tokens")
    );
  }

  /**
   * The padding token. One that a tokenizer lacks may be chosen, as in Python:
   * `tokenizer.pad_token = tokenizer.eos_token`.
   *
   * @throws {TypeError} If it is set to what is not a string.
   * @throws {RangeError} If it is set to a token that the vocabulary lacks.
   */
  get pad_token(): string | undefined {
    return this.#padding?.token;
  }

  set pad_token(token: string | undefined) {
    if (typeof token !== "string") {
      throw new TypeError(`Cannot set pad_token to ${showValue(token)}: wanted a token`);
    }
    const { specialTokens, tokenToId } = this.#parts;
    this.#padding = { token, id: knownId(tokenToId, token, "pad_token") };
    const tokens = listTokens({ ...specialTokens, pad_token: token });
    const ids = tokens.map((token) => knownId(tokenToId, token, "special token"));
    this.all_special_tokens.splice(0, Infinity, ...tokens);
    this.all_special_ids.splice(0, Infinity, ...ids);
  }

  /**
   * The id of `pad_token`; setting it sets the token.
   *
   * @throws {RangeError} If it is set to an id that the vocabulary lacks.
   */
  get pad_token_id(): number | undefined {
    return this.#padding?.id;
  }

  set pad_token_id(id: number | undefined) {
    const token = typeof id === "number" ? this.#parts.idToToken(id) : undefined;
    if (token === undefined) {
      throw new RangeError(
        `Cannot set pad_token_id to ${showValue(id)}: wanted an id of the vocabulary`,
      );
    }
    this.pad_token = token;
  }

  /** The tokens of the languages (mBART), such as `en_XX`; empty if there are none. */
  get language_codes(): readonly string[] {
    return this.#languages?.codes ?? [];
  }

  /**
   * The language of texts, `en_XX` if none was chosen; undefined if the tokenizer has no languages.
   *
   * @throws {RangeError} If it is set to a language that is not among `language_codes`.
   */
  get src_lang(): string | undefined {
    return this.#languages?.source;
  }

  set src_lang(code: string) {
    (this.#languages ?? refuseLanguage(code)).source = code;
  }

  /**
   * The language of `text_target`; undefined if none was chosen.
   *
   * @throws {RangeError} If it is set to a language that is not among `language_codes`.
   */
  get tgt_lang(): string | undefined {
    return this.#languages?.target;
  }

  set tgt_lang(code: string | undefined) {
    (this.#languages ?? refuseLanguage(code)).target = code;
  }

  /**
   * Looks up the id of a language's token, for pipelines: generation is forced to begin with it.
   *
   * @param code The language.
   * @param option The option that names it, for errors.
   * @returns The id.
   * @throws {TypeError} If the language is not a string.
   * @throws {RangeError} If it is not among `language_codes`.
   */
  _languageId(code: unknown, option: "src_lang" | "tgt_lang"): number {
    return (this.#languages ?? refuseLanguage(code)).idOf(code, option);
  }
}

/** The special tokens with a role, then the others, each once. */
function listTokens(tokens: TokenizerParts["specialTokens"]): string[] {
  const all = [...specialTokenRoles.map((role) => tokens[role]), ...tokens.additional];
  return [...new Set(all.filter((token) => token !== undefined))];
}

/**
 * Refuses a language.
 *
 * @param code The language.
 * @throws {RangeError} Always.
 */
export function refuseLanguage(code: unknown): never {
  throw new RangeError(
    `Cannot use the language ${showValue(code)}: the tokenizer has no languages`,
  );
}

/**
 * Looks up the id of a token that there must be.
 *
 * @param tokenToId Looks up the id of a token.
 * @param token The token.
 * @param role What it is, for the error.
 * @returns The id.
 * @throws {RangeError} If the vocabulary lacks it.
 */
export function knownId(
  tokenToId: (token: string) => number | undefined,
  token: string,
  role: string,
): number {
  const id = tokenToId(token);
  if (id === undefined) {
    throw new RangeError(
      `Cannot find the ${role} ${showValue(token)}: it is not in the vocabulary`,
    );
  }
  return id;
}
