/**
 * When a training logs, evaluates, saves and stops.
 *
 * @module
 */
import type { TrainerCallback, TrainerControl } from "./trainer_callback.ts";
import type { TrainerState } from "./trainer_state.ts";
import type { IntervalStrategy, ResolvedArguments } from "./training_arguments.ts";

/**
 * The first callback of each training: follows the strategies. It asks for what is due and takes back
 * nothing that another callback has asked for.
 */
export const FLOW: TrainerCallback = {
  on_step_end(args: ResolvedArguments, state: TrainerState, control: TrainerControl): void {
    const { global_step: step } = state;
    const isFirst = step === 1 && args.logging_first_step;
    control.should_log ||= isFirst || isDue(args.logging_strategy, step, args.logging_steps);
    control.should_evaluate ||= isDue(args.evaluation_strategy, step, args.eval_steps);
    control.should_save ||= isDue(args.save_strategy, step, args.save_steps);
    control.should_training_stop ||= step >= state.max_steps;
  },
  on_epoch_end(args: ResolvedArguments, _state: TrainerState, control: TrainerControl): void {
    control.should_log ||= args.logging_strategy === "epoch";
    control.should_evaluate ||= args.evaluation_strategy === "epoch";
    control.should_save ||= args.save_strategy === "epoch";
  },
};

function isDue(strategy: IntervalStrategy, step: number, interval: number): boolean {
  return strategy === "steps" && step % interval === 0;
}
