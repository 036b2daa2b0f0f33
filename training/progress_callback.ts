/**
 * The progress of a training in a line.
 *
 * @module
 */
import { nodeModule } from "../base/node_module.ts";
import { drawBar } from "../base/draw_bar.ts";
import type { CallbackValues, TrainerCallback, TrainerControl } from "./trainer_callback.ts";
import type { TrainerState } from "./trainer_state.ts";
import type { ResolvedArguments } from "./training_arguments.ts";

/** Steps over which speed is measured. */
const RECENT = 20;

/** A moment of a training. */
interface Moment {
  /** Milliseconds. */
  readonly time: number;
  /** Steps so far. */
  readonly step: number;
  /** Tokens so far. */
  readonly tokens: number;
}

/** Options of {@linkcode ProgressCallback}. */
export interface ProgressOptions {
  /** Replaces the line; an empty text clears it. */
  readonly show: (text: string) => void;
  /** Milliseconds since a fixed moment; `performance.now` if absent. */
  readonly now?: () => number;
}

/**
 * Shows steps, loss, learning rate, tokens a second and the time that is left.
 *
 * @example
 * ```ts
 * import { ProgressCallback } from "@lsg/core/training";
 * import { assert } from "@std/assert";
 *
 * const callback = new ProgressCallback({ show: (text) => console.log(text) });
 * assert(callback.on_step_end); // callbacks: [callback]
 * ```
 */
export class ProgressCallback implements TrainerCallback {
  readonly #show: (text: string) => void;
  readonly #now: () => number;
  #moments: Moment[] = [];
  #rate: number | undefined;

  /**
   * Makes a callback.
   *
   * @param options Where the line is shown.
   */
  constructor({ show, now = () => performance.now() }: ProgressOptions) {
    this.#show = show;
    this.#now = now;
  }

  /** Starts to measure. */
  on_train_begin(_args: ResolvedArguments, state: TrainerState): void {
    this.#moments = [];
    this.#rate = undefined;
    this.#note(state);
    this.#show(`Training ${steps(state)}`);
  }

  /** Shows the micro-batch of a step. */
  on_substep_end(
    _args: ResolvedArguments,
    state: TrainerState,
    _control: TrainerControl,
    values: CallbackValues,
  ): void {
    this.#showStep(state, values);
  }

  /** Shows a step. */
  on_step_end(
    _args: ResolvedArguments,
    state: TrainerState,
    _control: TrainerControl,
    values: CallbackValues,
  ): void {
    this.#note(state);
    this.#showStep(state, values);
  }

  /** Remembers the learning rate. */
  on_log(
    _args: ResolvedArguments,
    _state: TrainerState,
    _control: TrainerControl,
    { logs }: CallbackValues,
  ): void {
    this.#rate = logs?.learning_rate ?? this.#rate;
  }

  /** Shows a batch of an evaluation or prediction; clears the line at its end. */
  on_prediction_step(
    _args: ResolvedArguments,
    _state: TrainerState,
    _control: TrainerControl,
    { batch = 0, batches = 1 }: CallbackValues,
  ): void {
    this.#show(
      batch === batches
        ? ""
        : `Evaluating ${drawBar(batch / batches)} batch ${batch} of ${batches}`,
    );
  }

  /** Clears the line. */
  on_train_end(): void {
    this.#show("");
  }

  #note({ global_step: step, num_input_tokens_seen: tokens }: TrainerState): void {
    this.#moments = [...this.#moments.slice(-RECENT), { time: this.#now(), step, tokens }];
  }

  #showStep(state: TrainerState, { loss }: CallbackValues): void {
    const [first, last] = [this.#moments[0], this.#moments.at(-1)!];
    const seconds = (last.time - first.time) / 1000;
    const made = last.step - first.step;
    const parts = [`Training ${steps(state)}`];
    if (loss !== undefined) parts.push(`loss ${loss.toPrecision(4)}`);
    if (this.#rate !== undefined) parts.push(`rate ${this.#rate.toPrecision(2)}`);
    if (made > 0 && seconds > 0) {
      parts.push(`${Math.round((last.tokens - first.tokens) / seconds)} tokens/s`);
      const left = (state.max_steps - state.global_step) * seconds / made;
      parts.push(`${formatTime(left)} left`);
    }
    this.#show(parts.join(", "));
  }
}

function steps({ global_step, max_steps }: TrainerState): string {
  return `${drawBar(Math.min(1, global_step / max_steps))} step ${global_step} of ${max_steps}`;
}

/**
 * Formats a duration.
 *
 * @param seconds Seconds.
 * @returns `1:05`, or `2:01:05` from an hour on.
 */
export function formatTime(seconds: number): string {
  const all = Math.max(0, Math.round(seconds));
  const [hours, minutes] = [Math.floor(all / 3600), Math.floor(all / 60) % 60];
  const two = (number: number) => String(number).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(all % 60)}` : `${minutes}:${two(all % 60)}`;
}

/**
 * Makes a callback that shows the progress on standard error, in Deno and Node.
 *
 * @returns The callback; undefined if standard error is not a terminal.
 */
export function terminalProgress(): ProgressCallback | undefined {
  const process = nodeModule("node:process");
  const { stderr } = process;
  if (!stderr.isTTY) return undefined;
  let shown = "";
  const show = (text: string) => {
    // Moves the cursor to the start of the line and clears it.
    if (text !== shown) stderr.write(`\r\x1b[K${text}`);
    shown = text;
  };
  return new ProgressCallback({ show });
}
