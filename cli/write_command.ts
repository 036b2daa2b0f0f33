/**
 * Commands whose model writes a text about each document.
 *
 * @module
 */
import { MEMORY_DATA_TYPES } from "../models/settings.ts";
import { TextStreamer } from "../generation/streamers/text_streamer.ts";
import { pipeline, type Pipelines, type WritingOptions } from "../pipelines/mod.ts";
import { type OptionValues, type ParsedArguments, UsageError } from "./arguments.ts";
import {
  CHECKPOINT_OPTIONS,
  MODEL_OPERAND,
  requireModel,
  withCheckpoint,
} from "./checkpoint_options.ts";
import { chooseOne } from "./choice.ts";
import { renameTexts, splitDocuments } from "./documents.ts";
import { GENERATION_OPTIONS, generationSettings } from "./generation_options.ts";
import { isStandardInput } from "./input.ts";
import { LSG_OPTIONS } from "./lsg_options.ts";
import type { ModelIo } from "./model_io.ts";
import { loadOptions, MODEL_OPTIONS } from "./model_options.ts";
import { readTextFile } from "./read_text.ts";
import { escapeText, formatJson } from "./table.ts";
import { requireOneText, TASK_OPTIONS, TRUNCATION_OPTION } from "./task_command.ts";
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

/** A document, and its name in messages. */
interface Document {
  readonly text: string;
  readonly name: string;
  readonly file: string | undefined;
}

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
  requireOneText(values.text, files[0]);
  if (files.filter(isStandardInput).length > 1) {
    throw new UsageError("Cannot read standard input twice: wanted it once");
  }
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
      const stream = streams ? new TerminalStream(io, loaded.tokenizer) : undefined;
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

async function readDocuments(
  io: ModelIo,
  { text, lines }: { readonly text?: string; readonly lines: boolean },
  files: readonly string[],
): Promise<Document[]> {
  const inputs: readonly (string | undefined)[] = files.length === 0 ? [undefined] : files;
  const isOne = inputs.length === 1;
  const documents: Document[] = [];
  for (const file of inputs) {
    const content = text ?? await readTextFile(io, file);
    for (const [i, part] of splitDocuments(content, lines).entries()) {
      const line = `line ${i + 1}`;
      const name = isOne ? lines ? line : "the text" : lines ? `${line} of ${file}` : file!;
      documents.push({ text: part, name, file });
    }
  }
  return documents;
}

/** A line for a line; else the text, below its file's name if there are several. */
function formatText(
  text: string,
  document: Document,
  lines: boolean,
  files: readonly string[],
  index: number,
): string {
  if (lines) return `${escapeText(text.trim().replace(/\s*[\n\t]\s*/g, " "))}\n`;
  const above = index === 0 ? "" : "\n";
  const heading = files.length > 1 ? `${above}${escapeText(document.file!)}:\n` : "";
  return `${heading}${escapeText(text)}\n`;
}

/** Writes a text to the terminal, word by word. */
class TerminalStream {
  readonly streamer: TextStreamer;
  #written: Promise<void> = Promise.resolve();

  constructor(readonly io: ModelIo, tokenizer: ConstructorParameters<typeof TextStreamer>[0]) {
    this.streamer = new TextStreamer(tokenizer, {
      callback_function: (text) => this.#write(escapeText(text)),
      decode_kwargs: { clean_up_tokenization_spaces: false },
    });
  }

  /** Ends the line, and waits until all is written. */
  async finish(): Promise<void> {
    this.#write("\n");
    await this.#written;
  }

  #write(text: string): void {
    this.#written = this.#written.then(() => this.io.stdout(text));
    // finish() reports it.
    this.#written.catch(() => {});
  }
}
