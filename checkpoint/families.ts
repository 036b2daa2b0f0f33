import type { ModelConfig, ModelType } from "./config.ts";
import { type Head, robertaParameters } from "./roberta_parameters.ts";
import { type ExpectedParameter, type NameRules, resolveWeights } from "./weight_names.ts";
import type { Weights } from "./weights.ts";

/** What sets a family's checkpoints apart: names, and how it is converted to LSG. */
export interface Family {
  /** Stands before the head in class names: `Roberta` in `RobertaForMaskedLM`. */
  className: string;
  /** Stands before the bare model's parameter names in files that were saved with a head. */
  weightPrefix: string;
  /** Rows of the position table in front of position 0. */
  tableOffset: number;
  /** How many of these rows `max_position_embeddings` counts. */
  configOffset: number;
  /** Whether conversion adds the embedding of token type 0 to the global tokens. */
  globalsTakeTokenType: boolean;
  /** Special tokens of the family's tokenizer, where its files name none. */
  specialTokens: { bos_token: string; cls_token: string; mask_token: string };
  /** Names of the tables that conversion works on, in the bare model. */
  tables: { word: string; position: string; tokenType: string; global: string };
  /** All parameters of a model. */
  parameters(config: ModelConfig, head: Head): ExpectedParameter[];
  /** Beginnings of the names of tensors that a model with this head does not use. */
  ignored: Readonly<Record<Head, readonly string[]>>;
}

const BUFFERS = ["embeddings.position_ids", "embeddings.token_type_ids"];

const ROBERTA: Family = {
  className: "Roberta",
  weightPrefix: "roberta.",
  tableOffset: 2,
  configOffset: 2,
  globalsTakeTokenType: false,
  specialTokens: { bos_token: "<s>", cls_token: "<s>", mask_token: "<mask>" },
  tables: {
    word: "embeddings.word_embeddings.weight",
    position: "embeddings.position_embeddings.weight",
    tokenType: "embeddings.token_type_embeddings.weight",
    global: "embeddings.global_embeddings.weight",
  },
  parameters: robertaParameters,
  ignored: {
    Model: [...BUFFERS, "lm_head.", "classifier.", "qa_outputs."],
    MaskedLM: [...BUFFERS, "pooler.", "classifier.", "qa_outputs."],
  },
};

/** The families by `model_type`. */
export const FAMILIES: Readonly<Record<ModelType, Family>> = {
  roberta: ROBERTA,
  camembert: { ...ROBERTA, className: "Camembert" },
  "xlm-roberta": { ...ROBERTA, className: "XLMRoberta" },
};

/**
 * How names in a model's files relate to those of its parameters.
 *
 * @param config The checkpoint's config.
 * @param head Which head the model has.
 * @returns The rules.
 *
 * @example
 * ```ts
 * import { nameRules, parseConfig } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const config = parseConfig({ model_type: "camembert" });
 * assertEquals(nameRules(config, "Model").prefix, "roberta.");
 * ```
 */
export function nameRules(config: ModelConfig, head: Head): NameRules {
  const { weightPrefix, ignored } = FAMILIES[config.model_type];
  return { prefix: weightPrefix, ignored: ignored[head] };
}

/**
 * Gives the parameters of a model their own names, whatever they are called in its files.
 *
 * @param weights The weights under their names in the files.
 * @param config The checkpoint's config.
 * @param head Which head the model has.
 * @returns The weights under the bare model's names (`embeddings.word_embeddings.weight`) and
 *   the head's (`lm_head.dense.weight`).
 * @throws {RangeError} If tensors are missing, unexpected, there twice, or of other dims.
 *
 * @example
 * ```ts
 * import { MemoryWeights, parseConfig, resolveModelWeights } from "@lsg/core/checkpoint";
 * import { assertThrows } from "@std/assert";
 *
 * const config = parseConfig({ model_type: "roberta" });
 * const nothing = new MemoryWeights([]);
 * assertThrows(() => resolveModelWeights(nothing, config, "Model"), RangeError, "missing");
 * ```
 */
export function resolveModelWeights(weights: Weights, config: ModelConfig, head: Head): Weights {
  const { parameters } = FAMILIES[config.model_type];
  return resolveWeights(weights, parameters(config, head), nameRules(config, head));
}
