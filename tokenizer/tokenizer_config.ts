import { showValue } from "../base/show_value.ts";

/**
 * Reads `model_max_length` of a tokenizer_config.json.
 *
 * @param config The content of the file.
 * @returns The length; Infinity if it is absent.
 * @throws {TypeError} If it is not a number.
 * @throws {RangeError} If it is less than 1.
 */
export function readMaxLength(config: Readonly<Record<string, unknown>>): number {
  const length = Object.hasOwn(config, "model_max_length") ? config.model_max_length : null;
  if (length === null) return Infinity;
  if (typeof length !== "number") {
    throw new TypeError(
      `Cannot read the tokenizer: model_max_length is ${showValue(length)}, not a number`,
    );
  }
  if (length < 1) {
    throw new RangeError(`Cannot read the tokenizer: model_max_length is ${length}; wanted ≥ 1`);
  }
  return length;
}

/**
 * Reads `padding_side` or `truncation_side` of a tokenizer_config.json.
 *
 * @param config The content of the file.
 * @param key Which of the two.
 * @returns The side; right if it is absent.
 * @throws {RangeError} If it is neither left nor right.
 */
export function readSide(
  config: Readonly<Record<string, unknown>>,
  key: "padding_side" | "truncation_side",
): "left" | "right" {
  const side = Object.hasOwn(config, key) ? config[key] : "right";
  if (side !== "left" && side !== "right") {
    throw new RangeError(
      `Cannot read the tokenizer: ${key} is ${showValue(side)}; wanted "left" or "right"`,
    );
  }
  return side;
}

/**
 * Reads from `model_input_names` of a tokenizer_config.json whether the model takes token types.
 *
 * @param config The content of the file.
 * @returns Whether it takes them; undefined if the names are absent.
 */
export function readTokenTypes(config: Readonly<Record<string, unknown>>): boolean | undefined {
  const names = Object.hasOwn(config, "model_input_names") ? config.model_input_names : null;
  return Array.isArray(names) ? names.includes("token_type_ids") : undefined;
}
