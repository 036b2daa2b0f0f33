import { isJsonObject } from "../base/json.ts";
import { showName, showValue } from "../base/show_value.ts";
import type { Expression } from "./expression/expression.ts";
import type { JsonPart } from "./json_part.ts";
import type { Readers } from "./readers.ts";

/** A pattern: an expression of a tokenizer.json, or one of ours, with the flag `g`. */
export type Pattern = Expression | RegExp;

/**
 * Reads the `pattern` of a part: `{"String": "…"}` is matched literally, `{"Regex": "…"}` is a
 * regular expression in the syntax of Python's tokenizers.
 *
 * @param part The part.
 * @param readers The reader of expressions, if it has one.
 * @returns The pattern for {@linkcode findMatches}.
 * @throws {TypeError} If it is neither, or the expression is malformed or not supported.
 */
export function readPattern(part: JsonPart, { Regex }: Readers): Pattern {
  const pattern = part.get("pattern");
  const { String: text, Regex: regex } = isJsonObject(pattern) ? pattern : {};
  if (typeof text === "string" && text !== "" && text.isWellFormed()) {
    return new RegExp(text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"), "gu");
  }
  if (typeof regex !== "string" || !regex.isWellFormed()) {
    return part.fail(`pattern is ${showValue(pattern)}; wanted a String or a Regex`);
  }
  const shown = showValue(regex);
  try {
    return new Regex!.Expression(regex, shown);
  } catch (cause) {
    return part.fail(`the Regex ${shown}: ${showName((cause as Error).message)}`);
  }
}

/**
 * Finds the matches of a pattern as Python's tokenizers do: unlike JavaScript they skip an empty
 * match right after another match.
 *
 * @param text The text.
 * @param pattern The pattern.
 * @returns Start and end of each match.
 * @throws {RangeError} If an expression takes too many steps.
 */
export function* findMatches(
  text: string,
  pattern: Pattern,
): Iterable<{ start: number; end: number }> {
  if (!(pattern instanceof RegExp)) return yield* pattern.findMatches(text);
  let done = -1;
  for (const { 0: match, index: start } of text.matchAll(pattern)) {
    if (match === "" && start === done) continue;
    done = start + match.length;
    yield { start, end: done };
  }
}
