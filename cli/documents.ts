/**
 * Documents in the text that a command reads.
 *
 * @module
 */

/**
 * Divides a text into documents.
 *
 * @param text The text.
 * @param lines Whether each line is a document; otherwise the text is one. Blank lines at the end
 * are left out, all others kept: the number of a document is that of its line.
 * @returns The documents, at least one.
 */
export function splitDocuments(text: string, lines: boolean): string[] {
  if (!lines) return [text];
  const documents = text.split(/\r?\n/);
  while (documents.length > 1 && isBlank(documents.at(-1)!)) documents.pop();
  return documents;
}

/**
 * Asserts that no document is blank.
 *
 * @param documents The documents of a text of lines.
 * @throws {RangeError} If one is blank; the message names its line.
 */
export function requireNoBlank(documents: readonly string[]): void {
  const blank = documents.findIndex(isBlank);
  if (blank < 0) return;
  throw new RangeError(
    `Cannot use line ${blank + 1}: it is blank, wanted a document on each line`,
  );
}

/**
 * Names documents in an error as the user knows them.
 *
 * @param error An error of a pipeline, which numbers texts from 0.
 * @param lines Whether each line is a document.
 * @param first Number of the document that the pipeline calls 0.
 * @returns The error with `line 3` for `text 2`; without lines, with `the text`.
 */
export function nameDocuments(error: unknown, lines: boolean, first = 0): unknown {
  return renameTexts(error, (text) => lines ? `line ${first + text + 1}` : "the text");
}

/**
 * Names texts in an error.
 *
 * @param error An error of a pipeline, which numbers texts from 0.
 * @param nameOf Returns the name of a text.
 * @returns The error with the name in place of `text 2`.
 */
export function renameTexts(error: unknown, nameOf: (text: number) => string): unknown {
  if (!(error instanceof RangeError || error instanceof TypeError)) return error;
  const message = error.message.replace(
    /^(Cannot [\w ]+? )text (\d+)\b/,
    (_, start, text) => start + nameOf(Number(text)),
  );
  const SameClass = error.constructor as ErrorConstructor;
  return message === error.message ? error : new SameClass(message, { cause: error });
}

function isBlank(document: string): boolean {
  return document.trim() === "";
}
