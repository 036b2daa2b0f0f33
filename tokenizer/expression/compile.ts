import type { CharacterSet } from "./character_set.ts";
import type { Assertion, Node } from "./parse.ts";

/** What an instruction does. */
export const enum Op {
  /** Ends the expression, or the one of a look-around or atomic group. */
  Match,
  /** Consumes the character `code`. */
  Character,
  /** Consumes a character of `set`. */
  Set,
  /** Consumes as many characters of `set` as possible, and fewer if the rest fails. */
  Run,
  /** Consumes all characters of `set`. */
  Possess,
  /** Goes on at `to`; if that fails, at `or`. */
  Split,
  Jump,
  /** Asserts a position. */
  Assert,
  /** Matches the instructions that follow by themselves, then goes on at `to`. */
  Atomic,
  /** Asserts that the instructions that follow match, or do not; then goes on at `to`. */
  LookAhead,
  /** The same for a match that ends here and has `min` to `max` characters. */
  LookBehind,
  /** Fails unless the look-behind's end is reached. */
  Reached,
  /** Remembers where a repetition of a part that may be empty begins. */
  Enter,
  /** Leaves such a repetition, to `to`, if it was empty. */
  Leave,
  /** Makes the match start here. */
  Keep,
}

/** An instruction; which of the fields count depends on `op`. */
export interface Instruction {
  op: Op;
  code: number;
  set?: CharacterSet;
  assertion?: Assertion;
  to: number;
  or: number;
  min: number;
  max: number;
  negative: boolean;
  /** Number of the instruction among those whose failures are remembered; -1: not remembered. */
  memo: number;
}

/** A compiled expression. */
export interface Program {
  /** Its instructions. */
  instructions: Instruction[];
  /** The number of instructions whose failures are remembered. */
  memos: number;
  /**
   * The number of positions that are remembered: first where the match starts, then where
   * repetitions begin.
   */
  registers: number;
}

/** Longest program: counted repetitions are written out. */
const MAX_INSTRUCTIONS = 10_000;

/**
 * Compiles an expression for the matcher.
 *
 * @param node The parsed expression.
 * @returns The program.
 * @throws {SyntaxError} If it is too long.
 */
export function compile(node: Node): Program {
  const instructions: Instruction[] = [];
  let memos = 0;
  let registers = 1;
  // Whether the failure of an instruction depends on nothing but its position.
  let isPure = !asksForSearch(node);
  // Whether the match of a part is final: alternatives that it leaves are not tried again.
  let isFinal = false;

  const emit = (op: Op, fields: Partial<Instruction> = {}): Instruction => {
    if (instructions.length === MAX_INSTRUCTIONS) {
      throw new SyntaxError(`it is too long: repetitions take ${MAX_INSTRUCTIONS} steps`);
    }
    const blank = { op, code: 0, to: 0, or: 0, min: 0, max: 0, negative: false, memo: -1 };
    const remembers = isPure && (op === Op.Split || op === Op.Run);
    const instruction = { ...blank, ...fields, ...(remembers && { memo: memos++ }) };
    instructions.push(instruction);
    return instruction;
  };
  const here = () => instructions.length;
  const split = (mode: string, inside: () => void, isLoop: boolean) => {
    const start = here();
    const fork = emit(Op.Split);
    inside();
    if (isLoop) emit(Op.Jump, { to: start });
    [fork.to, fork.or] = mode === "lazy" ? [here(), start + 1] : [start + 1, here()];
  };

  const repeat = ({ item, min, max, mode }: Extract<Node, { type: "repeat" }>) => {
    if (mode === "possessive") {
      const isSet = item.type === "set" && max === Infinity;
      if (!isSet) return atomic({ type: "repeat", item, min, max, mode: "greedy" });
      for (let i = 0; i < min; i++) write(item);
      emit(Op.Possess, { set: item.set });
      return;
    }
    for (let i = 0; i < min; i++) write(item);
    if (max === Infinity) {
      if (item.type === "set" && mode === "greedy") emit(Op.Run, { set: item.set });
      else if (widthOf(item)[0] > 0) split(mode, () => write(item), true);
      else {
        split(mode, () => {
          const wasPure = isPure;
          isPure = false;
          const register = registers++;
          emit(Op.Enter, { min: register });
          write(item);
          const leave = emit(Op.Leave, { min: register });
          // After the jump back to the loop's start.
          leave.to = here() + 1;
          isPure = wasPure;
        }, true);
      }
      return;
    }
    const ends: (() => void)[] = [];
    for (let i = min; i < max; i++) {
      const start = here();
      const fork = emit(Op.Split);
      write(item);
      ends.push(() => {
        [fork.to, fork.or] = mode === "lazy" ? [here(), start + 1] : [start + 1, here()];
      });
    }
    ends.forEach((end) => end());
  };

  const atomic = (item: Node) => {
    const start = emit(Op.Atomic);
    const wasFinal = isFinal;
    isFinal = true;
    write(item);
    isFinal = wasFinal;
    emit(Op.Match);
    start.to = here();
  };

  const look = ({ item, behind, negative }: Extract<Node, { type: "look" }>) => {
    const [min, max] = behind ? widthOf(item) : [0, 0];
    const [wasPure, wasFinal] = [isPure, isFinal];
    isPure &&= !behind;
    isFinal = true;
    const start = emit(behind ? Op.LookBehind : Op.LookAhead, { negative, min, max });
    write(item);
    if (behind) emit(Op.Reached);
    emit(Op.Match);
    start.to = here();
    [isPure, isFinal] = [wasPure, wasFinal];
  };

  const write = (node: Node): void => {
    switch (node.type) {
      case "character":
        emit(Op.Character, { code: node.code });
        return;
      case "set":
        emit(Op.Set, { set: node.set });
        return;
      case "sequence":
        return node.items.forEach(write);
      case "choice": {
        const jumps: Instruction[] = [];
        node.options.forEach((option, i) => {
          if (i === node.options.length - 1) return write(option);
          const fork = emit(Op.Split);
          fork.to = here();
          write(option);
          jumps.push(emit(Op.Jump));
          fork.or = here();
        });
        for (const jump of jumps) jump.to = here();
        return;
      }
      case "repeat":
        return repeat(node);
      case "atomic":
        return atomic(node.item);
      case "look":
        return look(node);
      case "assertion":
        emit(Op.Assert, { assertion: node.assertion });
        return;
      case "keep":
        // The matcher forgets what such a part did, and could not take it back.
        if (isFinal) throw new SyntaxError("it has \\K in a look-around or an atomic part");
        emit(Op.Keep);
    }
  };
  write(node);
  emit(Op.Match);
  return { instructions, memos, registers };
}

/** Tells whether a part asks where the search began, so that what failed in one may match later. */
function asksForSearch(node: Node): boolean {
  switch (node.type) {
    case "sequence":
      return node.items.some(asksForSearch);
    case "choice":
      return node.options.some(asksForSearch);
    case "repeat":
    case "atomic":
    case "look":
      return asksForSearch(node.item);
    default:
      return node.type === "assertion" && node.assertion === "search start";
  }
}

/** The smallest and the largest number of characters that a part may match. */
function widthOf(node: Node): [min: number, max: number] {
  switch (node.type) {
    case "character":
    case "set":
      return [1, 1];
    case "sequence": {
      const widths = node.items.map(widthOf);
      return [
        widths.reduce((sum, [min]) => sum + min, 0),
        widths.reduce((sum, [, max]) => sum + max, 0),
      ];
    }
    case "choice": {
      const widths = node.options.map(widthOf);
      return [
        widths.reduce((least, [min]) => Math.min(least, min), Infinity),
        widths.reduce((most, [, max]) => Math.max(most, max), 0),
      ];
    }
    case "repeat": {
      const [min, max] = widthOf(node.item);
      return [min * node.min, max === 0 ? 0 : max * node.max];
    }
    case "atomic":
      return widthOf(node.item);
    default:
      return [0, 0];
  }
}
