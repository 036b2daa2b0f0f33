import { showName, showNames } from "../base/show_value.ts";
import { architectureOf } from "./architecture.ts";
import { withComputedPositions } from "./computed_positions.ts";
import type { ModelConfig } from "../families/model_config.ts";
import { describeHead } from "./describe_head.ts";
import type { Head, HeadDescription, HeadLayer } from "../families/families.ts";
import { familyOf } from "../families/known_families.ts";
import { modelParameters } from "./model_parameters.ts";
import { findParameters, type NameRules, resolveWeights } from "./weight_names.ts";
import type { Weights } from "./weights.ts";

/** Returns the first component of a tensor's name: `cls.` of `cls.predictions.bias`. */
function firstComponent(name: string): string {
  return name.slice(0, `${name}.`.indexOf(".")) + ".";
}

function firstComponents(layers: readonly HeadLayer[], words?: HeadDescription["words"]): string[] {
  const named = layers.flatMap(({ name, norm }) => norm ? [name, norm] : [name]);
  const { decoder, bias, buffer } = words ?? {};
  const ofWords = [decoder, bias, buffer].filter((name) => name !== undefined);
  return [...named, ...ofWords].map(firstComponent);
}

/**
 * Returns the rules that map names in a model's files to names of its parameters.
 *
 * @param config The checkpoint's config.
 * @param head The model's head.
 * @returns The rules; tensors of the family's other heads are ignored.
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
  const { weightPrefix, pooler, heads, unused, buffers } = familyOf(config);
  const poolers = pooler ? [pooler] : [];
  const own = head === "Model" ? undefined : describeHead(config, head);
  const used = own ? firstComponents(own.layers, own.words) : firstComponents(poolers);
  const all = [
    ...firstComponents(poolers),
    ...Object.values(heads).flatMap(({ layers, words }) => firstComponents(layers, words)),
  ];
  const others = new Set(all.filter((name) => !used.includes(name)));
  return { prefix: weightPrefix, ignored: [...unused, ...others], ignoredEnds: buffers };
}

/**
 * Resolves the parameters of a model to tensors in its files.
 *
 * @param weights The weights under their names in the files.
 * @param config The checkpoint's config.
 * @param head The model's head.
 * @param warn Called with a warning if there are tensors that the model does not have.
 * @returns The weights under the bare model's names (`embeddings.word_embeddings.weight`) and
 *   the head's (`lm_head.dense.weight`).
 * @throws {RangeError} If tensors are missing, duplicate, or of the wrong dims, or they are an LSG
 *   model's and the config is not.
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
export function resolveModelWeights(
  weights: Weights,
  config: ModelConfig,
  head: Head,
  warn: (message: string) => void = console.warn,
): Weights {
  const requested = architectureOf(config, head);
  const named = showNames(config.architectures.filter((name) => name !== requested));
  const model = named === "" ? requested : `${requested} (the config names ${named})`;
  const parameters = modelParameters(config, head);
  const rules = nameRules(config, head);
  assertSameAttention(findParameters(weights, parameters, rules).unexpected, config, model);
  const resolved = resolveWeights(weights, parameters, rules, model, warn);
  return withComputedPositions(resolved, config, familyOf(config));
}

/** Asserts that LSG weights are not run with full attention, because a config lacks LSG's keys. */
function assertSameAttention(
  unexpected: readonly string[],
  config: ModelConfig,
  model: string,
): void {
  const { embeddings: { global } } = familyOf(config);
  const found = global && unexpected.find((name) => name.endsWith(global));
  if (!found) return;
  throw new RangeError(
    `The weights do not match ${model} as the config describes it:\n  unexpected: ` +
      `${showName(found)}, which an LSG model has; wanted "base_model_prefix": "lsg" in the config`,
  );
}
