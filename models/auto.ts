/**
 * Models of any family, chosen by their checkpoint.
 *
 * @module
 */
import type { Head } from "../families/families.ts";
import type { CheckpointSource } from "../checkpoint/source.ts";
import { EncoderModel } from "./encoder_model.ts";
import { loadModel, type PreTrainedOptions } from "./load.ts";
import { MaskedLM } from "./masked_lm.ts";
import { MultipleChoice } from "./multiple_choice.ts";
import { PreTraining } from "./pre_training.ts";
import { QuestionAnswering } from "./question_answering.ts";
import { SequenceClassification } from "./sequence_classification.ts";
import { TokenClassification } from "./token_classification.ts";
import type { ModelParts } from "./load_parts.ts";

/** Loads models of one class, of any family. */
export interface AutoClass<Model> {
  /**
   * Loads a model.
   *
   * @param checkpoint A folder, `owner/name` on the hub, a URL, or a source of files.
   * @param options Device, overrides, conversion; revision, cache, token, progress, signal.
   * @returns The model; the caller disposes of it, or declares it with `using`.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   * @throws {RangeError} If a file is missing, or does not fit the config and the class.
   * @throws {SyntaxError} If a file is malformed.
   * @throws `options.signal.reason` If that signal aborts.
   */
  from_pretrained(
    checkpoint: string | URL | CheckpointSource,
    options?: PreTrainedOptions,
  ): Promise<Model>;
}

/**
 * Makes a class that loads models of one head.
 *
 * @param head The head.
 * @param model Their class.
 * @returns The class.
 *
 * @example A class of your own, of any family
 * ```ts
 * import { MaskedLM } from "@lsg/core";
 * import { autoClass } from "@lsg/core/models";
 * import { assertEquals } from "@std/assert";
 *
 * class Guesser extends MaskedLM {
 *   // The likeliest id at one token.
 *   async guess(ids: number[], token: number): Promise<number> {
 *     const { data } = await this.logitsAt({ input_ids: [ids] }, [[token]]);
 *     return data.indexOf(Math.max(...data));
 *   }
 * }
 * using model = await autoClass("MaskedLM", Guesser).from_pretrained("FacebookAI/roberta-base");
 * const id = await model.guess([0, 5, 6, 2], 1);
 * assertEquals(id < model.config.vocab_size, true);
 * ```
 */
export function autoClass<Model>(
  head: Head,
  model: new (parts: ModelParts) => Model,
): AutoClass<Model> {
  return {
    from_pretrained: (checkpoint, options = {}) =>
      loadModel(checkpoint, head, options, (parts) => new model(parts)),
  };
}

/**
 * Encoders and decoders without a head.
 *
 * @example
 * ```ts
 * import { AutoModel } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * using model = await AutoModel.from_pretrained("ccdv/lsg-base-4096");
 * const { last_hidden_state } = await model({ input_ids: [[0, 5, 6, 2]] });
 * assertEquals(last_hidden_state.dims.slice(0, 2), [1, 4]);
 * assertEquals(last_hidden_state.data.length, last_hidden_state.size);
 * ```
 */
export const AutoModel: AutoClass<EncoderModel> = /* @__PURE__ */ autoClass("Model", EncoderModel);

/**
 * Encoders that predict hidden words.
 *
 * @example A vanilla checkpoint, read as LSG
 * ```ts
 * import { AutoModelForMaskedLM } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const model = await AutoModelForMaskedLM.from_pretrained(
 *   "FacebookAI/roberta-base",
 *   { lsg: { max_sequence_length: 4096 } },
 * );
 * const input_ids = [Array.from({ length: 1000 }, () => 5)];
 * const { logits } = await model({ input_ids });
 * assertEquals(logits.dims, [1, 1000, model.config.vocab_size]);
 * model.dispose();
 * ```
 */
export const AutoModelForMaskedLM: AutoClass<MaskedLM> = /* @__PURE__ */ autoClass(
  "MaskedLM",
  MaskedLM,
);

/**
 * Encoders that classify sequences.
 *
 * @example
 * ```ts
 * import { AutoModelForSequenceClassification } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const model = await AutoModelForSequenceClassification.from_pretrained(
 *   "distilbert/distilbert-base-uncased-finetuned-sst-2-english",
 * );
 * const { logits } = await model({ input_ids: [[2, 5, 6, 3]] });
 * assertEquals(logits.dims, [1, model.config.id2label.length]);
 * model.dispose();
 * ```
 *
 * @example A vanilla encoder as LSG with a new head, to be trained
 * ```ts
 * import { AutoModelForSequenceClassification } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const model = await AutoModelForSequenceClassification.from_pretrained(
 *   "google-bert/bert-base-uncased",
 *   {
 *     id2label: ["refused", "granted"],
 *     seed: 42,
 *     lsg: { max_sequence_length: 4096, num_global_tokens: 4 },
 *   },
 * ); // warns that the head is drawn
 * assertEquals(model.config.id2label[1], "granted");
 * model.dispose();
 * ```
 */
export const AutoModelForSequenceClassification: AutoClass<SequenceClassification> =
  /* @__PURE__ */ autoClass(
    "SequenceClassification",
    SequenceClassification,
  );

/**
 * Encoders that classify tokens.
 *
 * @example
 * ```ts
 * import { AutoModelForTokenClassification } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const model = await AutoModelForTokenClassification.from_pretrained(
 *   "dslim/bert-base-NER",
 * );
 * const { logits } = await model({ input_ids: [[2, 5, 6, 3]] });
 * assertEquals(logits.dims, [1, 4, model.config.id2label.length]);
 * model.dispose();
 * ```
 */
export const AutoModelForTokenClassification: AutoClass<TokenClassification> =
  /* @__PURE__ */ autoClass(
    "TokenClassification",
    TokenClassification,
  );

/**
 * Encoders that find answers in a text.
 *
 * @example
 * ```ts
 * import { AutoModelForQuestionAnswering } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const model = await AutoModelForQuestionAnswering.from_pretrained(
 *   "deepset/bert-base-cased-squad2",
 * );
 * const { start_logits, end_logits } = await model({
 *   input_ids: [[2, 5, 6, 3, 7, 8, 3]],
 *   token_type_ids: [[0, 0, 0, 0, 1, 1, 1]],
 * });
 * assertEquals([start_logits.dims, end_logits.dims], [[1, 7], [1, 7]]);
 * model.dispose();
 * ```
 */
export const AutoModelForQuestionAnswering: AutoClass<QuestionAnswering> =
  /* @__PURE__ */ autoClass(
    "QuestionAnswering",
    QuestionAnswering,
  );

/**
 * Encoders that choose one of several sequences.
 *
 * @example One question with two choices
 * ```ts
 * import { AutoModelForMultipleChoice } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const model = await AutoModelForMultipleChoice.from_pretrained(
 *   "LIAMF-USP/roberta-large-finetuned-race",
 * );
 * const { logits } = await model({ input_ids: [[[2, 5, 6, 3], [2, 5, 7, 3]]] });
 * assertEquals(logits.dims, [1, 2]);
 * model.dispose();
 * ```
 */
export const AutoModelForMultipleChoice: AutoClass<MultipleChoice> = /* @__PURE__ */ autoClass(
  "MultipleChoice",
  MultipleChoice,
);

/**
 * ELECTRA's discriminator, which detects replaced tokens.
 *
 * @example
 * ```ts
 * import { AutoModelForPreTraining } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const model = await AutoModelForPreTraining.from_pretrained(
 *   "google/electra-small-discriminator",
 * );
 * const { logits } = await model({ input_ids: [[2, 5, 6, 3]] });
 * assertEquals(logits.dims, [1, 4]); // above 0: probably replaced
 * model.dispose();
 * ```
 */
export const AutoModelForPreTraining: AutoClass<PreTraining> = /* @__PURE__ */ autoClass(
  "PreTraining",
  PreTraining,
);
