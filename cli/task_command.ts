/**
 * What commands share that run a pipeline on documents.
 *
 * @module
 */
import type { ModelInputs } from "../models/mod.ts";
import { pipeline, type Pipelines, type PipelineTask } from "../pipelines/mod.ts";
import { type OptionValues, type ParsedArguments, UsageError } from "./arguments.ts";
import { MODEL_OPERAND, requireModel, withCheckpoint } from "./checkpoint_options.ts";
import type { ModelIo } from "./model_io.ts";
import { loadOptions, MODEL_OPTIONS } from "./model_options.ts";
import { withProgress } from "./progress.ts";
import { readTextFile } from "./read_text.ts";
import { table } from "./table.ts";

/** What stands beside the options. */
export const TASK_OPERANDS = [
  MODEL_OPERAND,
  { placeholder: "[FILE]", description: "A text file in UTF-8; standard input if absent or -." },
] as const;

/** Options of all of them. */
export const TASK_OPTIONS = {
  text: { type: "string", description: "The text itself, in place of a file." },
  lines: {
    type: "boolean",
    default: false,
    description: "Each line is a document; otherwise the whole text is one.",
  },
  ...MODEL_OPTIONS,
} as const;

/** An option of those whose model reads a document at once. */
export const TRUNCATION_OPTION = {
  type: "boolean",
  default: false,
  description: "Cut documents that are too long for the model; otherwise they are an error.",
} as const;

/**
 * The option `--json`.
 *
 * @param result What stands there for each document.
 * @returns The option.
 */
export function jsonOption(result: string): {
  readonly type: "boolean";
  readonly default: false;
  readonly description: string;
} {
  return {
    type: "boolean",
    default: false,
    description: `Print JSON: a list with ${result} for each document.`,
  };
}

type TaskOptions = typeof TASK_OPTIONS & { readonly json: ReturnType<typeof jsonOption> };

/** What is a command's own. */
export interface TaskCommand<Task extends PipelineTask, Result> {
  /** The word after `lsg`. */
  readonly name: string;
  /** The pipeline. */
  readonly task: Task;
  /** What the line with the progress says. */
  readonly label: string;
  /** Runs the pipeline on the documents. */
  readonly run: (
    loaded: Pipelines[Task],
    documents: readonly string[],
    layer_callback: ModelInputs["layer_callback"],
  ) => Promise<readonly Result[]>;
  /** The columns of the table behind the number of the document. */
  readonly header: readonly string[];
  /** The lines of a document. */
  readonly rows: (result: Result) => readonly (readonly string[])[];
  /** Columns that are aligned at their right end. */
  readonly right: readonly number[];
}

/**
 * Loads a pipeline, runs it on the documents and prints what it gives.
 *
 * @param command What is the command's own.
 * @param io Streams and files.
 * @param parsed What was given.
 * @throws {UsageError} If there is no model, or there are two texts.
 */
export async function runTask<Task extends PipelineTask, Result>(
  command: TaskCommand<Task, Result>,
  io: ModelIo,
  { values, operands: [checkpoint, file] }: {
    readonly values: OptionValues<TaskOptions>;
    readonly operands: ParsedArguments<TaskOptions>["operands"];
  },
): Promise<void> {
  const model = requireModel(command.name, checkpoint);
  requireOneText(values.text, file);
  const [text, loaded] = await withCheckpoint(io, model, values, async (source) => {
    const options = await loadOptions(source, values);
    const text = values.text ?? await readTextFile(io, file);
    return [text, await pipeline(command.task, source, options)] as const;
  });
  try {
    const documents = values.lines ? text.split(/\r?\n/) : [text];
    const results = await withProgress(
      io,
      command.label,
      (layer_callback) => command.run(loaded, documents, layer_callback),
    );
    await io.stdout(
      values.json
        ? JSON.stringify(results, null, 2) + "\n"
        : numberedTable("document", command.header, results.map(command.rows), command.right),
    );
  } finally {
    loaded.dispose();
  }
}

/**
 * Refuses a text beside a file.
 *
 * @param text The text of `--text`, if it was given.
 * @param file The file, if one was given.
 * @throws {UsageError} If there are both.
 */
export function requireOneText(text: string | undefined, file: string | undefined): void {
  if (text === undefined || file === undefined) return;
  throw new UsageError(`There are two texts, --text and ${file}: wanted one`);
}

/**
 * A table of several lines for each of some things.
 *
 * @param name What the first column calls a thing; it has their numbers.
 * @param header The other columns.
 * @param things The lines of each; the number stands before the first one.
 * @param right Columns that are aligned at their right end, the number not counted.
 * @returns The table.
 */
export function numberedTable(
  name: string,
  header: readonly string[],
  things: readonly (readonly (readonly string[])[])[],
  right: readonly number[],
): string {
  const rows = things.flatMap((lines, thing) =>
    lines.map((line, i) => [i === 0 ? String(thing + 1) : "", ...line])
  );
  return table([[name, ...header], ...rows], [0, ...right.map((column) => column + 1)]);
}
