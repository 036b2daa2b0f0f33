import type { ModelConfig } from "./config.ts";
import { describeHead } from "./describe_head.ts";
import { FAMILIES, type Head } from "./families.ts";

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
  const vanilla = { ...config, lsg: undefined };
  const heads = ["Model", ...Object.keys(FAMILIES[config.model_type].heads)] as Head[];
  const name = architecture.replace(/^LSG/, "");
  const head = heads.find((each) => architectureOf(vanilla, each) === name);
  if (head === undefined) {
    throw new RangeError(
      `architecture ${architecture} is not supported for model_type ${config.model_type}; ` +
        `these are: ${heads.map((each) => architectureOf(vanilla, each)).join(", ")}`,
    );
  }
  return head;
}
