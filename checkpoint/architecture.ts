import type { ModelConfig } from "../families/model_config.ts";
import { showName } from "../base/show_value.ts";
import { describeHead } from "./describe_head.ts";
import type { Head } from "../families/families.ts";
import { familyOf } from "../families/known_families.ts";

/**
 * Returns the class name of a model in transformers.
 *
 * @param config The model's config.
 * @param head The model's head.
 * @returns A name such as `RobertaForMaskedLM`, or `LSGRobertaForMaskedLM` for an LSG config.
 * @throws {RangeError} If the family has no such head.
 *
 * @example
 * ```ts
 * import { architectureOf, parseConfig } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const config = parseConfig({ model_type: "roberta", base_model_prefix: "lsg" });
 * assertEquals(architectureOf(config, "MaskedLM"), "LSGRobertaForMaskedLM");
 * ```
 */
export function architectureOf(config: ModelConfig, head: Head): string {
  const { className } = familyOf(config);
  const suffix = head === "Model" ? head : describeHead(config, head).suffix ?? `For${head}`;
  return (config.lsg ? "LSG" : "") + className + suffix;
}

/**
 * Returns the head of a model class.
 *
 * @param config The checkpoint's config, which names the family.
 * @param architecture A class name of the family, with or without the prefix `LSG`.
 * @returns The head.
 * @throws {RangeError} If the family has no such class, or the class is not supported.
 *
 * @example
 * ```ts
 * import { headOf, parseConfig } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const config = parseConfig({ model_type: "roberta" });
 * assertEquals(headOf(config, "LSGRobertaModel"), "Model");
 * ```
 */
export function headOf(config: ModelConfig, architecture: string): Head {
  const head = findHead(config, architecture);
  if (head === undefined) {
    const vanilla = { ...config, lsg: undefined };
    throw new RangeError(
      `architecture ${
        showName(architecture)
      } is not supported for model_type ${config.model_type}; ` +
        `supported: ${headsOf(config).map((each) => architectureOf(vanilla, each)).join(", ")}`,
    );
  }
  return head;
}

/**
 * Finds the head of a model class.
 *
 * @param config The checkpoint's config, which names the family.
 * @param architecture A class name, with or without the prefix `LSG`.
 * @returns The head, or undefined if the family has no such class.
 *
 * @example
 * ```ts
 * import { findHead, parseConfig } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(findHead(parseConfig({ model_type: "bert" }), "GPT2Model"), undefined);
 * ```
 */
export function findHead(config: ModelConfig, architecture: string): Head | undefined {
  const vanilla = { ...config, lsg: undefined };
  const name = architecture.replace(/^LSG/, "");
  return headsOf(config).find((each) => architectureOf(vanilla, each) === name);
}

/**
 * Lists the heads of a family.
 *
 * @param config The checkpoint's config, which names the family.
 * @returns The bare model and the family's heads.
 *
 * @example
 * ```ts
 * import { headsOf, parseConfig } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(headsOf(parseConfig({ model_type: "bert" })).slice(0, 2), ["Model", "MaskedLM"]);
 * ```
 */
export function headsOf(config: ModelConfig): Head[] {
  return ["Model", ...Object.keys(familyOf(config).heads)] as Head[];
}
