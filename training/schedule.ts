/**
 * How the learning rate changes, as transformers' schedules compute it.
 *
 * @module
 */

/** The schedules. */
export const SCHEDULES = ["linear", "cosine", "constant", "constant_with_warmup"] as const;

/** The name of a schedule, `lr_scheduler_type` of transformers. */
export type ScheduleName = typeof SCHEDULES[number];

/** Numbers of updates. */
export interface ScheduleSteps {
  /** Updates in which the rate rises from 0. */
  readonly warmup: number;
  /** All updates. */
  readonly total: number;
}

/**
 * The factor of the learning rate.
 *
 * With a warm-up the rate rises from 0, so the very first update changes nothing. Then `linear` falls
 * to 0 at the end, `cosine` as half a wave, the others stay; `constant` knows no warm-up.
 *
 * @param name The schedule.
 * @param done Updates that were made before.
 * @param steps Warm-up and all updates.
 * @returns From 0 to 1.
 * @throws {RangeError} If there is no such schedule.
 *
 * @example
 * ```ts
 * import { rateFactor } from "@lsg/core/training";
 * import { assertEquals } from "@std/assert";
 *
 * const factors = [0, 1, 2, 3, 4].map((done) =>
 *   rateFactor("linear", done, { warmup: 2, total: 4 })
 * );
 * assertEquals(factors, [0, 0.5, 1, 0.5, 0]);
 * ```
 */
export function rateFactor(
  name: ScheduleName,
  done: number,
  { warmup, total }: ScheduleSteps,
): number {
  if (!SCHEDULES.includes(name)) {
    throw new RangeError(
      `Cannot use lr_scheduler_type ${JSON.stringify(name)}: wanted one of ${SCHEDULES.join(", ")}`,
    );
  }
  if (name === "constant") return 1;
  if (done < warmup) return done / Math.max(1, warmup);
  const rest = Math.max(1, total - warmup);
  if (name === "linear") return Math.max(0, (total - done) / rest);
  if (name === "cosine") {
    return Math.max(0, (1 + Math.cos(Math.PI * (done - warmup) / rest)) / 2);
  }
  return 1;
}
