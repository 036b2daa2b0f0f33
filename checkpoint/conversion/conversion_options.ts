import { givenOptions } from "../../base/check_options.ts";
import { showName, showValue } from "../../base/show_value.ts";
import { LSG_DEFAULTS, type LsgParameters } from "../../attention/lsg/lsg_parameters.ts";
import { KeyReader } from "../key_reader.ts";

/** Options of a conversion to LSG, including any LSG parameter. */
export interface ConversionOptions extends Partial<LsgParameters> {
  /** Number of positions of the converted checkpoint. Default 4096. */
  max_sequence_length?: number;
  /** Distance between the positions of the first global tokens. Default 64. */
  global_positional_stride?: number;
  /** Draw the word embeddings of the global tokens at random. Default false. */
  random_global_init?: boolean;
  /** Keep global token 0 of a checkpoint that already is LSG. Default false. */
  keep_first_global_token?: boolean;
  /** Keep all global tokens of a checkpoint that already is LSG. Default false. */
  resize_lsg?: boolean;
  /** Add the embedding of token type 0 to global tokens, in families that do. Default true. */
  use_token_ids?: boolean;
  /** Seed of the random numbers, an unsigned 32-bit integer. Default 0. */
  seed?: number;
  /** Class name of the converted model, to change its head. Default: the checkpoint's own. */
  architecture?: string;
}

/** Validated options. */
export interface ResolvedConversionOptions {
  /** The options of the conversion itself, with their defaults. */
  conversion: Required<Omit<ConversionOptions, keyof LsgParameters | "architecture">>;
  /** Class name of the converted model, if it is not the checkpoint's own. */
  architecture: string | undefined;
  /** LSG keys for the config, as given. */
  lsg: Record<string, unknown>;
}

/** Defaults of the options that are not LSG parameters. */
export const CONVERSION_DEFAULTS: ResolvedConversionOptions["conversion"] = {
  max_sequence_length: 4096,
  global_positional_stride: 64,
  random_global_init: false,
  keep_first_global_token: false,
  resize_lsg: false,
  use_token_ids: true,
  seed: 0,
};

/**
 * Validates the options of a conversion. The LSG parameters among them are checked when the
 * converted config is made.
 *
 * @param options The options as given.
 * @returns The options with their defaults, separate from the LSG parameters.
 * @throws {TypeError} If an option is of the wrong type.
 * @throws {RangeError} If an option is out of range or unknown.
 *
 * @example
 * ```ts
 * import { resolveConversionOptions } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const { conversion, lsg } = resolveConversionOptions({ block_size: 64 });
 * assertEquals(conversion.max_sequence_length, 4096);
 * assertEquals(lsg, { block_size: 64 });
 * ```
 */
export function resolveConversionOptions(options: ConversionOptions): ResolvedConversionOptions {
  const { architecture, ...rest } = givenOptions(options, (name) => name === "sparsity_type");
  if (architecture !== undefined && typeof architecture !== "string") {
    throw new TypeError(
      `conversion option architecture must be a class name, got ${showValue(architecture)}`,
    );
  }
  const lsg: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(rest)) {
    // The published documentation misspells this key.
    if (key === "lsg_num_pre_rounds") lsg.lsh_num_pre_rounds = value;
    else if (Object.hasOwn(LSG_DEFAULTS, key)) lsg[key] = value;
    else if (!Object.hasOwn(CONVERSION_DEFAULTS, key)) {
      const known = [
        "architecture",
        ...Object.keys(CONVERSION_DEFAULTS),
        ...Object.keys(LSG_DEFAULTS),
      ];
      throw new RangeError(
        `unknown conversion option ${showName(key)}, wanted one of: ${known.join(", ")}`,
      );
    }
  }
  const read = new KeyReader("conversion option", rest, CONVERSION_DEFAULTS);
  return {
    conversion: {
      max_sequence_length: read.integer("max_sequence_length", 1),
      global_positional_stride: read.integer("global_positional_stride", 1),
      random_global_init: read.boolean("random_global_init"),
      keep_first_global_token: read.boolean("keep_first_global_token"),
      resize_lsg: read.boolean("resize_lsg"),
      use_token_ids: read.boolean("use_token_ids"),
      seed: read.integer("seed", 0, 0xffff_ffff),
    },
    architecture,
    lsg,
  };
}
