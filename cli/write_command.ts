/**
 * Commands whose model writes a text about each document.
 *
 * @module
 */
import { MEMORY_DATA_TYPES } from "../models/settings.ts";
import { pipeline, type Pipelines, type WritingOptions } from "../pipelines/mod.ts";
import type { OptionValues, ParsedArguments } from "./arguments.ts";
import {
  CHECKPOINT_OPTIONS,
  MODEL_OPERAND,
  requireModel,
  withCheckpoint,
} from "./checkpoint_options.ts";
import { chooseOne } from "./choice.ts";
import { renameTexts } from "./documents.ts";
import { GENERATION_OPTIONS, generationSettings } from "./generation_options.ts";
import { LSG_OPTIONS } from "./lsg_options.ts";
import type { ModelIo } from "./model_io.ts";
import { loadOptions, MODEL_OPTIONS } from "./model_options.ts";
import { formatJson } from "./table.ts";
import { TASK_OPTIONS, TRUNCATION_OPTION } from "./task_command.ts";
import { checkDocuments, formatText, readDocuments, TextOutput } from "./written_text.ts";
import { withWritingProgress } from "./writing_progress.ts";

/** Positional arguments. */
export const WRITING_OPERANDS = [
  MODEL_OPERAND,
  {
    placeholder: "[FILE]…",
    description: "Text files in UTF-8, each a document; standard input if absent or -.",
    repeated: true,
  },
] as const;

const {
  revision: _revision,
  cache_dir: _cacheDir,
  local_files_only: _localFilesOnly,
  token: _token,
  ...LOADING_OPTIONS
} = MODEL_OPTIONS;

/** Options of all these commands. */
export const WRITING_OPTIONS = {
  text: TASK_OPTIONS.text,
  lines: TASK_OPTIONS.lines,
  ...GENERATION_OPTIONS,
  truncation: TRUNCATION_OPTION,
  json: {
    type: "boolean",
    default: false,
    description: "Print JSON, a line for each document, as soon as it is written.",
  },
  ...LOADING_OPTIONS,
  memory_dtype: {
    type: "string",
    placeholder: "TYPE",
    default: "fp32",
    description: `Data type of each document's keys and values: ${MEMORY_DATA_TYPES.join(", ")}.`,
  },
  pass_global_tokens_to_decoder: LSG_OPTIONS.pass_global_tokens_to_decoder,
  ...CHECKPOINT_OPTIONS,
} as const;

/** The part that is specific to a command. */
export interface WritingCommand<Task extends "summarization" | "translation", Result> {
  /** Name of the command. */
  readonly name: string;
  /** Name of the pipeline. */
  readonly task: Task;
  /** Label of the progress line. */
  readonly label: string;
  /** Runs the pipeline on a text. */
  readonly run: (
    loaded: Pipelines[Task],
    text: string,
    options: WritingOptions,
  ) => Promise<Result[]>;
  /** The text that was written. */
  readonly textOf: (result: Result) => string;
}

/**
 * Loads a pipeline and prints what it writes about each document; a single text without beams as it
 * is written, if standard output is a terminal.
 *
 * @param command The part that is specific to the command.
 * @param io Streams and files.
 * @param parsed Parsed arguments.
 * @throws {UsageError} If the model is missing, a setting is out of range, or both a text and a file
 * are given.
 */
export async function runWriting<Task extends "summarization" | "translation", Result>(
  command: WritingCommand<Task, Result>,
  io: ModelIo,
  { values, operands: [checkpoint, ...files] }: {
    readonly values: OptionValues<typeof WRITING_OPTIONS>;
    readonly operands: ParsedArguments<typeof WRITING_OPTIONS>["operands"];
  },
): Promise<void> {
  const model = requireModel(command.name, checkpoint);
  checkDocuments(values.text, files);
  const given = generationSettings(values);
  const [documents, loaded] = await withCheckpoint(io, model, values, async (source) => {
    const memory_dtype = chooseOne("memory-dtype", values.memory_dtype, MEMORY_DATA_TYPES);
    const options = { ...await loadOptions(source, values), memory_dtype };
    const documents = await readDocuments(io, values, files);
    return [documents, await pipeline(command.task, source, options)] as const;
  });
  try {
    const own = loaded.model.settingsOf(command.task);
    const draws = given.do_sample ?? own.do_sample ?? false;
    const settings: WritingOptions = {
      ...given,
      ...(draws && { seed: values.seed }),
      num_return_sequences: 1,
      truncation: values.truncation,
    };
    const streams = io.stdoutIsTerminal && !values.json && documents.length === 1 &&
      (given.num_beams ?? own.num_beams ?? 1) === 1;
    for (const [i, document] of documents.entries()) {
      const label = documents.length === 1
        ? command.label
        : `Document ${i + 1} of ${documents.length}`;
      const stream = streams ? new TextOutput(io, loaded.tokenizer) : undefined;
      const [result] = await withWritingProgress(
        io,
        label,
        streams,
        (progress) =>
          command.run(loaded, document.text, {
            ...settings,
            ...progress,
            streamer: stream?.streamer,
          }),
      ).catch((error) => {
        throw renameTexts(error, () => document.name);
      });
      if (values.json) await io.stdout(formatJson(result));
      else if (stream) await stream.finish();
      else await io.stdout(formatText(command.textOf(result), document, values.lines, files, i));
    }
  } finally {
    loaded.dispose();
  }
}
