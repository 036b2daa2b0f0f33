/**
 * `lsg summarize`: summaries of documents.
 *
 * @module
 */
import type { ModelIo } from "./model_io.ts";
import { runCommand } from "./run_command.ts";
import { runWriting, WRITING_OPERANDS, WRITING_OPTIONS } from "./write_command.ts";

const command = {
  name: "summarize",
  summary: "Summarises documents, with an encoder-decoder such as BART, LED or Pegasus.",
  operands: WRITING_OPERANDS,
  options: WRITING_OPTIONS,
  examples: [
    "lsg summarize facebook/bart-large-cnn chapter.txt",
    "lsg summarize owner/model book/*.txt --max-sequence-length 4096 --num-beams 4 --json",
  ],
} as const;

/** Summary for the list of commands. */
export const SUMMARIZE_SUMMARY: string = command.summary;

/**
 * Runs `lsg summarize`.
 *
 * @param args Arguments after the command's name.
 * @param io Streams and files.
 * @returns The exit code.
 */
export function runSummarize(args: readonly string[], io: ModelIo): Promise<number> {
  return runCommand(command, args, io, (parsed) =>
    runWriting(
      {
        name: command.name,
        task: "summarization",
        label: "Summarising",
        run: (summarizer, text, options) => summarizer(text, options),
        textOf: ({ summary_text }) => summary_text,
      },
      io,
      parsed,
    ));
}
