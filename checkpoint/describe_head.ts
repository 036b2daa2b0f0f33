import type { ModelConfig } from "../families/model_config.ts";
import type { Head, HeadDescription } from "../families/families.ts";
import { familyOf } from "../families/known_families.ts";

/**
 * Describes a family's head.
 *
 * @param config The checkpoint's config, which names the family.
 * @param head The head.
 * @returns The rows that the head reads, and its layers.
 * @throws {RangeError} If the family has no such head.
 *
 * @example
 * ```ts
 * import { describeHead, parseConfig } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const config = parseConfig({ model_type: "distilbert" });
 * const { layers } = describeHead(config, "SequenceClassification");
 * assertEquals(layers.map(({ name }) => name), ["pre_classifier", "classifier"]);
 * ```
 */
export function describeHead(config: ModelConfig, head: Exclude<Head, "Model">): HeadDescription {
  const { className, heads } = familyOf(config);
  const description = heads[head];
  if (description === undefined) {
    throw new RangeError(
      `${className} has no head ${head}; heads: Model, ${Object.keys(heads).join(", ")}`,
    );
  }
  return description;
}
