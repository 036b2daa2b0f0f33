import { architectureOf, findHead, headsOf } from "./architecture.ts";
import type { ModelConfig } from "./config.ts";
import type { Head } from "../families/families.ts";
import { modelParameters } from "./model_parameters.ts";
import { nameRules } from "./model_weights.ts";
import { findParameters } from "./weight_names.ts";
import type { Weights } from "./weights.ts";

/**
 * The head that a checkpoint has: that of the class that its config names, or where it names none
 * that is known, such as `BertForPreTraining`, the first one whose tensors are all there.
 *
 * @param config The checkpoint's config.
 * @param weights Its weights under their names in the files.
 * @param warn Told where the class is not known, so that parts of it may be left out.
 * @returns The head.
 *
 * @example
 * ```ts
 * import { chooseHead, MemoryWeights, parseConfig } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const config = parseConfig({ model_type: "bert", architectures: ["BertForMaskedLM"] });
 * assertEquals(chooseHead(config, new MemoryWeights([]), console.warn), "MaskedLM");
 * ```
 */
export function chooseHead(
  config: ModelConfig,
  weights: Weights,
  warn: (message: string) => void,
): Head {
  const [name] = config.architectures;
  const named = name === undefined ? undefined : findHead(config, name);
  if (named !== undefined) return named;
  const isThere = (head: Head) =>
    findParameters(weights, modelParameters(config, head), nameRules(config, head))
      .missing.length === 0;
  const head = headsOf(config).find((each) => each !== "Model" && isThere(each)) ?? "Model";
  if (name !== undefined) {
    warn(
      `${name} is not supported, the checkpoint is read as ${architectureOf(config, head)}; ` +
        "tensors of other parts are left out",
    );
  }
  return head;
}
