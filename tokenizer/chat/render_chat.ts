/**
 * Conversations as the text that a model was trained on.
 *
 * @module
 */
import { showName, showValue } from "../../base/show_value.ts";
import { parseTemplate, runTemplate } from "./bounded_interpreter.ts";
import { strftime } from "./strftime.ts";
import type { ParsedTemplate } from "./syntax.ts";

/** Templates that were parsed lately. */
const parsed = new Map<string, ParsedTemplate>();

/** Most templates that are kept. */
const KEPT = 8;

/** Deepest nesting of a conversation, of tools or documents. */
const MAX_NESTING = 64;

/** Types of the other values, but null. */
const PLAIN: readonly string[] = ["string", "number", "boolean", "undefined"];

/** What a template refuses by `raise_exception`. */
class Refusal extends Error {}

/**
 * Applies a template.
 *
 * @param template The template, in Jinja.
 * @param variables What it is given, plain data.
 * @param now The time.
 * @returns The text.
 * @throws {TypeError} If a variable is not plain data.
 * @throws {SyntaxError} If the template is malformed, or asks for what the engine lacks.
 * @throws {RangeError} If it refuses the conversation, or does too much work.
 */
export function renderChat(
  template: string,
  variables: Readonly<Record<string, unknown>>,
  now: () => Date = () => new Date(),
): string {
  checkPlain(variables, "the variables");
  try {
    let ready = parsed.get(template);
    if (!ready) {
      ready = parse(template);
      if (parsed.size === KEPT) parsed.delete(parsed.keys().next().value!);
      parsed.set(template, ready);
    }
    return runTemplate(ready, {
      true: true,
      false: false,
      none: null,
      True: true,
      False: false,
      None: null,
      raise_exception: (message: unknown) => {
        throw new Refusal(typeof message === "string" ? message : showValue(message));
      },
      strftime_now: (format: unknown) => strftime(now(), String(format).slice(0, 1000)),
      ...variables,
    });
  } catch (error) {
    throw explain(error);
  }
}

function parse(template: string): ParsedTemplate {
  try {
    return parseTemplate(template);
  } catch (error) {
    // The engine reads a token behind the last one.
    if (!(error instanceof TypeError)) throw error;
    throw new SyntaxError("it ends in the middle of a statement", { cause: error });
  }
}

/** Errors of the engine as those of this library. */
function explain(error: unknown): Error {
  const { message } = error as Error;
  if (error instanceof Refusal) {
    return new RangeError(`The chat template refuses the conversation: ${showName(message)}`);
  }
  if (error instanceof RangeError && message.startsWith("Cannot apply")) return error;
  // The engine's own recursion, in a template of thousands of brackets; a text beyond all bounds.
  if (/call stack|recursion|string length/i.test(message)) {
    return new RangeError("Cannot apply the chat template: it is nested too deeply, or too long");
  }
  return new SyntaxError(`Cannot apply the chat template: ${showName(message)}`, { cause: error });
}

/** Asserts that a value is plain data, not too deep, and not part of itself. */
function checkPlain(value: unknown, name: string, level = 0): void {
  if (level > MAX_NESTING) {
    throw new TypeError(`Cannot apply a chat template to ${name}: it is nested too deeply`);
  }
  // A Date or a Map would be written as {}. Not by its prototype, which another realm has, too.
  if (["[object Object]", "[object Array]"].includes(Object.prototype.toString.call(value))) {
    for (const [key, part] of Object.entries(value as object)) {
      checkPlain(part, level === 0 ? key : name, level + 1);
    }
  } else if (value !== null && !PLAIN.includes(typeof value)) {
    throw new TypeError(
      `Cannot apply a chat template to ${name} with ${showValue(value)}: wanted plain data`,
    );
  }
}
