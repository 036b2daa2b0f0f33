import { LSG_DEFAULTS, type LsgParameters } from "../../attention/lsg/lsg_parameters.ts";
import { KeyReader } from "../key_reader.ts";

/** How a checkpoint is converted to LSG; any LSG parameter may stand beside. */
export interface ConversionOptions extends Partial<LsgParameters> {
  /** Positions that the converted checkpoint has. Default 4096. */
  max_sequence_length?: number;
  /** Distance between the positions of the first global tokens. Default 64. */
  global_positional_stride?: number;
  /** Draw the word part of the global tokens at random. Default false. */
  random_global_init?: boolean;
  /** Of a checkpoint that is LSG already, keep global token 0. Default false. */
  keep_first_global_token?: boolean;
  /** Of a checkpoint that is LSG already, keep all global tokens. Default false. */
  resize_lsg?: boolean;
  /** Add token type 0 to the global tokens, in the families that do so. Default true. */
  use_token_ids?: boolean;
  /** Seed of all that is drawn, an unsigned 32-bit integer. Default 0. */
  seed?: number;
  /** Class name of the model to write, for another head. Default: the checkpoint's own. */
  architecture?: string;
}

/** Checked options. */
export interface ResolvedConversionOptions {
  /** The options of the conversion itself, with their defaults. */
  conversion: Required<Omit<ConversionOptions, keyof LsgParameters | "architecture">>;
  /** Class name of the model to write, if another than the checkpoint's own. */
  architecture: string | undefined;
  /** LSG keys for the config, as they were given. */
  lsg: Record<string, unknown>;
}

const DEFAULTS = {
  max_sequence_length: 4096,
  global_positional_stride: 64,
  random_global_init: false,
  keep_first_global_token: false,
  resize_lsg: false,
  use_token_ids: true,
  seed: 0,
};

/**
 * Checks the options of a conversion. The LSG parameters among them are checked where the
 * converted config is made.
 *
 * @param options The options as given.
 * @returns The options with their defaults, apart from the LSG parameters.
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
  const given = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  );
  const { architecture, ...rest } = given;
  if (architecture !== undefined && typeof architecture !== "string") {
    throw new TypeError(`conversion option architecture must be a class name, got ${architecture}`);
  }
  const lsg: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(rest)) {
    // The published documentation misspells this one.
    if (key === "lsg_num_pre_rounds") lsg.lsh_num_pre_rounds = value;
    else if (Object.hasOwn(LSG_DEFAULTS, key)) lsg[key] = value;
    else if (!Object.hasOwn(DEFAULTS, key)) {
      const known = ["architecture", ...Object.keys(DEFAULTS), ...Object.keys(LSG_DEFAULTS)];
      throw new RangeError(`unknown conversion option ${key}; there are: ${known.join(", ")}`);
    }
  }
  const read = new KeyReader("conversion option", rest, DEFAULTS);
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
