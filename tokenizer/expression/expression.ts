import { holds } from "./assertions.ts";
import { compile, type Instruction, Op, type Program } from "./compile.ts";
import { type Assertion, parseExpression } from "./parse.ts";
import { stepBack, widthAt } from "./code_points.ts";

/** Steps that an expression may take: these, and so many for each character of its texts. */
const STEPS = 1e7;
const STEPS_PER_CHARACTER = 100;

/** Longest stack of alternatives, in numbers: 64 MB. */
const MAX_STACK = 2 ** 24;

/** Largest memory of failures, in bits: 64 MB. */
const MAX_FAILURES = 2 ** 29;

/** Larger stacks and memories of failures are not kept for the next text. */
const KEPT = 2 ** 18;

/** An entry of the stack: its kind (or the instruction of an alternative), and three numbers. */
const ENTRY = 4;
/** A failure to be remembered: its bit. */
const FAILURE = -1;
/** A run that may give back characters: its instruction, its first and its current end. */
const RUN = -2;
/** A register to be restored. */
const REGISTER = -3;

/**
 * A regular expression, matched by backtracking that remembers which instruction failed at which
 * position and does not try it there again: the time grows linearly with the text. Where that does
 * not hold (look-arounds, repetitions of what may be empty) a budget of steps bounds it.
 */
export class Expression {
  readonly #name: string;
  readonly #program: Program;
  #budget = STEPS;
  #text = "";
  #failures = new Int32Array(0);
  #stack = new Int32Array(64 * ENTRY);
  #top = 0;
  readonly #registers: Int32Array;
  /** Where the look-behind in progress has to end. */
  #target = 0;
  /** Where the search in progress began. */
  #searchStart = 0;
  /** The text's clusters: letters with their marks, emoji of several characters. */
  #clusters: Intl.Segments | undefined;

  /**
   * Compiles an expression.
   *
   * @param source The expression in the syntax of Python's tokenizers.
   * @param name How messages show it, for a source from outside.
   * @throws {SyntaxError} If it is malformed, too long, or has a part that is not supported.
   */
  constructor(source: string, name = source) {
    this.#name = name;
    this.#program = compile(parseExpression(source));
    this.#registers = new Int32Array(this.#program.registers);
  }

  /**
   * Finds the matches in a text as Python's tokenizers do: an empty match right after another match
   * is skipped.
   *
   * @param text The text.
   * @returns Start and end of each match, in UTF-16 code units.
   * @throws {RangeError} If the expression takes too many steps, or the text is too long for it.
   */
  findMatches(text: string): { start: number; end: number }[] {
    const bits = this.#program.memos * (text.length + 1);
    if (bits > MAX_FAILURES) {
      throw new RangeError(
        `${this.#what()}: the text of ${text.length} letters is too long for it`,
      );
    }
    const words = (bits + 31) >>> 5;
    if (this.#failures.length < words) this.#failures = new Int32Array(2 * words);
    else this.#failures.fill(0, 0, words);
    this.#budget = Math.min(this.#budget, STEPS) + STEPS_PER_CHARACTER * (text.length + 1);
    this.#text = text;
    try {
      return this.#findAll(text);
    } finally {
      this.#text = "";
      this.#clusters = undefined;
      if (this.#failures.length > KEPT) this.#failures = new Int32Array(0);
      if (this.#stack.length > KEPT) this.#stack = new Int32Array(64 * ENTRY);
    }
  }

  #findAll(text: string): { start: number; end: number }[] {
    const matches: { start: number; end: number }[] = [];
    let done = -1;
    for (let from = 0; from <= text.length;) {
      this.#searchStart = from;
      const match = this.#search(text, from);
      if (match === undefined) break;
      const { start, end } = match;
      const isSkipped = start === end && end === done;
      if (!isSkipped) matches.push(match);
      from = isSkipped ? from + widthAt(text, from) : end;
      done = isSkipped ? done : end;
    }
    return matches;
  }

  /** Finds the first match from a position on. */
  #search(text: string, from: number): { start: number; end: number } | undefined {
    for (; from <= text.length; from += widthAt(text, from)) {
      this.#top = 0;
      this.#registers[0] = from;
      const end = this.#run(0, from);
      if (end >= 0) return { start: this.#registers[0], end };
    }
    return undefined;
  }

  #what(): string {
    return `Cannot match the expression ${this.#name}`;
  }

  #refuse(): never {
    this.#budget = STEPS;
    throw new RangeError(
      `${this.#what()}: a text of ${this.#text.length} letters takes too many steps`,
    );
  }

  #push(kind: number, a: number, b: number, c: number): void {
    if (this.#top + ENTRY > this.#stack.length) {
      if (this.#stack.length >= MAX_STACK) {
        throw new RangeError(
          `${this.#what()}: the text of ${this.#text.length} letters is too long`,
        );
      }
      const larger = new Int32Array(4 * this.#stack.length);
      larger.set(this.#stack);
      this.#stack = larger;
    }
    const stack = this.#stack;
    stack[this.#top] = kind;
    stack[this.#top + 1] = a;
    stack[this.#top + 2] = b;
    stack[this.#top + 3] = c;
    this.#top += ENTRY;
  }

  /** Matches from an instruction and a position on; returns the match's end, or -1. */
  #run(pc: number, position: number): number {
    const { instructions } = this.#program;
    const text = this.#text;
    const { length } = text;
    const failures = this.#failures;
    const base = this.#top;
    let steps = this.#budget;
    for (;;) {
      if (--steps < 0) this.#refuse();
      const instruction = instructions[pc];
      let fails = false;
      switch (instruction.op) {
        case Op.Match:
          this.#top = base;
          this.#budget = steps;
          return position;
        case Op.Character:
        case Op.Set:
          if (accepts(instruction, text, position)) {
            position += widthAt(text, position);
            pc++;
          } else fails = true;
          break;
        case Op.Run: {
          const first = position;
          position = this.#runEnd(instruction, position);
          fails = position < 0;
          if (fails) break;
          steps -= position - first;
          if (position > first) this.#push(RUN, pc, first, position);
          pc++;
          break;
        }
        case Op.Possess: {
          const first = position;
          position = this.#runEnd(instruction, position);
          steps -= position - first;
          pc++;
          break;
        }
        case Op.Split: {
          const bit = instruction.memo < 0 ? -1 : instruction.memo * (length + 1) + position;
          if (bit >= 0 && hasBit(failures, bit)) fails = true;
          else if (!mayMatch(instructions[instruction.to], text, position)) pc = instruction.or;
          else {
            if (mayMatch(instructions[instruction.or], text, position)) {
              this.#push(instruction.or, position, bit, 0);
            }
            pc = instruction.to;
          }
          break;
        }
        case Op.Jump:
          pc = instruction.to;
          break;
        case Op.Assert:
          if (this.#holds(instruction.assertion!, position)) pc++;
          else fails = true;
          break;
        case Op.Atomic: {
          this.#budget = steps;
          const end = this.#run(pc + 1, position);
          steps = this.#budget;
          fails = end < 0;
          position = end;
          pc = instruction.to;
          break;
        }
        case Op.LookAhead:
          this.#budget = steps;
          fails = (this.#run(pc + 1, position) < 0) !== instruction.negative;
          steps = this.#budget;
          pc = instruction.to;
          break;
        case Op.LookBehind:
          this.#budget = steps;
          fails = this.#looksBehind(instruction, pc, position) === instruction.negative;
          steps = this.#budget;
          pc = instruction.to;
          break;
        case Op.Reached:
          fails = position !== this.#target;
          pc++;
          break;
        case Op.Enter:
          this.#push(REGISTER, instruction.min, this.#registers[instruction.min], 0);
          this.#registers[instruction.min] = position;
          pc++;
          break;
        case Op.Keep:
          this.#push(REGISTER, 0, this.#registers[0], 0);
          this.#registers[0] = position;
          pc++;
          break;
        case Op.Leave:
          pc = this.#registers[instruction.min] === position ? instruction.to : pc + 1;
      }
      if (!fails) continue;

      // Back to the last alternative.
      for (;;) {
        if (this.#top === base) {
          this.#budget = steps;
          return -1;
        }
        steps--;
        const stack = this.#stack;
        const top = this.#top -= ENTRY;
        const kind = stack[top];
        if (kind >= 0) {
          pc = kind;
          position = stack[top + 1];
          if (stack[top + 2] >= 0) this.#push(FAILURE, stack[top + 2], 0, 0);
          break;
        }
        if (kind === FAILURE) setBit(failures, stack[top + 1]);
        else if (kind === REGISTER) this.#registers[stack[top + 1]] = stack[top + 2];
        else {
          const end = stack[top + 3];
          const { memo } = instructions[stack[top + 1]];
          if (memo >= 0) setBit(failures, memo * (length + 1) + end);
          if (end === stack[top + 2]) continue;
          pc = stack[top + 1] + 1;
          position = stepBack(text, end);
          stack[top + 3] = position;
          this.#top += ENTRY;
          break;
        }
      }
    }
  }

  /**
   * The end of a run of the instruction's characters, before any end that is known to fail; -1 if
   * all are.
   */
  #runEnd({ set, memo }: Instruction, position: number): number {
    const text = this.#text;
    const { length } = text;
    const failures = this.#failures;
    const bit = memo * (length + 1);
    if (memo >= 0 && hasBit(failures, bit + position)) return -1;
    while (position < length) {
      const unit = text.charCodeAt(position);
      const isPair = (unit & 0xfc00) === 0xd800;
      if (!set!.has(isPair ? text.codePointAt(position)! : unit)) break;
      const next = position + (isPair ? 2 : 1);
      if (memo >= 0 && hasBit(failures, bit + next)) break;
      position = next;
    }
    return position;
  }

  #holds(assertion: Assertion, position: number): boolean {
    switch (assertion) {
      case "search start":
        return position === this.#searchStart;
      case "cluster boundary":
      case "inside cluster": {
        this.#clusters ??= new Intl.Segmenter("en").segment(this.#text);
        const cluster = this.#clusters.containing(position);
        const isBoundary = cluster === undefined || cluster.index === position;
        return isBoundary === (assertion === "cluster boundary");
      }
      default:
        return holds(assertion, this.#text, position);
    }
  }

  /** Whether the instructions of a look-behind match a text that ends at a position. */
  #looksBehind({ min, max }: Instruction, pc: number, position: number): boolean {
    const before = this.#target;
    this.#target = position;
    let start = position;
    let found = false;
    for (let width = 0; width <= max && !found; width++) {
      if (width >= min) found = this.#run(pc + 1, start) >= 0;
      if (start === 0) break;
      start = stepBack(this.#text, start);
    }
    this.#target = before;
    return found;
  }
}

function hasBit(bits: Int32Array, bit: number): boolean {
  return (bits[bit >>> 5] & (1 << (bit & 31))) !== 0;
}

function setBit(bits: Int32Array, bit: number): void {
  bits[bit >>> 5] |= 1 << (bit & 31);
}

/** Whether the next character is the instruction's. */
function accepts({ op, code, set }: Instruction, text: string, position: number): boolean {
  if (position >= text.length) return false;
  const unit = text.charCodeAt(position);
  const next = (unit & 0xfc00) === 0xd800 ? text.codePointAt(position)! : unit;
  return op === Op.Character ? next === code : set!.has(next);
}

/** Whether an instruction does not fail at once. */
function mayMatch(instruction: Instruction, text: string, position: number): boolean {
  return instruction.op > Op.Set || instruction.op === Op.Match ||
    accepts(instruction, text, position);
}
