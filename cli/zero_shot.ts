/**
 * `lsg zero-shot`: classification with labels that the model was not trained on.
 *
 * @module
 */
import { splitList, UsageError } from "./arguments.ts";
import type { ModelIo } from "./model_io.ts";
import { runCommand } from "./run_command.ts";
import { shorten } from "./table.ts";
import {
  makeJsonOption,
  runTask,
  TASK_OPERANDS,
  TASK_OPTIONS,
  TRUNCATION_OPTION,
} from "./task_command.ts";

const command = {
  name: "zero-shot",
  summary: "Classifies documents with labels of your choice, using a model trained on natural " +
    "language inference (NLI).",
  operands: TASK_OPERANDS,
  options: {
    labels: {
      type: "list",
      placeholder: "LABEL",
      description: "Candidate labels, separated by commas; or one each.",
    },
    hypothesis_template: {
      type: "string",
      default: "This example is {}.",
      description: "A sentence with {} for the label.",
    },
    multi_label: {
      type: "boolean",
      default: false,
      description: "Score each label independently, so that several can apply.",
    },
    truncation: TRUNCATION_OPTION,
    json: makeJsonOption("{sequence, labels, scores}"),
    ...TASK_OPTIONS,
  },
  examples: [
    "lsg zero-shot owner/model letter.txt --labels love,war,money",
    "lsg zero-shot owner/model letters.txt --lines --labels love,war --multi-label --json",
  ],
} as const;

/** Summary for the list of commands. */
export const ZERO_SHOT_SUMMARY: string = command.summary;

/**
 * Runs `lsg zero-shot`.
 *
 * @param args Arguments after the command's name.
 * @param io Streams and files.
 * @returns The exit code.
 */
export function runZeroShot(args: readonly string[], io: ModelIo): Promise<number> {
  return runCommand(command, args, io, (parsed) => {
    const { labels: given, hypothesis_template, multi_label, truncation } = parsed.values;
    const candidates = splitList(given);
    if (!candidates?.length) throw new UsageError("Missing --labels: wanted at least one");
    if (!hypothesis_template.includes("{}")) {
      throw new UsageError(
        `Cannot use --hypothesis-template ${hypothesis_template}: wanted {} for the label`,
      );
    }
    const options = { hypothesis_template, multi_label, truncation };
    return runTask(
      {
        name: command.name,
        task: "zero-shot-classification",
        label: "Classifying",
        run: (classifier, documents, layer_callback) =>
          classifier(documents, candidates, { ...options, layer_callback }),
        header: ["label", "score"],
        rows: ({ labels, scores }) =>
          labels.map((label, i) => [shorten(label, 40), scores[i].toFixed(4)]),
        right: [1],
        refusesBlank: true,
      },
      io,
      parsed,
    );
  });
}
