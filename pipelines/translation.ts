/**
 * Translates texts.
 *
 * @module
 */
import { showValue } from "../base/show_value.ts";
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

/** Translates texts, like transformers.js's pipeline of that name. */
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
    { src_lang, tgt_lang, ...options }: TranslationOptions = {},
  ): Promise<TranslationResult[]> {
    const written = this.tokenizer.language_codes.length > 0
      ? await this.write(
        texts,
        { forced_bos_token_id: this.#languageId("tgt_lang", tgt_lang), ...options },
        { src_lang: this.#language("src_lang", src_lang) },
      )
      : await this.write(texts, this.#withoutLanguages({ src_lang, tgt_lang }, options));
    return written.map((translation_text) => ({ translation_text }));
  }

  #language(name: string, code: unknown): string {
    const known = this.tokenizer.language_codes;
    if (known.includes(code as string)) return code as string;
    throw new RangeError(
      `Cannot translate with ${name} ${showValue(code)}: wanted one of ${known.join(", ")}`,
    );
  }

  #languageId(name: string, code: unknown): number {
    return this.tokenizer.convert_tokens_to_ids([this.#language(name, code)])[0];
  }

  #withoutLanguages(languages: object, options: WritingOptions): WritingOptions {
    for (const [name, code] of Object.entries(languages)) {
      if ((code ?? undefined) === undefined) continue;
      throw new RangeError(
        `Cannot translate with ${name} ${showValue(code)}: the tokenizer has no languages`,
      );
    }
    return options;
  }
}
