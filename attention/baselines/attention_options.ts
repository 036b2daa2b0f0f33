/**
 * Attentions that can replace an encoder's own, for comparison.
 *
 * @module
 */

import { givenOptions } from "../../base/check_options.ts";
import { showNames, showUnquoted, showValue } from "../../base/show_value.ts";
import { checkWholeNumber } from "../../base/whole_number.ts";

/** The names that the option `attention` takes. */
export const ATTENTION_NAMES = [
  "full",
  "longformer",
  "bigbird",
  "linear",
  "efficient",
  "performer",
  "linformer",
  "reformer",
  "self_extend",
] as const;

/** The name of an attention that can replace an encoder's own. */
export type AttentionName = typeof ATTENTION_NAMES[number];

/** An attention that replaces an encoder's own. */
export interface AttentionOptions {
  /** Its name. */
  readonly type: AttentionName;
  /**
   * Positions of the model, if more than the checkpoint's: its position table is repeated, or with
   * `self_extend` neighbouring tokens share a position.
   */
  readonly max_sequence_length?: number;
  /** For `longformer`: width of the window, both sides together, even. Default 512. */
  readonly attention_window?: number;
  /** For `bigbird`: tokens of a block. Default 64. */
  readonly block_size?: number;
  /** For `bigbird`: random blocks that a block sees. Default 3. */
  readonly num_random_blocks?: number;
}

/** Checked options, with defaults. */
export type AttentionParameters =
  & AttentionOptions
  & Required<Omit<AttentionOptions, "max_sequence_length">>;

/** Defaults of the options beside `max_sequence_length`. */
const DEFAULTS = { attention_window: 512, block_size: 64, num_random_blocks: 3 };

/** The attentions that take these options. */
const TAKES: Readonly<Partial<Record<AttentionName, readonly string[]>>> = {
  longformer: ["attention_window"],
  bigbird: ["block_size", "num_random_blocks"],
};

/**
 * Checks the option `attention`.
 *
 * @param given A name, or an object with `type` and the options of that attention.
 * @returns The parameters, with defaults.
 * @throws {TypeError} If it is neither a name nor an object, has a key that the attention does not
 * take, or a value is not a number.
 * @throws {RangeError} If there is no such attention or a number is out of range.
 *
 * @example
 * ```ts
 * import { resolveAttention } from "@lsg/core/attention";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(resolveAttention("bigbird").block_size, 64);
 * assertEquals(resolveAttention({ type: "longformer", attention_window: 64 }).attention_window, 64);
 * ```
 */
export function resolveAttention(given: AttentionName | AttentionOptions): AttentionParameters {
  if (typeof given !== "string" && (typeof given !== "object" || given === null)) {
    throw new TypeError(
      `Cannot replace the attention by ${showValue(given)}: wanted a name or { type, … }`,
    );
  }
  const options = typeof given === "string" ? { type: given } : givenOptions(given);
  const { type } = options;
  if (!ATTENTION_NAMES.includes(type)) {
    throw new RangeError(
      `Cannot replace the attention by "${showUnquoted(type)}": wanted ${
        ATTENTION_NAMES.join(", ")
      } ` +
        "(LSG has its own option, lsg)",
    );
  }
  const known = ["type", "max_sequence_length", ...TAKES[type] ?? []];
  const unknown = Object.keys(options).filter((key) => !known.includes(key));
  if (unknown.length > 0) {
    throw new TypeError(
      `Cannot replace the attention by ${type} with ${showNames(unknown)}: wanted ${
        known.join(", ")
      }`,
    );
  }
  const parameters = { ...DEFAULTS, ...options };
  const { max_sequence_length: length, attention_window, block_size, num_random_blocks } =
    parameters;
  if (length !== undefined) checkWholeNumber("max_sequence_length", length, 1);
  checkWholeNumber("block_size", block_size, 1);
  checkWholeNumber("num_random_blocks", num_random_blocks, 0);
  if (checkWholeNumber("attention_window", attention_window, 2) % 2 !== 0) {
    throw new RangeError(
      `Cannot use attention_window ${attention_window}: wanted an even number ≥ 2`,
    );
  }
  return parameters;
}
