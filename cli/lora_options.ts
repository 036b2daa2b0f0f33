/**
 * The options of an adapter as command-line options.
 *
 * @module
 */
import { type LoraOptions, resolveLoraOptions } from "../training/lora/lora_config.ts";
import { type OptionValues, splitList, UsageError } from "./arguments.ts";
import { checkUsage } from "./check_usage.ts";

/** Options of LoRA, by peft's names. */
export const LORA_OPTIONS = {
  lora_r: {
    type: "number",
    placeholder: "N",
    description: "Train an adapter of this rank (LoRA) and write it as peft does; the model stays.",
  },
  lora_alpha: { type: "number", description: "The update counts lora-alpha/lora-r times (8)." },
  lora_dropout: { type: "number", description: "Part of an adapter's input that is dropped (0)." },
  lora_target_modules: {
    type: "list",
    placeholder: "NAME",
    description: "Ends of the names of adapted layers, or all-linear (queries and values).",
  },
  lora_modules_to_save: {
    type: "list",
    placeholder: "NAME",
    description: "Ends of the names of modules that are trained whole (the head of a classifier).",
  },
  lora_merge: {
    type: "boolean",
    default: false,
    description: "Write the whole model with the adapter merged into it.",
  },
} as const;

/**
 * Converts option values to the options of an adapter.
 *
 * @param values Option values.
 * @param seed Seed of its initial values.
 * @returns The options, checked; undefined if there is no adapter.
 * @throws {UsageError} If a value is out of range, or there is no rank.
 */
export function loraOptions(
  values: OptionValues<typeof LORA_OPTIONS>,
  seed: number,
): LoraOptions | undefined {
  const { lora_r: r, lora_alpha, lora_dropout, lora_merge } = values;
  const [targets, modules_to_save] = [values.lora_target_modules, values.lora_modules_to_save]
    .map((list) => list && list.length > 0 ? splitList(list) : undefined);
  if (r === undefined) {
    const others = [lora_alpha, lora_dropout, targets, modules_to_save, lora_merge || undefined];
    if (others.every((value) => value === undefined)) return undefined;
    throw new UsageError("Cannot train an adapter without its rank: wanted --lora-r 8, say");
  }
  const target_modules = targets?.length === 1 && targets[0] === "all-linear"
    ? targets[0]
    : targets;
  const options = { r, lora_alpha, lora_dropout, target_modules, modules_to_save, seed };
  checkUsage(() => resolveLoraOptions(options));
  return options;
}
