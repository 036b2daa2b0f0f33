/**
 * `lsg tag`: names, places and other parts of documents.
 *
 * @module
 */
import { AGGREGATION_STRATEGIES } from "../pipelines/mod.ts";
import { chooseOne } from "./choice.ts";
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
  name: "tag",
  summary: "Labels parts of documents, such as names and places, and tells where they stand.",
  operands: TASK_OPERANDS,
  options: {
    aggregation_strategy: {
      type: "string",
      placeholder: "NAME",
      default: "simple",
      description: "Which label a word gets whose tokens have several: simple parts it, first, " +
        "average and max do not; with none each token stands for itself.",
    },
    ignore_labels: {
      type: "list",
      placeholder: "LABEL",
      description: "A label that is left out; O if absent.",
    },
    truncation: TRUNCATION_OPTION,
    json: jsonOption("a list of {entity_group, score, word, start, end}"),
    ...TASK_OPTIONS,
  },
} as const;

/** What the list of commands says of this one. */
export const TAG_SUMMARY: string = command.summary;

/**
 * Runs `lsg tag`.
 *
 * @param args The words after the command's name.
 * @param io Streams and files.
 * @returns The exit code.
 */
export function runTag(args: readonly string[], io: ModelIo): Promise<number> {
  return runCommand(command, args, io, (parsed) => {
    const { truncation, ignore_labels, aggregation_strategy: strategy } = parsed.values;
    const aggregation_strategy = chooseOne("strategy", strategy, AGGREGATION_STRATEGIES);
    return runTask(
      {
        name: command.name,
        task: "token-classification",
        label: "Labelling",
        run: (classifier, documents, layer_callback) =>
          classifier(documents, {
            aggregation_strategy,
            ignore_labels,
            truncation,
            layer_callback,
          }),
        header: ["start", "end", "label", "score", "text"],
        rows: (found) =>
          found.map((one) => [
            String(one.start),
            String(one.end),
            shortened("entity" in one ? one.entity : one.entity_group, 16),
            one.score.toFixed(4),
            shortened(one.word),
          ]),
        right: [0, 1, 3],
      },
      io,
      parsed,
    );
  });
}
