/**
 * Training: the Trainer, and below it the tape, losses, the optimizer, schedules.
 *
 * @module
 */
export type { Gradient } from "../ops/gradients/gradient_rule.ts";
export { AdamW, type AdamWOptions } from "./adam_w.ts";
export { assertTrainingFits } from "./assert_training_fits.ts";
export {
  type BatchMaker,
  type CollatedBatch,
  Collator,
  type CollatorOptions,
  type CsvOptions,
  type Example,
  type ExampleBatches,
  exampleBatches,
  type ExampleBatchesOptions,
  type ExampleData,
  ExampleFile,
  type Examples,
  findLabels,
  type FoundLabels,
  type LocatedExample,
  openExamples,
  readCsv,
  readJsonLines,
} from "./data/mod.ts";
export type { DropoutOptions } from "./dropout_keys.ts";
export { EarlyStoppingCallback, type EarlyStoppingOptions } from "./early_stopping.ts";
export { type HeadLoss, type HeadLossOptions, lossOf } from "./head_loss.ts";
export type { Labels } from "./labels.ts";
export { Lora } from "./lora/lora.ts";
export type { LoraConfig, LoraOptions } from "./lora/lora_config.ts";
export {
  binaryCrossEntropy,
  crossEntropy,
  IGNORED,
  type Loss,
  meanSquaredError,
} from "./losses.ts";
export { accuracy, type EvalPrediction, f1, type MetricsFunction } from "./metrics.ts";
export { ProgressCallback, type ProgressOptions } from "./progress_callback.ts";
export { rateFactor, type ScheduleName, SCHEDULES, type ScheduleSteps } from "./schedule.ts";
export { Tape } from "./tape.ts";
export type { Checkpointing, TapeOptions } from "./tape_node.ts";
export { selectTrainable, type Trainable } from "./trainable.ts";
export { Trainer } from "./trainer.ts";
export {
  type CallbackMethod,
  type CallbackValues,
  EVENTS,
  type TrainerCallback,
  type TrainerControl,
  type TrainerEvent,
} from "./trainer_callback.ts";
export type {
  DataCollator,
  Dataset,
  PredictionOutput,
  TrainerOptions,
  TrainOptions,
  TrainOutput,
} from "./trainer_options.ts";
export type { LogEntry, TrainerState } from "./trainer_state.ts";
export { type StepDemand, type TrainingMemory, trainingMemory } from "./training_memory.ts";
export {
  INTERVAL_STRATEGIES,
  type IntervalStrategy,
  type ResolvedArguments,
  type TrainingArguments,
} from "./training_arguments.ts";
export type { TrainingBatch } from "./training_batch.ts";
