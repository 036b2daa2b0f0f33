import { isJsonObject } from "../base/json.ts";
import type { JsonPart } from "./json_part.ts";

/** Most steps of a Sequence, each of which takes time for every word; real ones have up to ten. */
const MAX_STEPS = 32;

/**
 * Reads the steps of a Sequence.
 *
 * @param part The Sequence.
 * @param key The name of the list of its steps.
 * @returns The steps, unchecked.
 * @throws {TypeError} If the value is not a list, or has more than 32 steps, counted with those of
 * Sequences in it.
 */
export function readSteps(part: JsonPart, key: string): unknown[] {
  const steps = part.list(key);
  const count = countSteps(steps, key);
  return count <= MAX_STEPS
    ? steps
    : part.fail(`${key} has ${count} steps; wanted at most ${MAX_STEPS}`);
}

/** The number of steps, those of Sequences among them in place of the Sequence. */
function countSteps(steps: readonly unknown[], key: string): number {
  let count = 0;
  for (const step of steps) {
    const inner = isJsonObject(step) && step.type === "Sequence" ? step[key] : undefined;
    count += Array.isArray(inner) ? Math.max(1, countSteps(inner, key)) : 1;
  }
  return count;
}
