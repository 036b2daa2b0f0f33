/**
 * What a chat template may cost: templates come from outside.
 *
 * @module
 */

/** Most characters of a template; published ones have up to 20,000. */
const MAX_TEMPLATE = 100_000;

/** Most work of the template's expressions on white space, a run of `n` characters taking n². */
const MAX_BLANK_WORK = 2 ** 26;

/** Work that any template may do, in characters or so: a tenth of a second. */
const BASE_WORK = 2 ** 22;

/** Work for each character of the conversation, which templates read several times. */
const WORK_PER_CHARACTER = 64;

/** Work for each pair of messages: some templates look from each message for a later one. */
const WORK_PER_PAIR = 640;

/** Deepest nesting of expressions, loops and calls of macros. */
const MAX_DEPTH = 400;

/** Work of a step: an expression, a value in a list. */
export const STEP = 16;

/** The work that a template has left. */
export class WorkBudget {
  #left: number;
  #depth = 0;

  /**
   * Makes the budget of a call.
   *
   * @param given Work of reading what the call gives the template once.
   * @param messages How many messages it gives.
   */
  constructor(given: number, messages = 0) {
    const pairs = messages * (messages - 1) / 2;
    this.#left = BASE_WORK + WORK_PER_CHARACTER * given + WORK_PER_PAIR * pairs;
  }

  /**
   * Takes work off, before it is done where that is known.
   *
   * @param work Characters, or {@linkcode STEP}s.
   * @throws {RangeError} If so much is not left.
   */
  spend(work: number): void {
    // Not NaN either.
    if ((this.#left -= work) >= 0) return;
    throw new RangeError(
      "Cannot apply the chat template: it does far more work than the conversation needs",
    );
  }

  /** Enters an expression inside of others. */
  enter(): void {
    if (++this.#depth > MAX_DEPTH) throw tooDeep();
  }

  /** Leaves it. */
  leave(): void {
    this.#depth--;
  }
}

/**
 * Makes the error of what is nested too deeply.
 *
 * @returns The error.
 */
export function tooDeep(): RangeError {
  return new RangeError(
    `Cannot apply the chat template: it is nested, or calls itself, more than ${MAX_DEPTH} deep`,
  );
}

/**
 * Asserts that a template can be parsed in little time.
 *
 * @param template The template.
 * @throws {RangeError} If it cannot.
 */
export function checkTemplateLength(template: string): void {
  if (template.length > MAX_TEMPLATE) {
    throw new RangeError(
      `Cannot apply a chat template of ${template.length} characters: wanted at most ${MAX_TEMPLATE}`,
    );
  }
  let work = 0;
  for (const [run] of template.matchAll(/\s+/g)) work += run.length ** 2;
  if (work > MAX_BLANK_WORK) {
    throw new RangeError("Cannot apply a chat template with thousands of spaces in a row");
  }
}
