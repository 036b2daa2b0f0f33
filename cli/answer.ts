/**
 * `lsg answer`: extractive question answering.
 *
 * @module
 */
import { UsageError } from "./arguments.ts";
import { requireCount } from "./choice.ts";
import type { ModelIo } from "./model_io.ts";
import { runCommand } from "./run_command.ts";
import { shorten } from "./table.ts";
import { makeJsonOption, runTask, TASK_OPERANDS, TASK_OPTIONS } from "./task_command.ts";

const command = {
  name: "answer",
  summary: "Finds the answer to a question in documents of any length.",
  operands: TASK_OPERANDS,
  options: {
    question: { type: "string", short: "q", description: "The question." },
    top_k: { type: "number", default: 1, description: "Answers per document." },
    max_answer_len: {
      type: "number",
      default: 15,
      description: "Largest number of tokens in an answer.",
    },
    handle_impossible_answer: {
      type: "boolean",
      default: false,
      description: "Allow an empty answer, for questions that the document does not answer.",
    },
    max_seq_len: {
      type: "number",
      description:
        "Tokens per window; longer documents are split (default: the model's limit for " +
        "LSG and Longformer, else 384).",
    },
    doc_stride: {
      type: "number",
      description: "Tokens that a window shares with the previous one (128, or half a window).",
    },
    json: makeJsonOption("a list of {score, start, end, answer}"),
    ...TASK_OPTIONS,
  },
  examples: [
    'lsg answer owner/model book.txt --question "Who left Bath?"',
    'lsg answer owner/model book.txt -q "Who left Bath?" --max-sequence-length 4096 --top-k 3',
  ],
} as const;

/** Summary for the list of commands. */
export const ANSWER_SUMMARY: string = command.summary;

/**
 * Runs `lsg answer`.
 *
 * @param args Arguments after the command's name.
 * @param io Streams and files.
 * @returns The exit code.
 */
export function runAnswer(args: readonly string[], io: ModelIo): Promise<number> {
  return runCommand(command, args, io, (parsed) => {
    const { question, handle_impossible_answer } = parsed.values;
    if (question === undefined) throw new UsageError("Missing --question: wanted a question");
    const options = {
      top_k: requireCount("--top-k", parsed.values.top_k, 1),
      max_answer_len: requireCount("--max-answer-len", parsed.values.max_answer_len, 1),
      max_seq_len: requireCount("--max-seq-len", parsed.values.max_seq_len, 1),
      doc_stride: requireCount("--doc-stride", parsed.values.doc_stride, 0),
      handle_impossible_answer,
    };
    return runTask(
      {
        name: command.name,
        task: "question-answering",
        label: "Reading",
        run: async (answerer, documents, layer_callback) => {
          const results = await answerer(question, documents, { ...options, layer_callback });
          return results.map((result) => [result].flat());
        },
        header: ["score", "start", "end", "answer"],
        rows: (answers) =>
          answers.map(({ score, start, end, answer }) => [
            score.toFixed(4),
            String(start),
            String(end),
            shorten(answer),
          ]),
        right: [0, 1, 2],
        refusesBlank: true,
      },
      io,
      parsed,
    );
  });
}
