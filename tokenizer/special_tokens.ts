import { isJsonObject } from "../base/json.ts";
import { showValue } from "../base/show_value.ts";
import { ownValue } from "./json_part.ts";

/** The role of a special token. */
export type SpecialTokenRole =
  | "bos_token"
  | "eos_token"
  | "unk_token"
  | "sep_token"
  | "pad_token"
  | "cls_token"
  | "mask_token";

/** The roles in the order of `all_special_ids`. */
export const specialTokenRoles: readonly SpecialTokenRole[] = [
  "bos_token",
  "eos_token",
  "unk_token",
  "sep_token",
  "pad_token",
  "cls_token",
  "mask_token",
];

/** The token of each role; a role may have none. */
export interface SpecialTokens extends Partial<Record<SpecialTokenRole, string>> {
  /** Special tokens that have no role. */
  additional: string[];
}

/**
 * Reads the special tokens from tokenizer_config.json, and those it lacks from
 * special_tokens_map.json.
 *
 * @param tokenizerConfig The content of tokenizer_config.json.
 * @param specialTokensMap The content of special_tokens_map.json.
 * @returns The special tokens.
 * @throws {TypeError} If a token is not a string, an object with a content, or null.
 */
export function parseSpecialTokens(
  tokenizerConfig: Readonly<Record<string, unknown>>,
  specialTokensMap: Readonly<Record<string, unknown>>,
): SpecialTokens {
  const read = (key: string): unknown =>
    [tokenizerConfig, specialTokensMap].find((file) => Object.hasOwn(file, key))?.[key];
  const result: SpecialTokens = { additional: [] };
  for (const role of specialTokenRoles) {
    const value = read(role);
    // null means that there is none: no default is filled in either.
    if (value === null) result[role] = undefined;
    else if (value !== undefined) result[role] = tokenContent(value, role);
  }
  const additional = [tokenizerConfig, specialTokensMap].flatMap(additionalValues)
    .map((value) => tokenContent(value, "additional_special_tokens"));
  result.additional = [...new Set(additional)];
  return result;
}

/**
 * Reads the special tokens of a file that have no role: `additional_special_tokens`, or
 * `extra_special_tokens`, which is a list in transformers 5 and an object of names before.
 *
 * @param file The content of tokenizer_config.json or special_tokens_map.json.
 * @returns The tokens, unchecked.
 * @throws {TypeError} If they are not in a list.
 */
export function additionalValues(file: Readonly<Record<string, unknown>>): unknown[] {
  return ["additional_special_tokens", "extra_special_tokens"].flatMap((key) => {
    const value = ownValue(file, key) ?? [];
    if (Array.isArray(value)) return value;
    if (key === "extra_special_tokens" && isJsonObject(value)) return Object.values(value);
    throw new TypeError(`Cannot read the tokenizer: ${key} is not an array`);
  });
}

/**
 * Fills in the tokens of the tokenizer's class for roles that the files do not name, and adds its
 * additional ones.
 *
 * @param tokens The special tokens that the files name.
 * @param known The tokenizer's class.
 * @param tokenizerConfig The content of tokenizer_config.json.
 * @returns The special tokens.
 */
export function withDefaults(
  tokens: SpecialTokens,
  known: {
    readonly specialTokens: Readonly<Partial<Record<SpecialTokenRole, string>>>;
    readonly additional?: (
      named: string[],
      tokenizerConfig: Readonly<Record<string, unknown>>,
    ) => string[];
  } | undefined,
  tokenizerConfig: Readonly<Record<string, unknown>> = {},
): SpecialTokens {
  const additional = known?.additional?.(tokens.additional, tokenizerConfig) ?? tokens.additional;
  return { ...known?.specialTokens, ...tokens, additional };
}

/** Reads `"<s>"` or `{"content": "<s>", …}`. */
function tokenContent(value: unknown, key: string): string {
  const content = isJsonObject(value) ? value.content : value;
  if (typeof content !== "string") {
    throw new TypeError(
      `Cannot read the tokenizer: ${key} is ${showValue(value)}; wanted a string or an ` +
        "object with a content",
    );
  }
  return content;
}
