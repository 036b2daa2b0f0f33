import type { Rope } from "../attention/rotary/rope.ts";
import { isJsonObject } from "../base/json.ts";
import { showValue } from "../base/show_value.ts";
import type { LocalLayers } from "./model_config.ts";
import { readWholeRope, type RopeFacts, type RopeReader } from "./read_rope.ts";

type Raw = Readonly<Record<string, unknown>>;

/** The words of `layer_types`, with the old key of each kind's base. */
const KINDS = {
  full_attention: "global_rope_theta",
  sliding_attention: "local_rope_theta",
} as const;

/**
 * Reads the rotary positions of layers that attend to all tokens: `global_rope_theta`, or what
 * `rope_parameters` has for `full_attention`, as transformers 5 writes it.
 *
 * @param raw The keys of the config.
 * @param read Reads the keys with the family's names and defaults.
 * @param facts What else they depend on.
 * @returns Base, columns, scaling.
 * @throws {TypeError} If a value is of the wrong type.
 * @throws {RangeError} If a value is out of range, or the kind of scaling is not supported.
 */
export function readGlobalRope(raw: Raw, read: RopeReader, facts: RopeFacts): Rope {
  return ropeOf("full_attention", raw, read, facts);
}

/**
 * Reads which layers are local, by `layer_types` or else `global_attn_every_n_layers`, how far
 * they reach, by `local_attention`, and their rotary positions: `local_rope_theta`, or what
 * `rope_parameters` has for `sliding_attention`.
 *
 * @param raw The keys of the config.
 * @param read Reads the keys with the family's names and defaults.
 * @param facts What else they depend on.
 * @returns The layers.
 * @throws {TypeError} If a value is of the wrong type.
 * @throws {RangeError} If a value is out of range, or there is not a kind for each layer.
 */
export function readLocalLayers(raw: Raw, read: RopeReader, facts: RopeFacts): LocalLayers {
  const reach = Math.floor(read.integer("local_attention", 1) / 2);
  // In transformers 5 it replaces the half, before that it was not read.
  if ((raw.sliding_window ?? reach) !== reach) {
    throw new RangeError(
      `config sliding_window must be absent or ${reach}, half of local_attention, got ` +
        showValue(raw.sliding_window),
    );
  }
  return {
    layers: localLayers(raw, read, facts.layers),
    reach,
    rope: ropeOf("sliding_attention", raw, read, facts),
  };
}

function localLayers(raw: Raw, read: RopeReader, layers: number): boolean[] {
  const kinds = raw.layer_types ?? null;
  if (kinds === null) {
    const every = read.integer("global_attn_every_n_layers", 1);
    return Array.from({ length: layers }, (_, layer) => layer % every !== 0);
  }
  const names = Object.keys(KINDS);
  if (!Array.isArray(kinds) || kinds.length !== layers || !kinds.every((k) => names.includes(k))) {
    throw new RangeError(
      `config layer_types must be a list of ${layers}, one for each layer, of ` +
        `${names.join(" or ")}, got ${showValue(kinds)}`,
    );
  }
  return kinds.map((kind) => kind === "sliding_attention");
}

function ropeOf(kind: keyof typeof KINDS, raw: Raw, read: RopeReader, facts: RopeFacts): Rope {
  const all = raw.rope_parameters ?? null;
  const own = isJsonObject(all) ? all[kind] ?? {} : {};
  if (all !== null && !isJsonObject(all) || !isJsonObject(own)) {
    throw new TypeError(
      "config rope_parameters must have an object for each of " +
        `${Object.keys(KINDS).join(" and ")}, got ${showValue(all)}`,
    );
  }
  // Without a base of their own, local layers have the other one's.
  const isNull = kind === "sliding_attention" && raw.local_rope_theta === null;
  const rope_theta = own.rope_theta ?? read.positive(isNull ? KINDS.full_attention : KINDS[kind]);
  const { partial_rotary_factor } = raw;
  const parameters = { partial_rotary_factor, rope_parameters: { ...own, rope_theta } };
  return readWholeRope(parameters, read, facts);
}
