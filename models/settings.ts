/**
 * How models are put on a backend.
 *
 * @module
 */
import {
  type AttentionName,
  type AttentionOptions,
  resolveAttention,
} from "../attention/baselines/attention_options.ts";
import type { Backend, BackendName, DataType } from "../ops/backend.ts";
import { showValue } from "../base/show_value.ts";
import { checkDataType } from "../tensor/data_type.ts";

/** What a model is made of besides its weights. */
export interface ModelSettings {
  /** What computes: a name, or a backend that the caller keeps and disposes of. */
  readonly device?: BackendName | "auto" | Backend;
  /** Threads of the `wasm` device; absent: as many as the machine has cores. */
  readonly threads?: number;
  /**
   * Replaces the attention of a vanilla encoder, to compare attentions: a name, or an object with
   * `type` and what that attention takes.
   */
  readonly attention?: AttentionName | AttentionOptions;
  /** Seed of what attentions draw; 0 if absent. */
  readonly seed?: number;
  /** For `lsh`: for each layer one `[heads, width, ⌊buckets/2⌋]` a round, in place of drawn ones. */
  readonly lsh_projections?: readonly (readonly Float32Array[])[];
  /** In which form weights are held; 32-bit floats, or what a given backend holds, if absent. */
  readonly dtype?: DataType;
}

/**
 * Checks all that can be told before a file is read or a backend opened.
 *
 * @param settings What was given.
 * @throws {TypeError} If a setting is of the wrong type, or threads are given with a backend.
 * @throws {RangeError} If a setting is of the wrong value, or not that of the given backend.
 *
 * @example
 * ```ts
 * import { checkSettings } from "@lsg/core/models";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => checkSettings({ device: "cpu", seed: -1 }), RangeError, "seed -1");
 * ```
 */
export function checkSettings(settings: ModelSettings): void {
  const { device = "auto", seed = 0, threads, dtype, attention } = settings;
  checkDataType(dtype);
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff) {
    throw new RangeError(
      `Cannot load a model with seed ${showValue(seed)}: wanted 0 … 4294967295`,
    );
  }
  if (attention !== undefined) resolveAttention(attention);
  if (typeof device === "string") return;
  if (typeof device?.attend !== "function") {
    throw new TypeError(
      `Cannot load a model on the device ${showValue(device)}: wanted a name or a Backend`,
    );
  }
  if (threads !== undefined) {
    throw new TypeError("Cannot give threads to a backend that is open already");
  }
  if (dtype !== undefined && dtype !== device.dtype) {
    throw new RangeError(
      `Cannot load a model with dtype "${dtype}" on a backend that was opened with "${device.dtype}"`,
    );
  }
}
