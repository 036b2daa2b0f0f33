import { showValue } from "../base/show_value.ts";
import type { Template, TemplatePiece } from "./template.ts";

/** The languages of a tokenizer's class: each has a token, which stands beside a text. */
export interface LanguageClass {
  /** The tokens of the languages, such as `en_XX`. */
  readonly codes: readonly string[];
  /** Before the text, as in mBART-50, or after its end token, as in mBART. */
  readonly place: "before" | "after";
}

/** The language of a text before any is chosen. */
const DEFAULT_LANGUAGE = "en_XX";

/** Tokens that are added to a checkpoint and look like this are languages as well. */
const CODE = /^[a-z]{2,3}_[A-Z]{2}$/;

/**
 * The languages of a tokenizer: `src_lang` and `tgt_lang`, and the rows that begin or end with a
 * language's token.
 *
 * @example A row of mBART-50: the language, the text, the end
 * ```ts
 * import { Languages } from "@lsg/core/tokenizer";
 * import { assertEquals } from "@std/assert";
 *
 * const ids = new Map([["</s>", 2], ["en_XX", 7], ["de_DE", 8]]);
 * const languages = new Languages(
 *   { codes: ["en_XX", "de_DE"], place: "before" },
 *   [],
 *   "</s>",
 *   (token) => ids.get(token),
 *   { src_lang: "de_DE" },
 * );
 * assertEquals(languages.source, "de_DE");
 * assertEquals(languages.template(languages.idOf("de_DE", "src_lang")).single, [
 *   { special: [8], typeId: 0 },
 *   { sequence: 0, typeId: 0 }, // the text
 *   { special: [2], typeId: 0 },
 * ]);
 * ```
 */
export class Languages {
  /** The tokens of the languages. */
  readonly codes: readonly string[];
  readonly #place: LanguageClass["place"];
  readonly #tokenToId: (token: string) => number | undefined;
  readonly #end: TemplatePiece;
  #source: string;
  #target: string | undefined;

  /**
   * Reads `src_lang` and `tgt_lang` of a tokenizer_config.json.
   *
   * @param known The languages of the class.
   * @param additional The special tokens without a role.
   * @param endToken The token at the end of a text.
   * @param tokenToId Looks up the id of a token.
   * @param config The content of tokenizer_config.json.
   * @throws {RangeError} If the vocabulary lacks the end token, or a language is unknown.
   * @throws {TypeError} If a language is not a string.
   */
  constructor(
    known: LanguageClass,
    additional: readonly string[],
    endToken: string | undefined,
    tokenToId: (token: string) => number | undefined,
    config: Readonly<Record<string, unknown>>,
  ) {
    this.codes = [...new Set([...known.codes, ...additional.filter((token) => CODE.test(token))])];
    this.#place = known.place;
    this.#tokenToId = tokenToId;
    const endId = endToken === undefined ? undefined : tokenToId(endToken);
    if (endId === undefined) {
      throw new RangeError("Cannot read the tokenizer: it has no eos_token, which ends each text");
    }
    this.#end = { special: [endId], typeId: 0 };
    const setting = (key: string) => Object.hasOwn(config, key) ? config[key] : undefined;
    this.#source = this.#check(setting("src_lang") ?? DEFAULT_LANGUAGE, "src_lang");
    const target = setting("tgt_lang") ?? undefined;
    if (target !== undefined) this.#target = this.#check(target, "tgt_lang");
  }

  /** The language of texts. */
  get source(): string {
    return this.#source;
  }

  set source(code: string) {
    this.#source = this.#check(code, "src_lang");
  }

  /** The language of target texts, if one was chosen. */
  get target(): string | undefined {
    return this.#target;
  }

  set target(code: string | undefined) {
    this.#target = code === undefined ? undefined : this.#check(code, "tgt_lang");
  }

  /**
   * Looks up the id of a language's token.
   *
   * @param code The language.
   * @param option The option that names it, for errors.
   * @returns The id.
   * @throws {TypeError} If the language is not a string.
   * @throws {RangeError} If it is unknown.
   */
  idOf(code: unknown, option: "src_lang" | "tgt_lang"): number {
    return this.#tokenToId(this.#check(code, option))!;
  }

  /**
   * Lays out rows of a language.
   *
   * @param id The id of the language's token.
   * @returns The template: of one text, and of a pair.
   */
  template(id: number): Template {
    const language = { special: [id], typeId: 0 };
    const around = (...texts: TemplatePiece[]) =>
      this.#place === "before" ? [language, ...texts, this.#end] : [...texts, this.#end, language];
    const first: TemplatePiece = { sequence: 0, typeId: 0 };
    return { single: around(first), pair: around(first, { sequence: 1, typeId: 0 }) };
  }

  #check(code: unknown, option: string): string {
    if (typeof code !== "string") {
      throw new TypeError(
        `Cannot use ${option} ${showValue(code)}: wanted a language such as "${this.codes[0]}"`,
      );
    }
    if (!this.codes.includes(code) || this.#tokenToId(code) === undefined) {
      const offered = this.codes.filter((each) => this.#tokenToId(each) !== undefined);
      throw new RangeError(
        `Cannot use ${option} ${showValue(code)}: wanted one of ${offered.join(", ")}`,
      );
    }
    return code;
  }
}
