import { showValue } from "../base/show_value.ts";
import { JsonPart, ownValue } from "./json_part.ts";

/** Settings of a tokenizer_config.json. */
export interface ConfigSettings {
  /** The model's maximum length; Infinity if it is absent. */
  readonly maxLength: number;
  /** The side that padding is added to; right if it is absent. */
  readonly paddingSide: "left" | "right";
  /** The side that is truncated; right if it is absent. */
  readonly truncationSide: "left" | "right";
}

/**
 * Reads settings of a tokenizer_config.json.
 *
 * @param config The content of the file.
 * @returns The settings.
 * @throws {TypeError} If one is malformed.
 */
export function readSettings(config: Readonly<Record<string, unknown>>): ConfigSettings {
  const part = new JsonPart(config, "tokenizer_config.json");
  const maxLength = part.get("model_max_length") ?? Infinity;
  if (typeof maxLength !== "number" || maxLength < 1) {
    return part.fail(`model_max_length is ${showValue(maxLength)}; wanted a number ≥ 1`);
  }
  const sides = ["left", "right"] as const;
  return {
    maxLength,
    paddingSide: part.oneOf("padding_side", sides, "right"),
    truncationSide: part.oneOf("truncation_side", sides, "right"),
  };
}

/**
 * Reads from `model_input_names` of a tokenizer_config.json whether the model takes token types.
 *
 * @param config The content of the file.
 * @returns Whether it takes them; undefined if the names are absent.
 */
export function readTokenTypes(config: Readonly<Record<string, unknown>>): boolean | undefined {
  const names = ownValue(config, "model_input_names");
  return Array.isArray(names) ? names.includes("token_type_ids") : undefined;
}
