/**
 * An example of any form as tokens and labels.
 *
 * @module
 */
import { Fields } from "./fields.ts";
import { encodeAnswer } from "./encode_answer.ts";
import { encodeIds } from "./encode_ids.ts";
import { encodeLabel } from "./encode_label.ts";
import { encodeTags } from "./encode_tags.ts";
import { encodeText } from "./encode_text.ts";
import type { EncodedExample } from "./encoded_example.ts";
import type { EncoderSettings } from "./encoder_settings.ts";
import type { LocatedExample } from "./example.ts";
import { LabelReader, numberOf } from "./label_reader.ts";

/** Names of what a decoder is to write. */
const TARGETS = ["summary", "text_target", "target"] as const;

/** Separates documents in PRIMERA; it is global like a document's first token. */
const DOCUMENT_SEPARATOR = "<doc-sep>";

/** Encodes the examples of one model. */
export class ExampleEncoder {
  readonly #settings: EncoderSettings;
  readonly #labels: LabelReader;

  /**
   * Makes an encoder.
   *
   * @param settings Head, tokenizer and lengths.
   */
  constructor(settings: EncoderSettings) {
    this.#settings = settings;
    this.#labels = new LabelReader(settings.config.id2label);
  }

  /**
   * Encodes an example.
   *
   * @param example The example.
   * @returns Tokens and labels.
   * @throws {TypeError} If a field is missing or of the wrong type.
   * @throws {RangeError} If a text is too long, or a label unknown.
   */
  encode(example: LocatedExample): EncodedExample {
    const fields = new Fields(example);
    const settings = this.#settings;
    if (fields.has("input_ids")) return encodeIds(settings, fields, this.#labels);
    switch (settings.head) {
      case "SequenceClassification":
        return { rows: [this.#pair(fields)], label: encodeLabel(settings, fields, this.#labels) };
      case "TokenClassification":
        return encodeTags(settings, fields, this.#labels);
      case "QuestionAnswering":
        return encodeAnswer(settings, fields);
      case "MultipleChoice":
        return this.#choices(fields);
      case "MaskedLM":
        return { rows: [this.#pair(fields)] };
      case "CausalLM": {
        const row = this.#pair(fields);
        return { rows: [row], tokenLabels: row.ids };
      }
      case "ConditionalGeneration":
        return this.#writing(fields);
      default:
        fields.find("input_ids");
        throw new TypeError(`Cannot learn from texts with ${settings.head}: wanted input_ids`);
    }
  }

  #pair(fields: Fields) {
    return encodeText(this.#settings, fields.text("text"), {
      most: this.#settings.maxLength,
      where: fields.nameOf("text"),
      ...(fields.has("text_pair") && { text_pair: fields.text("text_pair") }),
    });
  }

  #choices(fields: Fields): EncodedExample {
    const name = fields.find("question", "text");
    const choices = fields.texts("choices");
    const rows = choices.map((text_pair, i) =>
      encodeText(this.#settings, fields.text(name), {
        text_pair,
        most: this.#settings.maxLength,
        where: fields.nameOf(`choices[${i}]`),
      })
    );
    const label = numberOf(fields.value("label")) ?? NaN;
    if (Number.isInteger(label) && label >= 0 && label < choices.length) return { rows, label };
    throw fields.wrong("label", fields.value("label"), `a number from 0 to ${choices.length - 1}`);
  }

  #writing(fields: Fields): EncodedExample {
    const { tokenizer, config, maxTargetLength } = this.#settings;
    const row = this.#pair(fields);
    const name = fields.find(...TARGETS);
    const target = encodeText(this.#settings, fields.text(name), {
      most: maxTargetLength,
      where: fields.nameOf(name),
      ...(tokenizer?.language_codes.length && { src_lang: this.#targetLanguage() }),
    });
    const separator = config.attention_window && tokenizer?._idOf(DOCUMENT_SEPARATOR);
    const globals = config.attention_window && {
      globals: row.ids.map((id, token) => Number(token === 0 || id === separator)),
    };
    return { rows: [{ ...row, ...globals }], targetIds: target.ids };
  }

  #targetLanguage(): string {
    const { tokenizer } = this.#settings;
    if (tokenizer?.tgt_lang !== undefined) return tokenizer.tgt_lang;
    throw new RangeError(
      "Cannot learn to write without a language: wanted the tokenizer's tgt_lang, one of its " +
        "language_codes",
    );
  }
}
