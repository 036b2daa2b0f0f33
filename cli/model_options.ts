/**
 * How commands load a model.
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
import type { OptionValues } from "./arguments.ts";
import { asUsage } from "./as_usage.ts";
import { CHECKPOINT_OPTIONS } from "./checkpoint_options.ts";
import { chooseOne } from "./choice.ts";
import { LSG_OPTIONS, type LsgOptions } from "./lsg_options.ts";

// No encoder has a decoder to pass global tokens to.
const { pass_global_tokens_to_decoder: _, ...encoderOptions } = LSG_OPTIONS;

/** The LSG parameters of encoders. */
export const ENCODER_OPTIONS: Omit<LsgOptions, "pass_global_tokens_to_decoder"> = encoderOptions;

/** Options of all commands that run a model. */
export const MODEL_OPTIONS = {
  device: {
    type: "string",
    placeholder: "NAME",
    default: "auto",
    description: `What computes: auto, ${BACKEND_NAMES.join(", ")}.`,
  },
  dtype: {
    type: "string",
    placeholder: "FORM",
    default: "fp32",
    description: `In which form weights are held: ${DATA_TYPES.join(", ")}.`,
  },
  seed: { type: "number", default: 0, description: "Seed of all that is drawn." },
  max_sequence_length: {
    type: "number",
    placeholder: "TOKENS",
    description: "Read texts of this length: a model with full attention is converted to LSG in " +
      "memory, one with LSG lengthened. The LSG parameters below convert too, to 4096 tokens; " +
      "those of a model with LSG are replaced.",
  },
  ...ENCODER_OPTIONS,
  ...CHECKPOINT_OPTIONS,
} as const;

/** What was given for them. */
export type ModelValues = OptionValues<typeof MODEL_OPTIONS>;

/**
 * How a model is loaded.
 *
 * @param source Where the model is.
 * @param values What was given.
 * @returns For a model with LSG, LSG parameters replace its own; any other model is converted if
 * there is one, or a length.
 * @throws {UsageError} If a value is out of range.
 * @throws {RangeError} If it has no config.
 */
export async function loadOptions(
  source: CheckpointSource,
  values: ModelValues,
): Promise<PreTrainedOptions> {
  const { seed, max_sequence_length } = values;
  asUsage(() => new Random(seed));
  const dtype = asUsage(() => checkDataType(values.dtype as DataType));
  const settings = { device: deviceOf(values.device), dtype, seed };
  const parameters = givenLsgParameters(values);
  if (max_sequence_length === undefined && Object.keys(parameters).length === 0) return settings;

  const { lsg } = await readConfig(source);
  asUsage(() => resolveLsgParameters({ ...lsg, ...parameters }));
  if (lsg && max_sequence_length === undefined) return { ...settings, config: { ...parameters } };
  // The global tokens of a model with LSG were trained: they stay.
  const conversion: ConversionOptions = {
    ...parameters,
    seed,
    max_sequence_length,
    resize_lsg: lsg !== undefined,
  };
  asUsage(() => resolveConversionOptions(conversion));
  return { ...settings, lsg: conversion };
}

function deviceOf(name: string): BackendName | "auto" {
  return chooseOne("device", name, ["auto", ...BACKEND_NAMES]);
}

function givenLsgParameters(values: ModelValues): Partial<LsgParameters> {
  const names = Object.keys(ENCODER_OPTIONS) as (keyof typeof ENCODER_OPTIONS)[];
  const given = names.filter((name) => values[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, values[name]]));
}
