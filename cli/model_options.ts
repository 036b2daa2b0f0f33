/**
 * Options of commands that load a model.
 *
 * @module
 */
import { type LsgParameters, resolveLsgParameters } from "../attention/lsg/lsg_parameters.ts";
import type { BackendName, DataType } from "../ops/backend.ts";
import { readConfig } from "../checkpoint/config.ts";
import {
  type ConversionOptions,
  resolveConversionOptions,
} from "../checkpoint/conversion/conversion_options.ts";
import type { CheckpointSource } from "../checkpoint/source.ts";
import { checkDataType, DATA_TYPES } from "../tensor/data_type.ts";
import { BACKEND_NAMES } from "../device.ts";
import type { PreTrainedOptions } from "../models/mod.ts";
import { Random } from "../tensor/random.ts";
import { type OptionValues, UsageError } from "./arguments.ts";
import { checkUsage } from "./check_usage.ts";
import { CHECKPOINT_OPTIONS } from "./checkpoint_options.ts";
import { chooseOne, requireCount } from "./choice.ts";
import { LSG_OPTIONS, type LsgOptions } from "./lsg_options.ts";

// Encoders have no decoder to pass global tokens to.
const { pass_global_tokens_to_decoder: _, ...encoderOptions } = LSG_OPTIONS;

/** LSG parameters of encoders. */
export const ENCODER_OPTIONS: Omit<LsgOptions, "pass_global_tokens_to_decoder"> = encoderOptions;

/** Options of all commands that run a model. */
export const MODEL_OPTIONS = {
  device: {
    type: "string",
    placeholder: "NAME",
    default: "auto",
    description: `Backend: auto, ${BACKEND_NAMES.join(", ")}.`,
  },
  dtype: {
    type: "string",
    placeholder: "TYPE",
    default: "fp32",
    description: `Data type of the weights: ${DATA_TYPES.join(", ")}.`,
  },
  threads: {
    type: "number",
    placeholder: "N",
    description: "Threads on the processor (as many as it has cores).",
  },
  seed: { type: "number", default: 0, description: "Seed of random values." },
  max_sequence_length: {
    type: "number",
    placeholder: "TOKENS",
    description: "Length of the longest text: converts a model with full attention to LSG in " +
      "memory, extends one with LSG. The LSG parameters below also convert, to 4096 tokens; in a " +
      "model with LSG they replace its own.",
  },
  ...ENCODER_OPTIONS,
  ...CHECKPOINT_OPTIONS,
} as const;

type BasicOptions = Pick<typeof MODEL_OPTIONS, "device" | "dtype" | "threads" | "seed">;

/** Values of these options; decoders have none of LSG. */
export type ModelValues =
  & OptionValues<BasicOptions>
  & Partial<OptionValues<typeof MODEL_OPTIONS>>
  & {
    /** Of commands for encoder-decoders. */
    readonly pass_global_tokens_to_decoder?: boolean;
  };

/**
 * Converts option values to options of `from_pretrained`.
 *
 * @param source The model's files.
 * @param values Option values.
 * @returns The options. LSG parameters replace those of a model with LSG; any other model is
 * converted if a parameter or a length is given.
 * @throws {UsageError} If a value is out of range.
 * @throws {RangeError} If the model has no config.
 */
export async function loadOptions(
  source: CheckpointSource,
  values: ModelValues,
): Promise<PreTrainedOptions> {
  const { seed, max_sequence_length } = values;
  checkUsage(() => new Random(seed));
  const dtype = checkUsage(() => checkDataType(values.dtype as DataType));
  const device = deviceOf(values.device);
  const threads = threadsOf(values.threads, device);
  const settings = { device, dtype, seed, ...(threads !== undefined && { threads }) };
  const parameters = givenLsgParameters(values);
  if (max_sequence_length === undefined && Object.keys(parameters).length === 0) return settings;

  const { lsg } = await readConfig(source);
  checkUsage(() => resolveLsgParameters({ ...lsg, ...parameters }));
  if (lsg && max_sequence_length === undefined) return { ...settings, config: { ...parameters } };
  // The global tokens of a model with LSG are trained: keep them.
  const conversion: ConversionOptions = {
    ...parameters,
    seed,
    max_sequence_length,
    resize_lsg: lsg !== undefined,
  };
  checkUsage(() => resolveConversionOptions(conversion));
  return { ...settings, lsg: conversion };
}

function deviceOf(name: string): BackendName | "auto" {
  return chooseOne("device", name, ["auto", ...BACKEND_NAMES]);
}

function threadsOf(given: number | undefined, device: string): number | undefined {
  requireCount("--threads", given, 1);
  if (given === undefined || device === "auto" || device === "wasm") return given;
  throw new UsageError(`Cannot use --threads with --device ${device}: wanted wasm`);
}

function givenLsgParameters(values: ModelValues): Partial<LsgParameters> {
  const names = Object.keys(LSG_OPTIONS) as (keyof LsgParameters)[];
  const given = names.filter((name) => values[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, values[name]]));
}
