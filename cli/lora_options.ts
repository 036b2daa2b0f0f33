/**
 * LoRA as command-line options.
 *
 * @module
 */
import type { HiddenStates, PreTrainedModel } from "../models/mod.ts";
import { Lora } from "../training/lora/lora.ts";
import { resolveLoraOptions } from "../training/lora/lora_config.ts";
import { type OptionValues, UsageError } from "./arguments.ts";
import { checkUsage } from "./check_usage.ts";

/** The options; an adapter is trained if there is a rank. */
export const LORA_OPTIONS = {
  lora_r: {
    type: "number",
    description:
      "Train a low-rank update of linear layers (LoRA) of this rank, and the head of a " +
      "classification; DIR gets the model with the update, checkpoints the update alone.",
  },
  lora_alpha: { type: "number", description: "Scale of the update, times the rank (8)." },
  lora_dropout: { type: "number", description: "Share of the update's input that is dropped (0)." },
  target_modules: {
    type: "list",
    description: "Linear layers that get an update, by the ends of their names (query, value).",
  },
} as const;

/** Values of these options. */
export type LoraValues = OptionValues<typeof LORA_OPTIONS>;

/**
 * Checks the values, before a model is loaded.
 *
 * @param values Option values.
 * @param seed Seed of the initial update.
 * @returns A function that attaches an adapter to a model; undefined if none is asked for.
 * @throws {UsageError} If a value is out of range, or there is no rank.
 */
export function loraOf(
  { lora_r: r, lora_alpha, lora_dropout, target_modules }: LoraValues,
  seed: number,
): ((model: PreTrainedModel<HiddenStates>) => Promise<Lora>) | undefined {
  if (r === undefined) {
    const other = lora_alpha ?? lora_dropout ?? target_modules;
    if (other === undefined) return undefined;
    throw new UsageError(
      "Cannot train an update of linear layers without --lora-r: wanted its rank",
    );
  }
  const options = {
    r,
    seed,
    ...(lora_alpha !== undefined && { lora_alpha }),
    ...(lora_dropout !== undefined && { lora_dropout }),
    ...(target_modules !== undefined && { target_modules }),
  };
  checkUsage(() => resolveLoraOptions(options));
  return (model) => Lora.create(model, options);
}
