/**
 * `lsg evaluate`: metrics of a model on labelled texts.
 *
 * @module
 */
import type { Seq2SeqLM } from "../generation/mod.ts";
import { SummarizationPipeline } from "../pipelines/mod.ts";
import { AutoTokenizer } from "../tokenizer/mod.ts";
import { Collator } from "../training/data/collator.ts";
import { ProgressCallback } from "../training/progress_callback.ts";
import { Trainer } from "../training/trainer.ts";
import { UsageError } from "./arguments.ts";
import {
  CHECKPOINT_OPTIONS,
  MODEL_OPERAND,
  requireModel,
  withCheckpoint,
} from "./checkpoint_options.ts";
import { chooseOne, requireCount } from "./choice.ts";
import { evaluateSummaries } from "./evaluate_summaries.ts";
import { COLLATOR_OPTIONS, collatorOptions, readExamples } from "./example_files.ts";
import { LSG_OPTIONS } from "./lsg_options.ts";
import type { ModelIo } from "./model_io.ts";
import { loadOptions, MODEL_OPTIONS } from "./model_options.ts";
import { withProgressLine } from "./progress.ts";
import { runCommand } from "./run_command.ts";
import { formatJson } from "./table.ts";
import { formatMetrics, TRAINING_TASK_NAMES, TRAINING_TASKS } from "./training_task.ts";

const {
  revision: _revision,
  cache_dir: _cache,
  local_files_only: _local,
  token: _token,
  ...MODEL
} = MODEL_OPTIONS;

const command = {
  name: "evaluate",
  summary: "Tells how good a trained model is on labelled texts: the loss, accuracy, F1, ROUGE.",
  operands: [MODEL_OPERAND],
  options: {
    eval: {
      type: "string",
      placeholder: "FILE",
      description: "Examples in .jsonl, .csv or .tsv, as lsg train reads them.",
    },
    task: {
      type: "string",
      placeholder: "NAME",
      default: "sequence-classification",
      description: `What the model has learnt: ${TRAINING_TASK_NAMES.join(", ")}.`,
    },
    per_device_eval_batch_size: {
      type: "number",
      default: 8,
      description: "Examples in a pass.",
    },
    predict_with_generate: {
      type: "boolean",
      default: false,
      description:
        "For summarization, also let the model write, and tell how near it comes (ROUGE).",
    },
    ...COLLATOR_OPTIONS,
    json: {
      type: "boolean",
      default: false,
      description: "Print the metrics as JSON, on one line.",
    },
    ...MODEL,
    pass_global_tokens_to_decoder: LSG_OPTIONS.pass_global_tokens_to_decoder,
    ...CHECKPOINT_OPTIONS,
  },
  examples: [
    "lsg evaluate mine --eval test.jsonl",
    "lsg evaluate mine --eval test.csv --task summarization --predict-with-generate --json",
  ],
} as const;

/** Summary for the list of commands. */
export const EVALUATE_SUMMARY: string = command.summary;

/**
 * Runs `lsg evaluate`.
 *
 * @param args Arguments after the command's name.
 * @param io Streams and files.
 * @returns The exit code.
 */
export function runEvaluate(args: readonly string[], io: ModelIo): Promise<number> {
  return runCommand(command, args, io, async ({ values, operands: [checkpoint] }) => {
    const name = requireModel(command.name, checkpoint);
    if (values.eval === undefined) {
      throw new UsageError("Missing --eval: wanted lsg evaluate MODEL --eval FILE");
    }
    const task = TRAINING_TASKS[chooseOne("task", values.task, TRAINING_TASK_NAMES)];
    const size = requireCount(
      "--per-device-eval-batch-size",
      values.per_device_eval_batch_size,
      1,
    );
    if (values.predict_with_generate && values.task !== "summarization") {
      throw new UsageError("Cannot use --predict-with-generate: wanted --task summarization");
    }
    const eval_dataset = readExamples("--eval", values.eval);
    const collator = collatorOptions(values, values.seed);
    const { model, tokenizer } = await withCheckpoint(io, name, values, async (source) => {
      const options = await loadOptions(source, values);
      const tokenizer = await AutoTokenizer.from_pretrained(source);
      return { tokenizer, model: await task.model.from_pretrained(source, options) };
    });
    try {
      const metrics = await withProgressLine(io, async (show) => {
        const trainer = new Trainer({
          model,
          tokenizer,
          data_collator: new Collator(model, tokenizer, collator),
          eval_dataset,
          compute_metrics: task.metrics?.(model.config),
          callbacks: show ? [new ProgressCallback({ show })] : [],
          args: { per_device_eval_batch_size: size },
        });
        const metrics = await trainer.evaluate();
        if (!values.predict_with_generate) return metrics;
        const { truncation, max_length = Infinity, max_target_length } = collator;
        tokenizer.model_max_length = Math.min(tokenizer.model_max_length, max_length);
        const summarizer = new SummarizationPipeline(tokenizer, model as Seq2SeqLM);
        // As in transformers' run_summarization.
        const writing = { truncation, max_length: max_target_length };
        const scores = await evaluateSummaries(summarizer, eval_dataset, writing, show);
        const named = Object.entries(scores).map(([name, score]) => [`eval_${name}`, score]);
        return { ...metrics, ...Object.fromEntries(named) };
      });
      await io.stdout(values.json ? formatJson(metrics) : formatMetrics(metrics));
    } finally {
      model.dispose();
    }
  });
}
