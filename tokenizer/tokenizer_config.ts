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

/** What a tokenizer.json says of padding and truncation, for what the other files lack. */
export interface JsonDefaults {
  /** Sides, as tokenizer_config.json spells them. */
  readonly sides: Readonly<Record<string, "left" | "right">>;
  /** The padding token, if there is one. */
  readonly specialTokens: { readonly pad_token?: string };
}

/**
 * Reads `padding` and `truncation` of a tokenizer.json, of which Python's tokenizers take the sides
 * and the padding token; lengths are the call's.
 *
 * @param json The content of the file.
 * @param name Its name in messages.
 * @returns What they say; nothing if they are absent.
 * @throws {TypeError} If one is malformed.
 */
export function readJsonDefaults(
  { padding, truncation }: Readonly<Record<string, unknown>>,
  name: string,
): JsonDefaults {
  const sides: Record<string, "left" | "right"> = {};
  const readSide = (part: JsonPart, key: string) => {
    sides[key] = part.oneOf("direction", ["Left", "Right"], "Right") === "Left" ? "left" : "right";
  };
  if ((truncation ?? null) !== null) {
    readSide(new JsonPart(truncation, `truncation of ${name}`), "truncation_side");
  }
  if ((padding ?? null) === null) return { sides, specialTokens: {} };
  const part = new JsonPart(padding, `padding of ${name}`);
  readSide(part, "padding_side");
  const token = part.get("pad_token");
  return {
    sides,
    specialTokens: token === undefined ? {} : { pad_token: part.string("pad_token") },
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
