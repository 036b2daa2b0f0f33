/**
 * `lsg train`: trains a model.
 *
 * @module
 */
import { showNames } from "../base/show_value.ts";
import type { CheckpointSource } from "../checkpoint/source.ts";
import type { PreTrainedOptions } from "../models/mod.ts";
import { AutoTokenizer } from "../tokenizer/mod.ts";
import { Collator } from "../training/data/collator.ts";
import type { ExampleData } from "../training/data/examples.ts";
import { findLabels, scanLabels } from "../training/data/find_labels.ts";
import { numberOf } from "../training/data/label_reader.ts";
import { EarlyStoppingCallback } from "../training/early_stopping.ts";
import { Lora } from "../training/lora/lora.ts";
import { stepOf } from "../training/output_folder.ts";
import { ProgressCallback } from "../training/progress_callback.ts";
import type { Trainable } from "../training/trainable.ts";
import { Trainer } from "../training/trainer.ts";
import type { LogEntry, TrainerState } from "../training/trainer_state.ts";
import { ARGUMENT_DEFAULTS } from "../training/training_arguments.ts";
import { type OptionValues, UsageError } from "./arguments.ts";
import {
  CHECKPOINT_OPTIONS,
  MODEL_OPERAND,
  requireModel,
  withCheckpoint,
} from "./checkpoint_options.ts";
import { chooseOne, requireCount } from "./choice.ts";
import { COLLATOR_OPTIONS, collatorOptions, readExamples } from "./example_files.ts";
import { interruptedCode, withInterrupt } from "./interrupt.ts";
import { LORA_OPTIONS, loraOptions } from "./lora_options.ts";
import { LSG_OPTIONS } from "./lsg_options.ts";
import type { ModelIo } from "./model_io.ts";
import { loadOptions, MODEL_OPTIONS } from "./model_options.ts";
import { withProgressLine } from "./progress.ts";
import { checkReplaceable, replaceCheckpoint } from "./replace_checkpoint.ts";
import { runCommand, warn } from "./run_command.ts";
import { escapeControls, formatJson } from "./table.ts";
import { TRAINING_OPTIONS, trainingArguments } from "./training_options.ts";
import {
  formatMetrics,
  TRAINING_TASK_NAMES,
  TRAINING_TASKS,
  type TrainingTask,
} from "./training_task.ts";

const { dtype: _dtype, seed: _seed, ...LOADING_OPTIONS } = MODEL_OPTIONS;

const command = {
  name: "train",
  summary: "Trains a model on labelled texts, and writes it to a folder that transformers loads, " +
    "too. Ctrl-C stops after an update and saves; --resume goes on.",
  operands: [MODEL_OPERAND],
  options: {
    train: {
      type: "string",
      placeholder: "FILE",
      description: "Examples in .jsonl, .csv or .tsv: text and label; tokens and tags; question, " +
        "context and answers; question, choices and label; text and summary; text alone for " +
        "masked-lm.",
    },
    eval: {
      type: "string",
      placeholder: "FILE",
      description: "Examples to evaluate on.",
    },
    out: { type: "string", placeholder: "DIR", description: "The folder to write to." },
    task: {
      type: "string",
      placeholder: "NAME",
      default: "sequence-classification",
      description: `What to learn: ${TRAINING_TASK_NAMES.join(", ")}.`,
    },
    trainable: {
      type: "string",
      placeholder: "PART",
      default: "all",
      description:
        "Parameters that are trained: all, globals (with the head), head, or a regular " +
        "expression for their names in slashes.",
    },
    num_labels: {
      type: "number",
      description:
        "Labels of the model; if absent, those of the --train file, which arrays of numbers " +
        "do not tell. 1 with labels that are numbers: a regression.",
    },
    ignore_mismatched_sizes: {
      type: "boolean",
      default: false,
      description: "Draw a new head where the checkpoint's has other labels.",
    },
    ...COLLATOR_OPTIONS,
    resume: {
      type: "boolean",
      default: false,
      description: "Go on from the last checkpoint in DIR.",
    },
    early_stopping_patience: {
      type: "number",
      description: "Stop after so many evaluations that are no better; with " +
        "--load-best-model-at-end.",
    },
    ...TRAINING_OPTIONS,
    ...LORA_OPTIONS,
    json: {
      type: "boolean",
      default: false,
      description: "Print the metrics as JSON, on one line.",
    },
    ...LOADING_OPTIONS,
    pass_global_tokens_to_decoder: LSG_OPTIONS.pass_global_tokens_to_decoder,
    ...CHECKPOINT_OPTIONS,
  },
  examples: [
    "lsg train demo/model --train train.jsonl --eval valid.jsonl --out mine",
    "lsg train demo/model --train train.csv --out mine --trainable globals --num-train-epochs 2",
    "lsg train demo/model --train train.csv --out mine --resume",
  ],
} as const;

type Values = OptionValues<typeof command.options>;

/** Summary for the list of commands. */
export const TRAIN_SUMMARY: string = command.summary;

/**
 * Runs `lsg train`.
 *
 * @param args Arguments after the command's name.
 * @param io Streams and files.
 * @returns The exit code; 130 if Ctrl-C stopped it.
 */
export async function runTrain(args: readonly string[], io: ModelIo): Promise<number> {
  let interrupted = false;
  const code = await runCommand(command, args, io, async ({ values, operands: [checkpoint] }) => {
    const checkpointName = requireModel(command.name, checkpoint);
    const { train: trainFile, out } = values;
    if (trainFile === undefined || out === undefined) {
      throw new UsageError(
        `Missing ${
          trainFile === undefined ? "--train" : "--out"
        }: wanted lsg train MODEL --train ` +
          "FILE --out DIR",
      );
    }
    const task = TRAINING_TASKS[chooseOne("task", values.task, TRAINING_TASK_NAMES)];
    const trainable = trainableOf(values.trainable);
    const training = trainingArguments(values, out, values.eval !== undefined);
    const patience = requireCount(
      "--early-stopping-patience",
      values.early_stopping_patience,
      1,
    );
    const seed = training.seed ?? ARGUMENT_DEFAULTS.seed;
    const lora = loraOptions(values, seed);
    const collator = collatorOptions(values, seed);
    const train_dataset = readExamples("--train", trainFile);
    const eval_dataset = values.eval === undefined
      ? undefined
      : readExamples("--eval", values.eval);
    await checkReplaceable(out);
    const labels = await labelsOf(task, train_dataset, values.num_labels);
    const { model, tokenizer } = await withCheckpoint(
      io,
      checkpointName,
      values,
      (source) => loadForTraining(source, task, values, seed, labels),
    );
    try {
      const adapter = lora && await Lora.create(model, lora);
      const { output, state } = await withProgressLine(io, async (show) => {
        const trainer = new Trainer({
          model,
          tokenizer,
          data_collator: new Collator(model, tokenizer, collator),
          train_dataset,
          eval_dataset,
          trainable,
          args: training,
          compute_metrics: task.metrics?.(model.config),
          callbacks: [
            ...show ? [new ProgressCallback({ show })] : [],
            ...patience === undefined
              ? []
              : [new EarlyStoppingCallback({ early_stopping_patience: patience })],
          ],
        });
        const output = await withInterrupt((signal) =>
          trainer.train({ resume_from_checkpoint: values.resume, signal }).catch(nameResume)
        );
        return { output, state: trainer.state };
      });
      interrupted = output.interrupted;
      if (interrupted) {
        await io.stderr(
          `Stopped after update ${output.global_step} of ${state.max_steps}; --resume goes on.\n`,
        );
        return;
      }
      if (values.lora_merge) await adapter?.merge_and_unload();
      const leftover = await replaceCheckpoint(out, (folder) => model.save_pretrained(folder));
      if (leftover !== undefined) await warn(io, leftover);
      const metrics = { ...lastEvaluation(state), ...output.metrics };
      await io.stdout(
        values.json
          ? formatJson({ model: checkpointName, output: out, steps: output.global_step, metrics })
          : `Trained ${escapeControls(`${checkpointName} to ${out}`)}: ${output.global_step} ` +
            `updates\n\n${formatMetrics(metrics)}`,
      );
    } finally {
      model.dispose();
    }
  });
  return interrupted ? interruptedCode() : code;
}

/** Names the option of this command in the library's messages. */
function nameResume(error: unknown): never {
  if (error instanceof RangeError) {
    error.message = error.message.replace("resume_from_checkpoint", "--resume");
  }
  throw error;
}

/** Loads a model with a head for a task, drawn if the checkpoint lacks it, and its tokenizer. */
async function loadForTraining(
  source: CheckpointSource,
  task: TrainingTask,
  values: Values,
  seed: number,
  { config, ...labels }: LabelOptions,
) {
  const options = await loadOptions(source, { ...values, dtype: "fp32", seed });
  const model = await task.model.from_pretrained(source, {
    ...options,
    ...labels,
    config: { ...options.config, ...config },
    new_head: true,
    ignore_mismatched_sizes: values.ignore_mismatched_sizes,
  });
  try {
    return { model, tokenizer: await AutoTokenizer.from_pretrained(source) };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** Labels for `from_pretrained`. */
type LabelOptions = Pick<PreTrainedOptions, "config" | "id2label" | "num_labels">;

/** The labels of the examples, by their names; by their number if there are others. */
async function labelsOf(
  task: TrainingTask,
  examples: ExampleData,
  count: number | undefined,
): Promise<LabelOptions> {
  if (!task.hasLabels) {
    if (count === undefined) return {};
    throw new UsageError("Cannot use --num-labels: the task has no labels");
  }
  requireCount("--num-labels", count, 1);
  // Arrays of numbers have no names; their labels are as many as --num-labels says.
  const find = count === undefined ? findLabels : scanLabels;
  const { id2label, problem_type } = await find(examples);
  const isSequence = task === TRAINING_TASKS["sequence-classification"];
  if (problem_type === "multi_label_classification" && id2label.length === 0) {
    return { num_labels: count, ...isSequence && { config: { problem_type } } };
  }
  const config = { problem_type };
  if (problem_type === "regression") return { num_labels: count ?? 1, config };
  // As in transformers, one label of numbers is a regression, of whole numbers too.
  const isOne = count === 1 && problem_type === "single_label_classification";
  if (isOne && isSequence && id2label.every(isNumber)) {
    return { num_labels: 1, config: { problem_type: "regression" } };
  }
  if (count === undefined || count === id2label.length) return { id2label, config };
  const areIds = id2label.every((name) => /^\d+$/.test(name) && Number(name) < count);
  if (areIds) return { num_labels: count, config };
  throw new UsageError(
    `Cannot use --num-labels ${count}: the examples have ${id2label.length} labels ` +
      `(${showNames(id2label)}), wanted as many`,
  );
}

function isNumber(label: string): boolean {
  return numberOf(label) !== undefined;
}

function trainableOf(text: string): Trainable {
  const pattern = text.match(/^\/(.+)\/$/s)?.[1];
  if (pattern === undefined) return chooseOne("part", text, ["all", "globals", "head"] as const);
  try {
    return new RegExp(pattern);
  } catch (error) {
    throw new UsageError(`Cannot use --trainable ${text}: ${(error as Error).message}`);
  }
}

/** The metrics of the model that was written: of the best evaluation, or of the last one. */
function lastEvaluation({ log_history, best_model_checkpoint }: TrainerState): LogEntry {
  const evaluations = log_history.filter((entry) => "eval_loss" in entry);
  const best = stepOf(best_model_checkpoint);
  const { epoch: _epoch, step: _step, ...metrics } =
    evaluations.findLast(({ step }) => step === best) ?? evaluations.at(-1) ?? {};
  return metrics as LogEntry;
}
