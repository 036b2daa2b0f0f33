import type { Rope, RopeScaling } from "../attention/rotary/rope.ts";
import { isJsonObject } from "../base/json.ts";
import { showValue } from "../base/show_value.ts";

/** Reads numbers of a config, by their keys, with defaults. */
export interface RopeReader {
  /** Reads a number above 0, or throws. */
  positive(key: string): number;
  /** Reads a whole number from `least` on, or throws. */
  integer(key: string, least: number): number;
  /** Makes a reader of an object in the config. */
  inside(subject: string, raw: object, defaults?: object): RopeReader;
}

/** What the angles of a config depend on besides `rope_scaling`. */
export interface RopeFacts {
  /** Width of a head. */
  readonly width: number;
  /** Tokens that the model was trained on, unless `rope_scaling` says otherwise. */
  readonly trained: number;
  /** Number of layers. */
  readonly layers: number;
}

const TYPES = ["default", "linear", "dynamic", "llama3", "yarn"] as const;

/**
 * Reads the rotary positions of a config: `rope_theta`, `partial_rotary_factor` and `rope_scaling`,
 * or `rope_parameters`, in which transformers 5 writes all three.
 *
 * @param raw The keys of the config.
 * @param read Reads the keys with the family's names and defaults.
 * @param facts What else they depend on.
 * @param known The share of the columns that turn; that of the config if absent.
 * @returns Base, columns, scaling.
 * @throws {TypeError} If a value is of the wrong type.
 * @throws {RangeError} If a value is out of range, or the kind of scaling is not supported.
 *
 * @example
 * ```ts
 * import { parseConfig } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const { rope } = parseConfig({ model_type: "llama", rope_parameters: { rope_theta: 5e5 } });
 * assertEquals(rope, { theta: 500000, columns: 128, scaling: { type: "default" } });
 * ```
 */
export function readRope(
  raw: Readonly<Record<string, unknown>>,
  read: RopeReader,
  { width, trained }: Pick<RopeFacts, "width" | "trained">,
  known?: number,
): Rope {
  const [parameters, replaced] = (["rope_parameters", "rope_scaling"] as const).map((name) => {
    const given = raw[name] ?? {};
    if (isJsonObject(given)) return given;
    throw new TypeError(`config ${name} must be an object or null, got ${showValue(given)}`);
  });
  // As in transformers 5, whose files have rope_parameters: rope_scaling is what a caller adds.
  const name = Object.keys(replaced).length === 0 ? "rope_parameters" : "rope_scaling";
  const given: Readonly<Record<string, unknown>> = { ...parameters, ...replaced };
  const inside = read.inside(`config ${name}`, given);
  const theta = given.rope_theta === undefined
    ? read.positive("rope_theta")
    : inside.positive("rope_theta");
  const share = known ??
    (given.partial_rotary_factor === undefined
      ? read.positive("partial_rotary_factor")
      : inside.positive("partial_rotary_factor"));
  const columns = Math.floor(width * share);
  if (columns % 2 !== 0 || columns < 2 || columns > width) {
    throw new RangeError(
      `config asks for a rotation of ${columns} columns of heads of width ${width}: wanted an ` +
        `even number from 2 to ${width}`,
    );
  }
  const scaled = name === "rope_scaling" ? replaced : parameters;
  const scaling = readScaling(name, scaled, trained, read, raw);
  if (scaling.type === "dynamic" && columns < 4) {
    throw new RangeError(`config ${name} is dynamic: wanted a rotation of 4 columns or more`);
  }
  if (scaling.type === "yarn" && theta <= 1) {
    throw new RangeError(
      `config ${name} is yarn with a rope_theta of ${theta}: wanted one above 1`,
    );
  }
  return { theta, columns, scaling };
}

/**
 * Reads the rotary positions of a family whose models rotate all columns: they do not read
 * `partial_rotary_factor`, or fail with it.
 *
 * @param raw The keys of the config.
 * @param read Reads the keys with the family's names and defaults.
 * @param facts What else they depend on.
 * @returns As {@linkcode readRope}.
 * @throws {TypeError} If a value is of the wrong type.
 * @throws {RangeError} If a value is out of range, the kind of scaling is not supported, or
 * `partial_rotary_factor` is not 1.
 *
 * @example
 * ```ts
 * import { parseConfig } from "@lsg/core/checkpoint";
 * import { assertThrows } from "@std/assert";
 *
 * const json = { model_type: "llama", partial_rotary_factor: 0.5 };
 * assertThrows(() => parseConfig(json), RangeError, "partial_rotary_factor must be 1");
 * ```
 */
export function readWholeRope(
  raw: Readonly<Record<string, unknown>>,
  read: RopeReader,
  facts: Pick<RopeFacts, "width" | "trained">,
): Rope {
  const { rope_parameters, rope_scaling } = raw;
  const places = { "": raw, "rope_parameters ": rope_parameters, "rope_scaling ": rope_scaling };
  let known: number | undefined;
  for (const [place, keys] of Object.entries(places)) {
    const share = isJsonObject(keys) ? keys.partial_rotary_factor : undefined;
    if (share === null) known = 1; // not read, so as if it were absent
    if ((share ?? 1) === 1) continue;
    throw new RangeError(
      `config ${place}partial_rotary_factor must be 1, the only supported value, got ` +
        showValue(share),
    );
  }
  return readRope(raw, read, facts, known);
}

function readScaling(
  name: string,
  given: Readonly<Record<string, unknown>>,
  trained: number,
  config: RopeReader,
  raw: Readonly<Record<string, unknown>>,
): RopeScaling {
  const subject = `config ${name}`;
  const kind = given.rope_type ?? given.type ?? "default";
  const type = TYPES.find((type) => type === kind);
  if (type === undefined) {
    throw new RangeError(
      `${subject} is of the kind ${showValue(kind)}, which is not supported; supported: ` +
        TYPES.join(", "),
    );
  }
  if (type === "default") return { type };
  // As in transformers, null is the default.
  const values = Object.entries(given).filter(([, value]) => value !== null);
  const read = config.inside(subject, Object.fromEntries(values), {
    original_max_position_embeddings: trained,
    beta_fast: 32,
    beta_slow: 1,
  });
  const factor = read.positive("factor");
  if (type === "linear") return { type, factor };
  const length = "original_max_position_embeddings";
  if (type === "dynamic") return { type, factor, trained: read.positive(length) };
  // As in transformers 5, which prefers the config's own key.
  const known = {
    factor,
    trained: ((raw[length] ?? null) === null ? read : config).positive(length),
  };
  if (type === "llama3") {
    const [low, high] = [read.positive("low_freq_factor"), read.positive("high_freq_factor")];
    if (low < high) return { type, ...known, low, high };
    throw new RangeError(
      `${subject} has low_freq_factor ${low} and high_freq_factor ${high}: wanted the first below ` +
        "the second",
    );
  }
  const unsupported = { mscale: null, mscale_all_dim: null, truncate: true };
  for (const [key, value] of Object.entries(unsupported)) {
    if ((given[key] ?? null) === null || given[key] === value) continue;
    throw new RangeError(
      `${subject} ${key} must be ${value}, the only supported value, got ${showValue(given[key])}`,
    );
  }
  const attention = (given.attention_factor ?? null) === null
    ? 0.1 * Math.log(Math.max(1, factor)) + 1 // 1 where the text is not stretched
    : read.positive("attention_factor");
  const [fast, slow] = [read.positive("beta_fast"), read.positive("beta_slow")];
  return { type, ...known, fast, slow, attention };
}
