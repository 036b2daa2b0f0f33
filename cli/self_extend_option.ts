/**
 * Self-Extend as a command-line option.
 *
 * @module
 */
import { checkSelfExtend, type SelfExtendOption } from "../models/self_extend.ts";
import { UsageError } from "./arguments.ts";
import { checkUsage } from "./check_usage.ts";

/** The option. */
export const SELF_EXTEND_OPTION = {
  type: "string",
  placeholder: "auto|G,W",
  description: "Self-Extend, for texts longer than the model was trained on: group and window, " +
    "or auto, which chooses them.",
} as const;

/**
 * Converts the option's value.
 *
 * @param value `auto`, or two numbers; may be absent.
 * @returns The setting; undefined if absent.
 * @throws {UsageError} If it is something else.
 */
export function selfExtendOption(value: string | undefined): SelfExtendOption | undefined {
  if (value === undefined || value === "auto") return value;
  const [, group, window] = /^\s*(\d+)\s*,\s*(\d+)\s*$/.exec(value) ?? [];
  if (group === undefined) {
    throw new UsageError(
      `Cannot use --self-extend "${value}": wanted auto, or group and window such as 4,1024`,
    );
  }
  const settings = { group_size: Number(group), window_size: Number(window) };
  checkUsage(() => checkSelfExtend("Cannot generate", settings));
  return settings;
}
