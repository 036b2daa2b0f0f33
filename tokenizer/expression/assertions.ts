import { isWordCharacter } from "./character_set.ts";
import { stepBack } from "./code_points.ts";
import type { Assertion } from "./parse.ts";

/**
 * Tells whether a position is what an assertion asks for. Those that ask for more than the text and
 * the position are the matcher's.
 *
 * @param assertion The assertion.
 * @param text The text.
 * @param position The position.
 * @returns True if it holds.
 */
export function holds(assertion: Assertion, text: string, position: number): boolean {
  const isEnd = position === text.length;
  switch (assertion) {
    case "text start":
      return position === 0;
    case "text end":
      return isEnd;
    case "line start":
      return position === 0 || (text[position - 1] === "\n" && !isEnd);
    case "line end":
      return isEnd || text[position] === "\n";
    case "last line end":
      return isEnd || (position === text.length - 1 && text[position] === "\n");
    default: {
      const before = position > 0 && isWordAt(text, stepBack(text, position));
      const after = !isEnd && isWordAt(text, position);
      return (before !== after) === (assertion === "word boundary");
    }
  }
}

function isWordAt(text: string, position: number): boolean {
  return isWordCharacter(String.fromCodePoint(text.codePointAt(position)!));
}
