import { isJsonObject } from "../base/json.ts";
import type { JsonPart } from "./json_part.ts";

/** What an escape is in Unicode, where JavaScript's own means something else. */
const escapes: Readonly<Record<string, string>> = {
  // JavaScript's \s has U+FEFF and lacks U+0085.
  "\\s": "\\p{White_Space}",
  "\\S": "\\P{White_Space}",
  "\\d": "\\p{Nd}",
  "\\D": "\\P{Nd}",
};

/**
 * Reads the `pattern` of a part: `{"String": "…"}` stands for itself, `{"Regex": "…"}` is a regular
 * expression as Python's tokenizers have them.
 *
 * @param part The part.
 * @returns The pattern for {@linkcode findMatches}.
 * @throws {TypeError} If it is neither, or the expression has something that JavaScript lacks, or a
 * repeated group that leaves a choice itself.
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
  // Word characters and word boundaries are ASCII's in JavaScript: better none than others.
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
 * Finds a pattern in a text as Python's tokenizers do: of an empty match right behind another one,
 * which JavaScript gives, they know nothing.
 *
 * @param text The text.
 * @param pattern The pattern, with the flag `g`.
 * @returns Where each match starts and ends.
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

/** An escape or a class: signs in it have no meaning of their own. */
const ATOM = String.raw`\\.|\[\^?\]?(?:\\.|[^\]\\])*\]`;

/** The start of a group, a quantifier with the group that it may close, an end, an alternative. */
const SIGN = /\((?:\?(?:<?[=!]|<\w+>|[a-z-]*:))?|\)?(?:[*+?]|\{\d+(?:,\d*)?\})|\)|\|/g;

/** Quantifiers that allow ten times and more. */
const isRepetition = (sign: string) => /[*+]$|,\}$|\d{2,}\}$/.test(sign);

/**
 * Whether a group is repeated that leaves a choice itself, like `(a+)+`, `(a?){50}` or `(a|a)*`: on a
 * text that nearly matches, JavaScript tries every combination. No tokenizer needs one.
 */
function repeatsChoice(regex: string): boolean {
  const signs = regex.replaceAll(new RegExp(ATOM, "gsu"), "x").matchAll(SIGN);
  // For each open group, and for what is around all of them, whether it holds a choice.
  const holds = [false];
  for (const [sign] of signs) {
    if (sign.startsWith("(")) {
      holds.push(false);
      continue;
    }
    const inner = sign.startsWith(")") && holds.length > 1 && holds.pop()!;
    if (inner && isRepetition(sign)) return true;
    holds[holds.length - 1] ||= inner || !/^\)$|\{\d+\}$/.test(sign);
  }
  return false;
}

/** Escapes, classes and dots as JavaScript has them; its own dot stops at more than a line feed. */
function translate(regex: string): string {
  return regex.replace(
    new RegExp(`${ATOM}|\\.`, "gsu"),
    (piece) =>
      piece === "." ? "[^\\n]" : piece.replace(/\\./gsu, (escape) => escapes[escape] ?? escape),
  );
}
