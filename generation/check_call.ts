/**
 * What all models with `generate()` check first.
 *
 * @module
 */
import { showValue } from "../base/show_value.ts";

/**
 * Asserts that `generate()` was called with an object, and with a task's name behind it.
 *
 * @param inputs The first argument: inputs and settings.
 * @param task The second: a task.
 * @throws {TypeError} If one is something else.
 */
export function checkCall(inputs: unknown, task: unknown): void {
  if (typeof inputs !== "object" || inputs === null) {
    throw new TypeError(
      `Cannot generate from ${showValue(inputs)}: wanted an object with input_ids and settings`,
    );
  }
  if (typeof task === "string") return;
  throw new TypeError(
    `Cannot generate for the task ${showValue(task)}: wanted its name; settings stand beside ` +
      "input_ids",
  );
}
