/**
 * Documents of files, folders and standard input, one at a time.
 *
 * @module
 */
import { open, stat } from "node:fs/promises";
import { isFolder, listFiles } from "../checkpoint/disk.ts";
import { UsageError } from "./arguments.ts";
import { withReason } from "./file_errors.ts";
import { isStandardInput } from "./input.ts";
import { splitLines } from "./text_lines.ts";

/** A file to read. */
export interface InputFile {
  /** Its path; `-` for standard input. */
  readonly path: string;
  /** Its name in ids. */
  readonly name: string;
  /** Its length; absent if nobody knows. */
  readonly bytes?: number;
  /** Whether it was found in a folder: then it may turn out to be no text. */
  readonly isFound: boolean;
}

/** A text to embed. */
export interface Document {
  /** Its name: that of the file, and with lines the number of the line. */
  readonly id: string;
  /** Its name in messages. */
  readonly name: string;
  /** The text. */
  readonly text: string;
  /** Bytes of all files up to its end. */
  readonly bytes: number;
}

/** How documents are read. */
export interface ReadingOptions {
  /** Whether each line is a document. */
  readonly lines: boolean;
  /** Reads a whole text, without the final line break. */
  readonly readText: (path: string) => Promise<string>;
  /** Reads a text in parts. */
  readonly streamText: (path: string) => AsyncIterable<string>;
  /** Called with the name of a file that is left out, and the reason. */
  readonly onLeftOut: (name: string, reason: string) => Promise<void> | void;
}

/**
 * Lists the files of the operands: those of folders and of the folders in them, sorted; hidden ones
 * are left out.
 *
 * @param operands Files and folders; standard input if there are none.
 * @param outputs Files that are written: they are left out of folders.
 * @returns The files, each once.
 * @throws {UsageError} If standard input is named twice, or a file has its name.
 * @throws {Error} If a file does not exist, or a folder holds none.
 */
export async function listInputs(
  operands: readonly string[],
  outputs: readonly string[] = [],
): Promise<InputFile[]> {
  const files = new Map<string, InputFile>();
  const written = await Promise.all(outputs.map(identify));
  for (const operand of operands.length === 0 ? ["-"] : operands) {
    if (isStandardInput(operand)) {
      if (files.has("stdin")) {
        throw new UsageError("Cannot read standard input twice: wanted it once");
      }
      files.set("stdin", { path: operand, name: "stdin", isFound: false });
    } else if (await isFolder(operand)) {
      const folder = operand.replace(/[/\\]+$/, "") || "/";
      const found = (await withReason("read", operand, listFiles(operand)))
        .map((name) => folder === "/" ? `/${name}` : `${folder}/${name}`);
      if (found.length === 0) {
        throw new RangeError(`Cannot read ${operand}: the folder has no files, wanted texts`);
      }
      for (const path of found) {
        const identity = outputs.length === 0 ? undefined : await identify(path);
        if (files.has(path) || identity && written.includes(identity)) continue;
        files.set(path, { path, name: path, bytes: await sizeOf(path), isFound: true });
      }
    } else if (operand === "stdin" && operands.some(isStandardInput)) {
      throw new UsageError(
        "Cannot read standard input and the file stdin: both have the name stdin, wanted ./stdin",
      );
    } else if (!files.has(operand) || files.get(operand)!.isFound) {
      const { size } = await withReason("read", operand, stat(operand));
      files.set(operand, { path: operand, name: operand, bytes: size, isFound: false });
    }
  }
  return [...files.values()];
}

/**
 * Reads the documents of files.
 *
 * @param files The files.
 * @param options How they are read.
 * @returns The documents. A file that was found in a folder and is not text, or is there no more, is
 * left out; blank lines at the end of a file are, too.
 */
export async function* readDocuments(
  files: readonly InputFile[],
  options: ReadingOptions,
): AsyncGenerator<Document> {
  const isOne = files.length === 1;
  let before = 0;
  for (const file of files) {
    const reason = file.isFound ? await reasonToLeaveOut(file.path) : undefined;
    if (reason !== undefined) await options.onLeftOut(file.name, reason);
    else if (options.lines) yield* readLines(file, before, isOne, options);
    else yield* readWhole(file, before, isOne, options);
    before += file.bytes ?? 0;
  }
}

async function* readWhole(
  { path, name: id, bytes, isFound }: InputFile,
  before: number,
  isOne: boolean,
  { readText, onLeftOut }: ReadingOptions,
): AsyncGenerator<Document> {
  let text: string;
  try {
    text = await readText(path);
  } catch (error) {
    const isGone = (error as { code?: string }).code === "ENOENT";
    if (!isFound || !(isGone || error instanceof TypeError)) throw error;
    await onLeftOut(id, isGone ? "it is there no more" : "it is not UTF-8 text");
    return;
  }
  if (isFound && text.trim() === "") return await onLeftOut(id, "it is empty");
  yield { id, name: isOne ? "the text" : id, text, bytes: before + (bytes ?? text.length) };
}

async function* readLines(
  { path, name: file, bytes }: InputFile,
  before: number,
  isOne: boolean,
  { streamText }: ReadingOptions,
): AsyncGenerator<Document> {
  let number = 0;
  let position = before;
  const blank: Document[] = [];
  for await (const text of splitLines(streamText(path), file)) {
    number++;
    // Bytes of other than Latin letters are more: then time is left over.
    position += text.length + 1;
    const end = bytes === undefined ? position : Math.min(position, before + bytes);
    const name = isOne ? `line ${number}` : `line ${number} of ${file}`;
    const document = { id: `${file}:${number}`, name, text, bytes: end };
    if (text.trim() === "") {
      blank.push(document);
      continue;
    }
    yield* blank.splice(0);
    yield document;
  }
}

/** Bytes in which a file that is not text shows it. */
const SNIFFED_BYTES = 8192;

async function reasonToLeaveOut(path: string): Promise<string | undefined> {
  try {
    const handle = await open(path);
    try {
      const start = new Uint8Array(SNIFFED_BYTES);
      const { bytesRead } = await handle.read(start, 0, SNIFFED_BYTES, 0);
      const bytes = start.subarray(0, bytesRead);
      if (bytes.includes(0)) return "it is not text";
      new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
      return undefined;
    } catch (error) {
      if (error instanceof TypeError) return "it is not UTF-8 text";
      throw error;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return "it is there no more";
    throw await withReason("read", path, Promise.reject(error)).catch((explained) => explained);
  }
}

/** Device and number of a file, by whatever path or link. */
async function identify(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found && `${found.dev}:${found.ino}`;
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}
