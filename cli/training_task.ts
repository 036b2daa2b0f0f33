/**
 * What `lsg train` and `lsg evaluate` do for each task.
 *
 * @module
 */
import type { ModelConfig } from "../families/families.ts";
import { AutoModelForSeq2SeqLM } from "../generation/mod.ts";
import {
  type AutoClass,
  AutoModelForMaskedLM,
  AutoModelForMultipleChoice,
  AutoModelForQuestionAnswering,
  AutoModelForSequenceClassification,
  AutoModelForTokenClassification,
  type HiddenStates,
  type PreTrainedModel,
} from "../models/mod.ts";
import { escapeControls, formatTable } from "./table.ts";
import type { LogEntry } from "../training/trainer_state.ts";
import { accuracy, f1, type MetricsFunction } from "../training/metrics.ts";
import { isRegression } from "../training/problem_type.ts";

/** All names of tasks. */
export const TRAINING_TASK_NAMES = [
  "sequence-classification",
  "token-classification",
  "masked-lm",
  "multiple-choice",
  "question-answering",
  "summarization",
] as const;

/** The name of a task. */
export type TrainingTaskName = typeof TRAINING_TASK_NAMES[number];

/** A task that a model can be trained for. */
export interface TrainingTask {
  /** Loads models for it. */
  readonly model: AutoClass<PreTrainedModel<HiddenStates>>;
  /** Whether the labels of the examples name those of the model. */
  readonly hasLabels?: boolean;
  /** What is told of an evaluation beside the loss, by the model's config. */
  readonly metrics?: (config: ModelConfig) => MetricsFunction | undefined;
}

/** Metrics of classes. */
const CLASSES: MetricsFunction = (prediction) => ({ ...accuracy(prediction), ...f1(prediction) });

/** The tasks by name. */
export const TRAINING_TASKS: Readonly<Record<TrainingTaskName, TrainingTask>> = {
  "sequence-classification": {
    model: AutoModelForSequenceClassification,
    hasLabels: true,
    metrics: (config) => isRegression(config) ? undefined : CLASSES,
  },
  "token-classification": {
    model: AutoModelForTokenClassification,
    hasLabels: true,
    metrics: () => CLASSES,
  },
  // Scores of all words of all masked tokens are too many to keep.
  "masked-lm": { model: AutoModelForMaskedLM },
  "multiple-choice": { model: AutoModelForMultipleChoice, metrics: () => accuracy },
  "question-answering": { model: AutoModelForQuestionAnswering, metrics: () => accuracy },
  "summarization": { model: AutoModelForSeq2SeqLM },
};

/**
 * Formats metrics as a table.
 *
 * @param metrics Metrics by name.
 * @returns A line for each.
 */
export function formatMetrics(metrics: LogEntry): string {
  const rows = Object.entries(metrics).map(([name, value]) => [
    escapeControls(name),
    String(Number(value.toPrecision(5))),
  ]);
  return formatTable([["metric", "value"], ...rows], [1]);
}
