/**
 * How a sentence-transformers checkpoint reads texts: length, case, prompts.
 *
 * @module
 */
import { showValue } from "../base/show_value.ts";

/** How texts are read. */
export interface SentenceTexts {
  /** Most tokens of a text; absent: as many as tokenizer and model read. */
  readonly max_seq_length?: number;
  /** Whether texts, with their prompts, lose the white space at both ends. */
  readonly strip?: boolean;
  /** Whether texts are lower-cased before they are split into tokens. */
  readonly do_lower_case?: boolean;
  /** Texts to put in front of texts, by name. */
  readonly prompts?: Readonly<Record<string, string>>;
  /** Name of the prompt of calls that name none; absent: no prompt. */
  readonly default_prompt_name?: string;
}

/** White space to Python's `strip` that is none here. */
const ALSO_SPACE = "\x1c\x1d\x1e\x1f\x85";

const isSpace = (character: string) =>
  character !== "\ufeff" && (/\s/.test(character) || ALSO_SPACE.includes(character));

/** Removes white space at both ends; one expression for the end would take quadratic time. */
function stripSpace(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isSpace(text[start])) start++;
  while (end > start && isSpace(text[end - 1])) end--;
  return text.slice(start, end);
}

/**
 * Prepares a text for the tokenizer.
 *
 * @param text The text; what is not a string is left for the tokenizer to refuse.
 * @param settings How texts are read.
 * @returns The text.
 */
export function prepareText(text: string, { strip, do_lower_case }: SentenceTexts): string {
  if (typeof text !== "string") return text;
  const stripped = strip ? stripSpace(text) : text;
  return do_lower_case ? stripped.toLowerCase() : stripped;
}

/**
 * Lists the names of prompts for a message.
 *
 * @param prompts The prompts.
 * @returns The names, or "none".
 */
export function namesOf(prompts: Readonly<Record<string, string>>): string {
  const names = Object.keys(prompts).slice(0, 10);
  return names.map(showValue).join(", ") || "none";
}
