/**
 * Settings of a model on a backend.
 *
 * @module
 */
import type {
  AttentionName,
  AttentionOptions,
  AttentionParameters,
} from "../attention/baselines/attention_options.ts";
import type { SelfExtendOption } from "../attention/self_extend/self_extend_settings.ts";
import type { Backend, BackendName, DataType } from "../ops/backend.ts";
import { showValue } from "../base/show_value.ts";
import { checkDataType } from "../tensor/data_type.ts";

/** Warning about `device: "cpu"`, which users of transformers.js take for "the processor". */
export const REFERENCE_WARNING =
  'The device "cpu" is the reference that the other devices are checked against, tens of times ' +
  'slower than "wasm", which runs on the processor too. For the reference without this ' +
  'warning: device: await openBackend("cpu")';

/** Settings of a model besides its weights. */
export interface ModelSettings {
  /**
   * Backend that runs the operations: a name, or a backend that the caller disposes of. `wasm` runs
   * on the processor; `cpu` is the slow reference.
   */
  readonly device?: BackendName | "auto" | Backend;
  /** Threads of the `wasm` device; absent: as many as the machine has cores. */
  readonly threads?: number;
  /**
   * Replaces the attention of a vanilla encoder, to compare attentions: a name, or an object with
   * `type` and the options of that attention.
   */
  readonly attention?: AttentionName | AttentionOptions;
  /**
   * Self-Extend, for a decoder with rotary positions: group and window, or `auto`; a call's own choice
   * comes before.
   */
  readonly self_extend?: SelfExtendOption;
  /** Seed of everything that attentions draw; 0 if absent. */
  readonly seed?: number;
  /** For `lsh`: for each layer one `[heads, width, ⌊buckets/2⌋]` a round, instead of drawn ones. */
  readonly lsh_projections?: readonly (readonly Float32Array[])[];
  /** Data type of the weights; absent: 32-bit floats, or that of a given backend. */
  readonly dtype?: DataType;
  /**
   * For an encoder-decoder: the data type in which `generate()` holds the keys and values that the
   * decoder has of a document, and rounds them: `fp16` takes half of most of its memory, `q8`, integers
   * with a step a row and head, less than a third. Absent: `fp32`.
   */
  readonly memory_dtype?: MemoryDataType;
}

/** Data types of keys and values. */
export type MemoryDataType = (typeof MEMORY_DATA_TYPES)[number];

/** Every data type of keys and values. */
export const MEMORY_DATA_TYPES = ["fp32", "fp16", "q8"] as const;

/**
 * The data types in which a backend can hold keys and values.
 *
 * @param backend The backend.
 * @returns The types, the largest first.
 */
export function memoryDataTypes(
  { name, dtype }: Pick<Backend, "name" | "dtype">,
): readonly MemoryDataType[] {
  if (name !== "webgpu") return MEMORY_DATA_TYPES;
  return dtype === "fp16" ? ["fp32", "fp16"] : ["fp32"];
}

/** Checked settings. */
export interface ResolvedSettings extends Omit<ModelSettings, "attention"> {
  /** The attention that replaces the model's own, with all its parameters. */
  readonly attention?: AttentionParameters;
  /** Aborts loading. */
  readonly signal?: AbortSignal;
  /** The backend, if it is being opened already. */
  readonly opening?: Promise<Backend>;
}

/**
 * Checks everything that can be checked before a file is read or a backend opened.
 *
 * @param settings The caller's settings.
 * @returns The settings, with all parameters of the attention.
 * @throws {TypeError} If a setting is of the wrong type, or threads are given with a backend.
 * @throws {RangeError} If a setting is of the wrong value, or not that of the given backend.
 */
export async function resolveSettings(settings: ModelSettings): Promise<ResolvedSettings> {
  const { device = "auto", seed = 0, threads, dtype, attention, memory_dtype } = settings;
  checkDataType(dtype);
  if (memory_dtype !== undefined && !MEMORY_DATA_TYPES.includes(memory_dtype)) {
    throw new RangeError(
      `Cannot load a model with memory_dtype ${showValue(memory_dtype)}: wanted one of ` +
        MEMORY_DATA_TYPES.join(", "),
    );
  }
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff) {
    throw new RangeError(
      `Cannot load a model with seed ${showValue(seed)}: wanted 0 … 4294967295`,
    );
  }
  const resolved = {
    ...settings,
    attention: attention === undefined
      ? undefined
      : (await import("../attention/baselines/attention_options.ts")).resolveAttention(attention),
  };
  if (typeof device === "string") return resolved;
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
  return resolved;
}
