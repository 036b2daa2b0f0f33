import { resolveLsgParameters } from "../attention/lsg/lsg_parameters.ts";
import { FAMILIES, type ModelConfig } from "../families/families.ts";
import { addFamily } from "../families/known_families.ts";
import { addLsg, parseKnownConfig, parseModelType } from "./config.ts";

/**
 * Validates a parsed `config.json` and fills in the family's defaults.
 *
 * @param json The file's keys.
 * @param overrides Keys that replace the file's.
 * @returns The typed config.
 * @throws {TypeError} If a value is of the wrong type.
 * @throws {RangeError} If a value is out of range or not supported, `model_type` included.
 *
 * @example
 * ```ts
 * import { parseConfig } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const config = parseConfig({ model_type: "roberta", base_model_prefix: "lsg" });
 * assertEquals(config.hidden_size, 768);
 * assertEquals(config.lsg?.block_size, 128);
 * ```
 */
export function parseConfig(
  json: Readonly<Record<string, unknown>>,
  overrides: Readonly<Record<string, unknown>> = {},
): ModelConfig {
  const modelType = parseModelType({ ...json, ...overrides }.model_type);
  addFamily(modelType, FAMILIES[modelType]);
  addLsg(resolveLsgParameters);
  return parseKnownConfig(json, overrides);
}
