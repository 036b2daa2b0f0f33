import { architectureOf, findHead, headsOf } from "./architecture.ts";
import { showName } from "../base/show_value.ts";
import type { ModelConfig } from "../families/model_config.ts";
import type { Head } from "../families/families.ts";
import { modelParameters } from "./model_parameters.ts";
import { nameRules } from "./model_weights.ts";
import { findParameters } from "./weight_names.ts";
import type { Weights } from "./weights.ts";

/**
 * Chooses the head of a checkpoint: that of the class named in its config. If the config names no
 * class, or an unsupported one such as `BertForPreTraining`: the first head whose tensors are all
 * present.
 *
 * @param config The checkpoint's config.
 * @param weights Its weights under their names in the files.
 * @param warn Called with a warning if the class is not supported: tensors of it may be ignored.
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
  const isPresent = (head: Head) =>
    findParameters(weights, modelParameters(config, head), nameRules(config, head))
      .missing.length === 0;
  const head = headsOf(config).find((each) => each !== "Model" && isPresent(each)) ?? "Model";
  if (name !== undefined) {
    warn(
      `${showName(name)} is not supported: reading the checkpoint as ${
        architectureOf(config, head)
      }, ` +
        "tensors of other parts are ignored",
    );
  }
  return head;
}
