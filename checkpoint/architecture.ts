import type { ModelConfig } from "./config.ts";
import { describeHead } from "./describe_head.ts";
import { FAMILIES, type Head } from "../families/families.ts";

/**
 * The class name of a model.
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
  const { className } = FAMILIES[config.model_type];
  const suffix = head === "Model" ? head : describeHead(config, head).suffix ?? `For${head}`;
  return (config.lsg ? "LSG" : "") + className + suffix;
}

/**
 * The head that a class name stands for.
 *
 * @param config The config of the checkpoint, which tells the family.
 * @param architecture A class name of the family, with or without `LSG` in front.
 * @returns The head.
 * @throws {RangeError} If the family has no such class, or it is not supported.
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
      `architecture ${architecture} is not supported for model_type ${config.model_type}; ` +
        `these are: ${headsOf(config).map((each) => architectureOf(vanilla, each)).join(", ")}`,
    );
  }
  return head;
}

/**
 * The head that a class name stands for, if the family has such a class.
 *
 * @param config The config of the checkpoint, which tells the family.
 * @param architecture A class name, with or without `LSG` in front.
 * @returns The head, or undefined.
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
 * The heads that a family has.
 *
 * @param config The config of the checkpoint, which tells the family.
 * @returns The bare model and its heads.
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
  return ["Model", ...Object.keys(FAMILIES[config.model_type].heads)] as Head[];
}
