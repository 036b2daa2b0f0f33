/**
 * `lsg zero-shot`: documents by labels that the model was not trained for.
 *
 * @module
 */
import { UsageError } from "./arguments.ts";
import type { ModelIo } from "./model_io.ts";
import { runCommand } from "./run_command.ts";
import { shortened } from "./table.ts";
import {
  jsonOption,
  runTask,
  TASK_OPERANDS,
  TASK_OPTIONS,
  TRUNCATION_OPTION,
} from "./task_command.ts";

const command = {
  name: "zero-shot",
  summary: "Classifies documents by labels of your own, with a model that was trained to tell " +
    "whether a text entails another.",
  operands: TASK_OPERANDS,
  options: {
    labels: { type: "list", placeholder: "LABEL", description: "A label to consider." },
    hypothesis_template: {
      type: "string",
      default: "This example is {}.",
      description: "A sentence with {} in the place of the label.",
    },
    multi_label: {
      type: "boolean",
      default: false,
      description: "Judge each label for itself: several can be right.",
    },
    truncation: TRUNCATION_OPTION,
    json: jsonOption("{sequence, labels, scores}"),
    ...TASK_OPTIONS,
  },
} as const;

/** What the list of commands says of this one. */
export const ZERO_SHOT_SUMMARY: string = command.summary;

/**
 * Runs `lsg zero-shot`.
 *
 * @param args The words after the command's name.
 * @param io Streams and files.
 * @returns The exit code.
 */
export function runZeroShot(args: readonly string[], io: ModelIo): Promise<number> {
  return runCommand(command, args, io, (parsed) => {
    const { labels: wanted, hypothesis_template, multi_label, truncation } = parsed.values;
    if (wanted === undefined) throw new UsageError("--labels is lacking: wanted at least one");
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
          classifier(documents, wanted, { ...options, layer_callback }),
        header: ["label", "score"],
        rows: ({ labels, scores }) =>
          labels.map((label, i) => [shortened(label, 40), scores[i].toFixed(4)]),
        right: [1],
      },
      io,
      parsed,
    );
  });
}
