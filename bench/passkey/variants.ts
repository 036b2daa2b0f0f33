/**
 * What passkey retrieval compares: full attention, stretched positions, Self-Extend.
 *
 * @module
 */
import type { SelfExtendSettings } from "../../attention/mod.ts";

/** Group and window for a length, or other positions. */
export interface Setting {
  /** Keys of the config that differ. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Group and window; null: none. */
  readonly self_extend: SelfExtendSettings | null;
}

/** A column of the table. */
export interface Variant {
  /** Name in tables and pictures. */
  readonly name: string;
  /** Chooses the setting for texts of a length. */
  readonly at: (tokens: number) => Setting;
}

/** Part of the trained positions that texts may use; see `chooseSelfExtend()`. */
const USED = 0.6;

/** Ordinary positions, also beyond those of the training. */
export const FULL: Variant = { name: "full", at: () => ({ self_extend: null }) };

/**
 * Positions divided by a number, so that they end where those of the training do.
 *
 * @param trained Tokens that the model was trained on.
 * @param raw The model's config.
 * @returns The variant.
 */
export function linear(trained: number, raw: Readonly<Record<string, unknown>>): Variant {
  const name = (raw.rope_parameters ?? null) === null ? "rope_scaling" : "rope_parameters";
  return {
    name: "linear",
    at: (tokens) => {
      if (tokens <= trained) return { self_extend: null };
      const scaling = { ...raw[name] as object, rope_type: "linear", factor: tokens / trained };
      return { config: { [name]: scaling }, self_extend: null };
    },
  };
}

/**
 * Self-Extend with a window, and with one group for all lengths or the least that keeps 0.6 of the
 * trained positions.
 *
 * @param trained Tokens that the model was trained on.
 * @param window_size The window.
 * @param group The group; absent: the least.
 * @returns The variant.
 */
export function selfExtend(trained: number, window_size: number, group?: number): Variant {
  const positions = Math.max(1, USED * trained - window_size);
  return {
    name: `w ${window_size}${group === undefined ? "" : `, G ${group}`}`,
    at: (tokens) => ({
      self_extend: {
        group_size: group ?? Math.max(1, Math.ceil((tokens - window_size) / positions)),
        window_size,
      },
    }),
  };
}
