/**
 * Translates texts.
 *
 * @module
 */
import { assertObject } from "../base/check_options.ts";
import { showNames, showValue } from "../base/show_value.ts";
import { type WritingOptions, WritingPipeline } from "./writing_pipeline.ts";

/** Settings of a translation. */
export interface TranslationOptions extends WritingOptions {
  /** The language of the texts, for a tokenizer that has languages, such as `en_XX`. */
  readonly src_lang?: string;
  /** The language to translate to, for a tokenizer that has languages, such as `de_DE`. */
  readonly tgt_lang?: string;
}

/** A translation, with transformers.js's name. */
export interface TranslationResult {
  /** The translation. */
  readonly translation_text: string;
}

/** Call signature of the pipeline: `translator(texts, options)`. */
export interface TranslationPipeline {
  /** Translates one text, or several. */
  (texts: string | readonly string[], options?: TranslationOptions): Promise<TranslationResult[]>;
}

/**
 * Translates texts, like transformers.js's pipeline of that name, with beams as in Python.
 *
 * @example mBART: the languages are those of the tokenizer
 * ```ts
 * import { pipeline } from "@lsg/core";
 * import { assert, assertEquals, assertRejects } from "@std/assert";
 *
 * const name = "facebook/mbart-large-50-many-to-many-mmt";
 * using translator = await pipeline("translation", name);
 * assert(translator.tokenizer.language_codes.includes("ro_RO"));
 * const options = { src_lang: "en_XX", tgt_lang: "ro_RO", num_beams: 2, max_length: 8 };
 * const [{ translation_text }] = await translator("The sea was calm.", options);
 * assertEquals(typeof translation_text, "string");
 * await assertRejects(() => translator("The sea was calm."), RangeError, "src_lang");
 * ```
 */
export class TranslationPipeline extends WritingPipeline {
  /** The task. */
  protected override readonly task = "translation" as const;

  /**
   * Translates texts.
   *
   * @param texts One text, or several.
   * @param options Languages, settings of `generate()`, and options of every call.
   * @returns A record for each text and returned sequence, in order.
   * @throws {TypeError} If an option is unknown or of the wrong type, or a text is not a string.
   * @throws {RangeError} If a text is too long, an option is out of range, or a language is missing
   * or unknown.
   */
  override async _call(
    texts: string | readonly string[],
    options: TranslationOptions = {},
  ): Promise<TranslationResult[]> {
    assertObject("Cannot translate", options);
    const { src_lang = null, tgt_lang = null, ...others } = options;
    const written = this.tokenizer.language_codes.length > 0
      ? await this.#translate(texts, { src_lang, tgt_lang }, others)
      : await this.write(texts, this.#withoutLanguages({ src_lang, tgt_lang }, others));
    return written.map((translation_text) => ({ translation_text }));
  }

  /** Translates between languages of the tokenizer: what is written begins with the second. */
  #translate(
    texts: string | readonly string[],
    { src_lang, tgt_lang }: Languages,
    options: WritingOptions,
  ): Promise<string[]> {
    for (const [name, code] of Object.entries({ src_lang, tgt_lang })) {
      if (code !== null) continue;
      throw new RangeError(
        `Cannot translate without ${name}: wanted one of ${
          showNames(this.tokenizer.language_codes)
        }`,
      );
    }
    if ((options.forced_bos_token_id ?? undefined) !== undefined) {
      throw new TypeError(
        "Cannot translate with forced_bos_token_id: tgt_lang already says what is written first",
      );
    }
    this.tokenizer._languageId(src_lang, "src_lang");
    const forced_bos_token_id = this.tokenizer._languageId(tgt_lang, "tgt_lang");
    return this.write(texts, { ...options, forced_bos_token_id }, { src_lang: src_lang! });
  }

  #withoutLanguages(languages: Languages, options: WritingOptions): WritingOptions {
    for (const [name, code] of Object.entries(languages)) {
      if (code === null) continue;
      throw new RangeError(
        `Cannot translate with ${name} ${showValue(code)}: the tokenizer has no languages`,
      );
    }
    return options;
  }
}

/** The languages of a call; null if absent. */
interface Languages {
  readonly src_lang: string | null;
  readonly tgt_lang: string | null;
}
