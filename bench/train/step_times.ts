/**
 * Times of a training step.
 *
 * @module
 */
import type { Measured } from "../peers/outcome.ts";

/** The parts of a step, in their order. */
export const PHASES = ["forward", "backward", "update"] as const;

/** What a process that trains prints. */
export interface StepTimes extends Measured {
  /** Seconds that its busiest thread ran in a step: what passes on a machine of its own. */
  readonly busiest: number;
  /** The same of each phase. */
  readonly phases: readonly number[];
}
