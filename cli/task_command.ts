/**
 * Commands that run a pipeline on documents.
 *
 * @module
 */
import type { ModelInputs } from "../models/mod.ts";
import { pipeline, type Pipelines, type PipelineTask } from "../pipelines/mod.ts";
import { type OptionValues, type ParsedArguments, UsageError } from "./arguments.ts";
import { MODEL_OPERAND, requireModel, withCheckpoint } from "./checkpoint_options.ts";
import { nameDocuments, requireNoBlank, splitDocuments } from "./documents.ts";
import type { ModelIo } from "./model_io.ts";
import { loadOptions, MODEL_OPTIONS } from "./model_options.ts";
import { withProgress } from "./progress.ts";
import { readTextFile } from "./read_text.ts";
import { formatJson, formatTable } from "./table.ts";

/** Positional arguments. */
export const TASK_OPERANDS = [
  MODEL_OPERAND,
  { placeholder: "[FILE]", description: "A text file in UTF-8; standard input if absent or -." },
] as const;

/** Options of all these commands. */
export const TASK_OPTIONS = {
  text: { type: "string", description: "The text itself, instead of a file." },
  lines: {
    type: "boolean",
    default: false,
    description: "Treat each line as a document, instead of the whole text; blank lines at the " +
      "end are left out.",
  },
  ...MODEL_OPTIONS,
} as const;

/** Option of commands whose model reads a document in one pass. */
export const TRUNCATION_OPTION = {
  type: "boolean",
  default: false,
  description: "Truncate documents that are too long for the model; otherwise they are an error.",
} as const;

/**
 * Declares the option `--json`.
 *
 * @param result Description of the result for each document.
 * @returns The option.
 */
export function makeJsonOption(result: string): {
  readonly type: "boolean";
  readonly default: false;
  readonly description: string;
} {
  return {
    type: "boolean",
    default: false,
    description: `Print JSON, a line for each document: ${result}.`,
  };
}

type TaskOptions = typeof TASK_OPTIONS & { readonly json: ReturnType<typeof makeJsonOption> };

/** The part that is specific to a command. */
export interface TaskCommand<Task extends PipelineTask, Result> {
  /** Name of the command. */
  readonly name: string;
  /** Name of the pipeline. */
  readonly task: Task;
  /** Label of the progress line. */
  readonly label: string;
  /** Runs the pipeline on the documents. */
  readonly run: (
    loaded: Pipelines[Task],
    documents: readonly string[],
    layer_callback: ModelInputs["layer_callback"],
  ) => Promise<readonly Result[]>;
  /** Columns of the table, after the document's number. */
  readonly header: readonly string[];
  /** Formats the rows of a document. */
  readonly rows: (result: Result) => readonly (readonly string[])[];
  /** Right-aligned columns. */
  readonly right: readonly number[];
  /** Whether a blank document is an error of the pipeline. */
  readonly refusesBlank?: boolean;
}

/**
 * Loads a pipeline, runs it on the documents and prints the results.
 *
 * @param command The part that is specific to the command.
 * @param io Streams and files.
 * @param parsed Parsed arguments.
 * @throws {UsageError} If the model is missing, or both a text and a file are given.
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
  const [documents, loaded] = await withCheckpoint(io, model, values, async (source) => {
    const options = await loadOptions(source, values);
    const text = values.text ?? await readTextFile(io, file);
    const documents = splitDocuments(text, values.lines);
    if (values.lines && command.refusesBlank) requireNoBlank(documents);
    return [documents, await pipeline(command.task, source, options)] as const;
  });
  try {
    const results = await withProgress(
      io,
      command.label,
      (layer_callback) => command.run(loaded, documents, layer_callback),
    );
    await io.stdout(
      values.json
        ? results.map(formatJson).join("")
        : formatNumberedTable("document", command.header, results.map(command.rows), command.right),
    );
  } catch (error) {
    throw nameDocuments(error, values.lines);
  } finally {
    loaded.dispose();
  }
}

/**
 * Checks that not both a text and a file are given.
 *
 * @param text Value of `--text`.
 * @param file The file operand.
 * @throws {UsageError} If both are given.
 */
export function requireOneText(text: string | undefined, file: string | undefined): void {
  if (text === undefined || file === undefined) return;
  throw new UsageError(`Cannot use both --text and ${file}: wanted one text`);
}

/**
 * Formats a table of numbered groups of rows.
 *
 * @param name Header of the first column, which holds the groups' numbers.
 * @param header Headers of the other columns.
 * @param groups Rows of each group; the number stands before the first one.
 * @param right Right-aligned columns, not counting the first.
 * @returns The table.
 */
export function formatNumberedTable(
  name: string,
  header: readonly string[],
  groups: readonly (readonly (readonly string[])[])[],
  right: readonly number[],
): string {
  const rows = groups.flatMap((lines, group) =>
    lines.map((line, i) => [i === 0 ? String(group + 1) : "", ...line])
  );
  return formatTable([[name, ...header], ...rows], [0, ...right.map((column) => column + 1)]);
}
