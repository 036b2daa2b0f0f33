/**
 * `lsg classify`: text classification.
 *
 * @module
 */
import { SCORE_FUNCTIONS, type ScoreFunction } from "../pipelines/mod.ts";
import { chooseOne, requireCount } from "./choice.ts";
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

const FUNCTIONS = Object.keys(SCORE_FUNCTIONS) as ScoreFunction[];

const command = {
  name: "classify",
  summary: "Classifies documents with the labels that the model was trained on.",
  operands: TASK_OPERANDS,
  options: {
    text_pair: {
      type: "string",
      placeholder: "TEXT",
      description: "A second text for each document, for models of text pairs: a hypothesis, say.",
    },
    top_k: {
      type: "number",
      description: "Labels per document, best first; all if absent.",
    },
    function_to_apply: {
      type: "string",
      placeholder: "NAME",
      description: `Function applied to the logits: ${FUNCTIONS.join(", ")}; if absent, the one ` +
        "that the model's config sets.",
    },
    truncation: TRUNCATION_OPTION,
    json: makeJsonOption("a list of {label, score}"),
    ...TASK_OPTIONS,
  },
  examples: [
    "lsg classify owner/model review.txt",
    "cat reviews.txt | lsg classify owner/model --lines --top-k 1 --json",
  ],
} as const;

/** Summary for the list of commands. */
export const CLASSIFY_SUMMARY: string = command.summary;

/**
 * Runs `lsg classify`.
 *
 * @param args Arguments after the command's name.
 * @param io Streams and files.
 * @returns The exit code.
 */
export function runClassify(args: readonly string[], io: ModelIo): Promise<number> {
  return runCommand(command, args, io, (parsed) => {
    const { text_pair, truncation, function_to_apply: name } = parsed.values;
    const top_k = requireCount("--top-k", parsed.values.top_k, 1) ?? null;
    const function_to_apply = name === undefined
      ? undefined
      : chooseOne("function", name, FUNCTIONS);
    return runTask(
      {
        name: command.name,
        task: "text-classification",
        label: "Classifying",
        run: async (classifier, documents, layer_callback) => {
          const options = { top_k, function_to_apply, truncation, layer_callback };
          const texts = documents.map((text) => ({ text, text_pair }));
          const results = await classifier(texts, options);
          return results.map((result) => [result].flat());
        },
        header: ["label", "score"],
        rows: (labels) => labels.map(({ label, score }) => [shorten(label, 40), score.toFixed(4)]),
        right: [1],
      },
      io,
      parsed,
    );
  });
}
