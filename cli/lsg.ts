/**
 * `lsg`: runs a command by name.
 *
 * @module
 */
import deno from "../deno.json" with { type: "json" };
import { UsageError } from "./arguments.ts";
import { ANSWER_SUMMARY, runAnswer } from "./answer.ts";
import { BATCH_SUMMARY, runBatch } from "./batch.ts";
import { CLASSIFY_SUMMARY, runClassify } from "./classify.ts";
import { findClosest } from "../base/closest.ts";
import { CHAT_SUMMARY, runChat } from "./chat.ts";
import { CONVERT_SUMMARY, runConvert } from "./convert.ts";
import { ENCODE_SUMMARY, runEncode } from "./encode.ts";
import { EVALUATE_SUMMARY, runEvaluate } from "./evaluate.ts";
import { FILL_MASK_SUMMARY, runFillMask } from "./fill_mask.ts";
import { GENERATE_SUMMARY, runGenerate } from "./generate.ts";
import type { ModelIo } from "./model_io.ts";
import { PATTERN_SUMMARY, runPattern } from "./pattern.ts";
import { reportErrors } from "./run_command.ts";
import { runSearch, SEARCH_SUMMARY } from "./search.ts";
import { runServe, SERVE_SUMMARY } from "./serve.ts";
import { runSummarize, SUMMARIZE_SUMMARY } from "./summarize.ts";
import { runTag, TAG_SUMMARY } from "./tag.ts";
import { runTrain, TRAIN_SUMMARY } from "./train.ts";
import { runTranslate, TRANSLATE_SUMMARY } from "./translate.ts";
import { wrap } from "../base/wrap.ts";
import { runZeroShot, ZERO_SHOT_SUMMARY } from "./zero_shot.ts";

interface NamedCommand {
  readonly summary: string;
  readonly run: (args: readonly string[], io: ModelIo) => Promise<number>;
}

const COMMANDS: Readonly<Record<string, NamedCommand>> = {
  "fill-mask": { summary: FILL_MASK_SUMMARY, run: runFillMask },
  "classify": { summary: CLASSIFY_SUMMARY, run: runClassify },
  "tag": { summary: TAG_SUMMARY, run: runTag },
  "answer": { summary: ANSWER_SUMMARY, run: runAnswer },
  "zero-shot": { summary: ZERO_SHOT_SUMMARY, run: runZeroShot },
  "summarize": { summary: SUMMARIZE_SUMMARY, run: runSummarize },
  "translate": { summary: TRANSLATE_SUMMARY, run: runTranslate },
  "generate": { summary: GENERATE_SUMMARY, run: runGenerate },
  "chat": { summary: CHAT_SUMMARY, run: runChat },
  "encode": { summary: ENCODE_SUMMARY, run: runEncode },
  "search": { summary: SEARCH_SUMMARY, run: runSearch },
  "serve": { summary: SERVE_SUMMARY, run: runServe },
  "batch": { summary: BATCH_SUMMARY, run: runBatch },
  "train": { summary: TRAIN_SUMMARY, run: runTrain },
  "evaluate": { summary: EVALUATE_SUMMARY, run: runEvaluate },
  "convert": { summary: CONVERT_SUMMARY, run: runConvert },
  "pattern": { summary: PATTERN_SUMMARY, run: runPattern },
};

/** Column of the summaries, and width of a line. */
const [COLUMN, WIDTH] = [13, 100];

/**
 * Runs `lsg`.
 *
 * @param args Arguments after `lsg`.
 * @param io Streams and files.
 * @returns The exit code: 0, 1 for an error, 2 for invalid arguments; if a signal ends the process,
 * 128 and its number.
 */
export async function runLsg(args: readonly string[], io: ModelIo): Promise<number> {
  const [name, ...rest] = args;
  if (name !== undefined && Object.hasOwn(COMMANDS, name)) return COMMANDS[name].run(rest, io);
  return await reportErrors("lsg", {}, io, async () => {
    if (name === "--help" || name === "-h") await io.stdout(help());
    else if (name === "--version") await io.stdout(`lsg ${deno.version}\n`);
    else throw new UsageError(describeMistake(name));
  });
}

function describeMistake(name: string | undefined): string {
  const names = Object.keys(COMMANDS);
  if (name === undefined) return `Missing command: wanted ${names.join(", ")}`;
  const similar = findClosest(name, [...names, "--help", "--version"]);
  const kind = name.startsWith("-") ? "option" : "command";
  return `Unknown ${kind} ${JSON.stringify(name)}` +
    (similar ? `: did you mean ${similar}?` : `: wanted ${names.join(", ")}`);
}

function help(): string {
  const lines = Object.entries(COMMANDS).flatMap(([name, { summary }]) =>
    wrap(summary, WIDTH - COLUMN).map((line, i) =>
      (i === 0 ? `  ${name}` : "").padEnd(COLUMN) + line
    )
  );
  return [
    "lsg COMMAND [options]",
    "",
    "Long-document transformers with LSG (Local, Sparse, Global) attention.",
    "",
    ...lines,
    "",
    "  -h, --help   Print this; lsg COMMAND --help prints a command's options.",
    "  --version    Print the version.",
    "",
    "Exit codes: 0 success; 1 an error; 2 invalid arguments; 128 + N ended by signal N (130 for " +
    "Ctrl-C).",
    "",
  ].join("\n");
}
