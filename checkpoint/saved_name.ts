import type { Head } from "../families/families.ts";
import { familyOf } from "../families/known_families.ts";
import type { ModelConfig } from "../families/model_config.ts";
import type { ExpectedParameter } from "./weight_names.ts";

/**
 * Returns the name that transformers' class of a head gives to a parameter: in `named_parameters()`
 * and in files that it saves.
 *
 * @param parameter The parameter, as `modelParameters` lists it.
 * @param config The checkpoint's config, which names the family.
 * @param head The model's head.
 * @returns The name, which has the family's prefix if the parameter is not the head's.
 *
 * @example
 * ```ts
 * import { parseConfig, savedName } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const config = parseConfig({ model_type: "roberta" });
 * const norm = { name: "embeddings.LayerNorm.bias", dims: [768] };
 * assertEquals(savedName(norm, config, "Model"), "embeddings.LayerNorm.bias");
 * assertEquals(savedName(norm, config, "MaskedLM"), "roberta.embeddings.LayerNorm.bias");
 * ```
 */
export function savedName(
  { name, head: inHead }: Pick<ExpectedParameter, "name" | "head">,
  config: ModelConfig,
  head: Head,
): string {
  const { weightPrefix } = familyOf(config);
  return head === "Model" || inHead ? name : weightPrefix + name;
}
