import { isJsonObject } from "../base/json.ts";
import type { JsonPart } from "./json_part.ts";

/** Escapes whose meaning differs in JavaScript, with their Unicode equivalents. */
const escapes: Readonly<Record<string, string>> = {
  // JavaScript's \s includes U+FEFF and lacks U+0085.
  "\\s": "\\p{White_Space}",
  "\\S": "\\P{White_Space}",
  "\\d": "\\p{Nd}",
  "\\D": "\\P{Nd}",
};

/**
 * Reads the `pattern` of a part: `{"String": "…"}` is matched literally, `{"Regex": "…"}` is a
 * regular expression in the syntax of Python's tokenizers.
 *
 * @param part The part.
 * @returns The pattern for {@linkcode findMatches}.
 * @throws {TypeError} If it is neither, or the expression is not supported in JavaScript or repeats
 * a group that contains a choice.
 */
export function readPattern(part: JsonPart): RegExp {
  const pattern = part.get("pattern");
  const { String: text, Regex: regex } = isJsonObject(pattern) ? pattern : {};
  if (typeof text === "string" && text !== "") {
    return new RegExp(text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"), "gu");
  }
  if (typeof regex !== "string") {
    return part.fail(`pattern is ${JSON.stringify(pattern)}; wanted a String or a Regex`);
  }
  // JavaScript's word characters and boundaries are ASCII only: better an error than other words.
  if (/\\[wWbB]/.test(regex.replaceAll("\\\\", ""))) {
    return part.fail(`the Regex ${JSON.stringify(regex)} has \\w or \\b, which is not supported`);
  }
  if (repeatsChoice(regex)) {
    return part.fail(
      `the Regex ${JSON.stringify(regex)} repeats a choice (*, +, ?, {} or |): it may never end`,
    );
  }
  try {
    return new RegExp(translate(regex), "gmu");
  } catch (cause) {
    return part.fail(`the Regex ${JSON.stringify(regex)}: ${(cause as Error).message}`);
  }
}

/**
 * Finds the matches of a pattern as Python's tokenizers do: unlike JavaScript they skip an empty
 * match right after another match.
 *
 * @param text The text.
 * @param pattern The pattern, with the flag `g`.
 * @returns Start and end of each match.
 */
export function* findMatches(
  text: string,
  pattern: RegExp,
): Generator<{ start: number; end: number }> {
  let done = -1;
  for (const { 0: match, index: start } of text.matchAll(pattern)) {
    if (match === "" && start === done) continue;
    done = start + match.length;
    yield { start, end: done };
  }
}

/** An escape or a character class: operators inside are literal. */
const ATOM = String.raw`\\.|\[\^?\]?(?:\\.|[^\]\\])*\]`;

/** Start of a group, quantifier (with the end of its group), end of a group, or alternative. */
const OPERATOR = /\((?:\?(?:<?[=!]|<\w+>|[a-z-]*:))?|\)?(?:[*+?]|\{\d+(?:,\d*)?\})|\)|\|/g;

/** Whether a quantifier allows ten repetitions or more. */
const isRepetition = (operator: string) => /[*+]$|,\}$|\d{2,}\}$/.test(operator);

/**
 * Whether a repeated group contains a choice, like `(a+)+`, `(a?){50}` or `(a|a)*`: on a text that
 * nearly matches, JavaScript tries every combination. No tokenizer needs such a group.
 */
function repeatsChoice(regex: string): boolean {
  const operators = regex.replaceAll(new RegExp(ATOM, "gsu"), "x").matchAll(OPERATOR);
  // Whether the whole expression, and each open group, contains a choice.
  const choices = [false];
  for (const [operator] of operators) {
    if (operator.startsWith("(")) {
      choices.push(false);
      continue;
    }
    const inner = operator.startsWith(")") && choices.length > 1 && choices.pop()!;
    if (inner && isRepetition(operator)) return true;
    choices[choices.length - 1] ||= inner || !/^\)$|\{\d+\}$/.test(operator);
  }
  return false;
}

/** Translates escapes, classes and dots; JavaScript's dot excludes more than the line feed. */
function translate(regex: string): string {
  return regex.replace(
    new RegExp(`${ATOM}|\\.`, "gsu"),
    (piece) =>
      piece === "." ? "[^\\n]" : piece.replace(/\\./gsu, (escape) => escapes[escape] ?? escape),
  );
}
