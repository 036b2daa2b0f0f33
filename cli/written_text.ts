/**
 * Documents, and the texts that models write about them.
 *
 * @module
 */
import { type StreamedTokenizer, TextStreamer } from "../generation/streamers/text_streamer.ts";
import { UsageError } from "./arguments.ts";
import { splitDocuments } from "./documents.ts";
import { isStandardInput } from "./input.ts";
import type { ModelIo } from "./model_io.ts";
import { readTextFile } from "./read_text.ts";
import { escapeText } from "./table.ts";
import { requireOneText } from "./task_command.ts";

/** A document, and its name in messages. */
export interface Document {
  /** The text. */
  readonly text: string;
  /** Its name in messages. */
  readonly name: string;
  /** Its file; standard input if undefined. */
  readonly file: string | undefined;
}

/**
 * Checks where the documents come from.
 *
 * @param text Value of `--text`.
 * @param files The file operands; standard input if there are none, and no text.
 * @param others Other files that the command reads.
 * @throws {UsageError} If both are given, or standard input twice.
 */
export function checkDocuments(
  text: string | undefined,
  files: readonly string[],
  others: readonly string[] = [],
): void {
  requireOneText(text, files[0]);
  const documents = text === undefined && files.length === 0 ? ["-"] : files;
  if ([...documents, ...others].filter(isStandardInput).length <= 1) return;
  throw new UsageError("Cannot read standard input twice: wanted it once");
}

/**
 * Reads documents.
 *
 * @param io Streams and files.
 * @param values A text in place of files, and whether each line is a document.
 * @param files The files; standard input if there are none.
 * @returns The documents.
 */
export async function readDocuments(
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

/**
 * Formats what was written about a document.
 *
 * @param text What was written.
 * @param document The document.
 * @param lines Whether each line is a document.
 * @param files The files.
 * @param index Number of the document.
 * @returns A line for a line; else the text, below its file's name if there are several.
 */
export function formatText(
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

/** Writes a text to standard output, word by word. */
export class TextOutput {
  /** Receives the ids. */
  readonly streamer: TextStreamer;
  #written: Promise<void> = Promise.resolve();

  /**
   * Makes an output.
   *
   * @param io Streams.
   * @param tokenizer Decodes ids.
   * @param options Whether what the row starts with is left out; called with each piece of text
   * before it is written.
   */
  constructor(
    readonly io: ModelIo,
    tokenizer: StreamedTokenizer,
    { skip_prompt = false, onText }: {
      readonly skip_prompt?: boolean;
      readonly onText?: (text: string) => void;
    } = {},
  ) {
    this.streamer = new TextStreamer(tokenizer, {
      skip_prompt,
      callback_function: (text) => {
        onText?.(text);
        this.#write(escapeText(text));
      },
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
