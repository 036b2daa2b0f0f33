import { architectureOf } from "./architecture.ts";
import type { ModelConfig } from "./config.ts";
import { describeHead } from "./describe_head.ts";
import { FAMILIES, type Head, type HeadDescription, type HeadLayer } from "../families/families.ts";
import { modelParameters } from "./model_parameters.ts";
import { type NameRules, resolveWeights } from "./weight_names.ts";
import type { Weights } from "./weights.ts";

/** The beginning that a tensor's name shares with its siblings: `cls.` of `cls.predictions.bias`. */
function beginning(name: string): string {
  return name.slice(0, `${name}.`.indexOf(".")) + ".";
}

function beginnings(layers: readonly HeadLayer[], words?: HeadDescription["words"]): string[] {
  const named = layers.flatMap(({ name, norm }) => norm ? [name, norm] : [name]);
  return [...named, ...(words ? [words.decoder, words.bias] : [])].map(beginning);
}

/**
 * How names in a model's files relate to those of its parameters.
 *
 * @param config The checkpoint's config.
 * @param head Which head the model has.
 * @returns The rules: tensors of the family's other heads are passed over.
 * @throws {RangeError} If the family has no such head.
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
  const { weightPrefix, pooler, heads, unused } = FAMILIES[config.model_type];
  const poolers = pooler ? [pooler] : [];
  const own = head === "Model" ? undefined : describeHead(config, head);
  const used = own ? beginnings(own.layers, own.words) : beginnings(poolers);
  const all = [
    ...beginnings(poolers),
    ...Object.values(heads).flatMap(({ layers, words }) => beginnings(layers, words)),
  ];
  const others = new Set(all.filter((name) => !used.includes(name)));
  return { prefix: weightPrefix, ignored: [...unused, ...others] };
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
  const asked = architectureOf(config, head);
  const named = config.architectures.filter((name) => name !== asked).join(", ");
  const model = named === "" ? asked : `${asked} (the config names ${named})`;
  return resolveWeights(weights, modelParameters(config, head), nameRules(config, head), model);
}
