import { isJsonObject } from "../base/json.ts";

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
  const additional = read("additional_special_tokens") ?? [];
  if (!Array.isArray(additional)) {
    throw new TypeError("Cannot read the tokenizer: additional_special_tokens is not an array");
  }
  result.additional = additional.map((value) => tokenContent(value, "additional_special_tokens"));
  return result;
}

/**
 * Fills in default tokens for roles that the files do not name, if the vocabulary has them.
 *
 * @param tokens The special tokens that the files name.
 * @param defaults The tokens of the tokenizer's class.
 * @param isKnown Whether the vocabulary has a token.
 * @returns The special tokens.
 */
export function withDefaults(
  tokens: SpecialTokens,
  defaults: Readonly<Partial<Record<SpecialTokenRole, string>>>,
  isKnown: (token: string) => boolean,
): SpecialTokens {
  const known = Object.entries(defaults).filter(([, token]) => isKnown(token));
  return { ...Object.fromEntries(known), ...tokens };
}

/** Reads `"<s>"` or `{"content": "<s>", …}`. */
function tokenContent(value: unknown, key: string): string {
  const content = isJsonObject(value) ? value.content : value;
  if (typeof content !== "string") {
    throw new TypeError(
      `Cannot read the tokenizer: ${key} is ${JSON.stringify(value)}; wanted a string or an ` +
        "object with a content",
    );
  }
  return content;
}
