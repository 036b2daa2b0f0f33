/**
 * `lsg tag`: token classification.
 *
 * @module
 */
import { AGGREGATION_STRATEGIES } from "../pipelines/mod.ts";
import { splitList } from "./arguments.ts";
import { chooseOne } from "./choice.ts";
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
  name: "tag",
  summary: "Finds and labels spans of documents, such as names of people and places.",
  operands: TASK_OPERANDS,
  options: {
    aggregation_strategy: {
      type: "string",
      placeholder: "NAME",
      default: "simple",
      description: "How tokens are merged into words and entities: first, average and max give " +
        "each word one label, simple may split it, none labels every token.",
    },
    ignore_labels: {
      type: "list",
      placeholder: "LABEL",
      description: "Labels to leave out, separated by commas, or one each; O if absent.",
    },
    truncation: TRUNCATION_OPTION,
    json: makeJsonOption("a list of {entity_group, score, word, start, end}"),
    ...TASK_OPTIONS,
  },
  examples: [
    "lsg tag owner/model letter.txt",
    'lsg tag owner/model --text "Isabella left Bath." --aggregation-strategy first',
  ],
} as const;

/** Summary for the list of commands. */
export const TAG_SUMMARY: string = command.summary;

/**
 * Runs `lsg tag`.
 *
 * @param args Arguments after the command's name.
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
            ignore_labels: splitList(ignore_labels),
            truncation,
            layer_callback,
          }),
        header: ["start", "end", "label", "score", "text"],
        rows: (found) =>
          found.map((one) => [
            String(one.start),
            String(one.end),
            shorten("entity" in one ? one.entity : one.entity_group, 16),
            one.score.toFixed(4),
            shorten(one.word),
          ]),
        right: [0, 1, 3],
      },
      io,
      parsed,
    );
  });
}
