/**
 * Long documents in parts that overlap.
 *
 * @module
 */
import { showValue } from "../base/show_value.ts";
import type { FeatureExtractionPipeline } from "../pipelines/mod.ts";
import { prepareText } from "../pipelines/sentence_texts.ts";
import type { Document } from "./encode_inputs.ts";
import type { Passage } from "./embedding.ts";

/** How documents are divided. */
export interface WindowOptions {
  /** Most tokens of a passage, special tokens and prompt included. */
  readonly window: number;
  /** Tokens that a passage shares with the one before. */
  readonly overlap: number;
  /** Text in front of each passage. */
  readonly prompt: string;
}

/** A passage, and its name in messages. */
export interface NamedPassage extends Passage {
  /** Name of its document. */
  readonly name: string;
}

/** Parts of a window in which a word may begin for it to end there. */
const SEARCHED = 4;

/**
 * Makes a passage of a whole document.
 *
 * @param document The document.
 * @returns The passage, with the document's id.
 */
export function wholeDocument({ id, name, text }: Document): NamedPassage {
  return { id, name, start: 0, end: text.length, text };
}

/**
 * Divides a document into passages that end between words, where there are spaces.
 *
 * @param extractor The pipeline that will read them.
 * @param document The document.
 * @param options Sizes in tokens.
 * @returns The passages, without white space at both ends, with `#1`, `#2` … behind the document's
 * id; a blank document is one passage.
 * @throws {RangeError} If special tokens and prompt leave no place, or less than the overlap, or a
 * character alone is longer than a window.
 */
export function* splitDocument(
  extractor: FeatureExtractionPipeline,
  document: Document,
  { window, overlap, prompt }: WindowOptions,
): Generator<NamedPassage> {
  const { tokenizer, defaults } = extractor;
  const count = (text: string) => tokenizer.encode(prepareText(prompt + text, defaults)).length;
  const capacity = window - count("");
  if (capacity <= overlap) {
    throw new RangeError(
      `Cannot use --window ${window}: special tokens and prompt leave ${Math.max(0, capacity)} ` +
        `tokens of it, wanted more than --overlap ${overlap}`,
    );
  }
  const { text, id, name } = document;
  const [{ starts, ends }] = tokenizer._encodeRows([text], { add_special_tokens: false });
  const tokens = starts.length;
  const isBlank = text.trim() === "";
  if (isBlank || tokens === 0) {
    yield { id: `${id}#1`, name, ...trim(text, 0, isBlank ? 0 : text.length) };
    return;
  }
  let number = 0;
  let end = 0;
  for (let first = 0; first < tokens;) {
    let last = Math.min(first + capacity, tokens);
    if (last < tokens) last = wordBefore(text, starts, last, last - capacity / SEARCHED);
    let passage = trim(text, starts[first], ends[last - 1]);
    // A part alone may have other tokens than in its document.
    for (let length = count(passage.text); length > window; length = count(passage.text)) {
      if (last === first + 1) {
        throw new RangeError(
          `Cannot divide ${name}: ${showValue(passage.text)} alone has ${length} tokens with ` +
            `special ones and the prompt, wanted at most --window ${window}`,
        );
      }
      last--;
      passage = trim(text, starts[first], ends[last - 1]);
    }
    // Several tokens may be one character; the last of them add nothing.
    if (passage.end > end && passage.text !== "") {
      yield { id: `${id}#${++number}`, name, ...passage };
      end = passage.end;
    }
    if (last === tokens) return;
    const next = Math.max(first + 1, last - overlap);
    first = overlap === 0
      ? last
      : Math.max(first + 1, wordBefore(text, starts, next, next - capacity / SEARCHED));
  }
}

/** The last token up to `from` that begins a word; `from` itself if none does down to `least`. */
function wordBefore(text: string, starts: Int32Array, from: number, least: number): number {
  for (let token = from; token >= Math.max(1, least); token--) {
    if (/\s/.test(text[starts[token] - 1] ?? " ") || /\s/.test(text[starts[token]])) return token;
  }
  return from;
}

function trim(text: string, start: number, end: number): Omit<Passage, "id"> {
  const part = text.slice(start, end);
  const from = start + (part.length - part.trimStart().length);
  const trimmed = part.trim();
  return { start: from, end: from + trimmed.length, text: trimmed };
}
