import {
  CharacterSet,
  isWordCharacter,
  posixClass,
  propertyClass,
  type SetItem,
  testOf,
} from "./character_set.ts";

/** A position that an expression asks for. */
export type Assertion =
  | "text start"
  | "text end"
  | "line start"
  | "line end"
  | "last line end"
  | "word boundary"
  | "inside"
  | "search start"
  | "cluster boundary"
  | "inside cluster";

/** A parsed expression. */
export type Node =
  | { type: "character"; code: number }
  | { type: "set"; set: CharacterSet }
  | { type: "sequence"; items: Node[] }
  | { type: "choice"; options: Node[] }
  | { type: "repeat"; item: Node; min: number; max: number; mode: "greedy" | "lazy" | "possessive" }
  | { type: "atomic"; item: Node }
  | { type: "look"; item: Node; behind: boolean; negative: boolean }
  | { type: "assertion"; assertion: Assertion }
  | { type: "keep" };

/** Options inside an expression: `(?i)` ignores case, `(?m)` lets a dot match a line feed. */
interface Options {
  i: boolean;
  m: boolean;
  x: boolean;
}

/** Deepest nesting of groups and classes; the parser and the matcher are recursive. */
const MAX_DEPTH = 100;

/** More classes would cost memory; the largest expressions of tokenizers have thirty. */
const MAX_SETS = 256;

const controls: Readonly<Record<string, number>> = {
  t: 9,
  n: 10,
  v: 11,
  f: 12,
  r: 13,
  a: 7,
  e: 27,
};

const assertions: Readonly<Record<string, Assertion>> = {
  A: "text start",
  z: "text end",
  Z: "last line end",
  b: "word boundary",
  B: "inside",
  G: "search start",
  y: "cluster boundary",
  Y: "inside cluster",
};

const classEscapes: Readonly<Record<string, string>> = {
  w: "word",
  d: "digit",
  s: "space",
  h: "xdigit",
};

/**
 * Parses a regular expression in the syntax of Python's tokenizers (Oniguruma's for Ruby), without
 * back-references.
 *
 * @param source The expression.
 * @returns The parsed expression.
 * @throws {SyntaxError} If it is malformed, or has a part that is not supported.
 */
export function parseExpression(source: string): Node {
  return new Parser(source).parse();
}

class Parser {
  readonly #source: string;
  #sets = 0;
  #at = 0;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
  }

  parse(): Node {
    const node = this.#choice({ i: false, m: false, x: false });
    if (this.#at < this.#source.length) this.#fail("has ) without (");
    return node;
  }

  #fail(what: string): never {
    throw new SyntaxError(`it ${what} at index ${this.#at}`);
  }

  /** Whether the rest starts with a text, which is then skipped. */
  #skip(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  /** Matches a pattern (with the flag `y`) here and skips it. */
  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#source);
    if (match !== null) this.#at = pattern.lastIndex;
    return match;
  }

  #character(): string {
    const code = this.#source.codePointAt(this.#at);
    if (code === undefined) return this.#fail("ends too early");
    const character = String.fromCodePoint(code);
    this.#at += character.length;
    return character;
  }

  #choice(options: Options): Node {
    if (++this.#depth > MAX_DEPTH) this.#fail(`is nested more than ${MAX_DEPTH} deep`);
    const choices: Node[] = [];
    do choices.push(this.#sequence({ ...options })); while (this.#skip("|"));
    this.#depth--;
    return choices.length === 1 ? choices[0] : { type: "choice", options: choices };
  }

  #sequence(options: Options): Node {
    const items: Node[] = [];
    while (this.#at < this.#source.length && !/[|)]/.test(this.#source[this.#at])) {
      if (options.x && this.#match(/\s+|#[^\n]*/y)) continue;
      if (this.#match(/\(\?#(?:\\.|[^\\)])*\)/sy)) continue;
      const switches = this.#match(/\(\?([imx]*)(?:-([imx]*))?\)/y);
      if (switches) {
        // The rest of the group, alternatives included, has the new options.
        items.push(this.#choice(changed(options, switches)));
        break;
      }
      items.push(this.#repeats(this.#atom(options)));
    }
    return items.length === 1 ? items[0] : { type: "sequence", items };
  }

  /** Applies the quantifiers that follow. */
  #repeats(item: Node): Node {
    for (;;) {
      const simple = this.#match(/([*+?])([?+]?)/y);
      const counted = simple ? null : this.#match(/\{(?:(\d+)(,?)(\d*)|,(\d+))\}(\??)/y);
      if (simple) {
        const [, quantifier, suffix] = simple;
        const mode = suffix === "?" ? "lazy" : suffix === "+" ? "possessive" : "greedy";
        const [min, max] = [quantifier === "+" ? 1 : 0, quantifier === "?" ? 1 : Infinity];
        item = { type: "repeat", item, min, max, mode };
      } else if (counted) {
        const [, first, comma, last, upTo, suffix] = counted;
        const min = Number(first ?? 0);
        const isFixed = comma === "" && last === "";
        const max = Number(upTo ?? (isFixed ? first : last || Infinity));
        if (max < min) {
          // Oniguruma's {3,2} is a possessive {2,3}; a ? after it is a quantifier of its own.
          this.#at -= suffix.length;
          item = { type: "repeat", item, min: max, max: min, mode: "possessive" };
          continue;
        }
        // After a fixed number, ? makes the repetition optional.
        item = { type: "repeat", item, min, max, mode: suffix && !isFixed ? "lazy" : "greedy" };
        if (suffix && isFixed) item = { type: "repeat", item, min: 0, max: 1, mode: "greedy" };
      } else return item;
    }
  }

  #atom(options: Options): Node {
    const start = this.#at;
    const character = this.#character();
    switch (character) {
      case "(":
        return this.#group(options);
      case "[":
        this.#at = start;
        return this.#set(this.#class(options.i));
      case ".":
        return this.#set(options.m ? () => true : (code) => code !== 10);
      case "^":
        return { type: "assertion", assertion: "line start" };
      case "$":
        return { type: "assertion", assertion: "line end" };
      case "*":
      case "+":
      case "?":
        this.#at = start;
        return this.#fail(`repeats nothing by ${character}`);
      case "\\":
        return this.#escape(options);
      default:
        return this.#literal(character.codePointAt(0)!, options.i);
    }
  }

  #group(options: Options): Node {
    const close = (node: Node): Node => {
      if (!this.#skip(")")) this.#fail("lacks )");
      return node;
    };
    if (!this.#skip("?")) return close(this.#choice(options));
    if (this.#skip(":")) return close(this.#choice(options));
    if (this.#skip(">")) return close({ type: "atomic", item: this.#choice(options) });
    const look = this.#match(/(<?)([=!])/y);
    if (look) {
      const item = this.#choice(options);
      return close({ type: "look", item, behind: look[1] !== "", negative: look[2] === "!" });
    }
    if (this.#match(/<[\p{L}_][\p{L}\p{N}_]*>/uy)) return close(this.#choice(options));
    const switches = this.#match(/([imx]*)(?:-([imx]*))?:/y);
    if (switches) return close(this.#choice(changed(options, switches)));
    return this.#fail("has a group of a kind that is not supported");
  }

  #escape(options: Options): Node {
    const letter = this.#source[this.#at];
    if (letter === undefined) this.#fail("ends in a backslash");
    if (Object.hasOwn(assertions, letter)) {
      this.#at++;
      return { type: "assertion", assertion: assertions[letter] };
    }
    if (letter === "R") {
      this.#at++;
      const feed = this.#set(testOf([[10, 13], [0x85, 0x85], [0x2028, 0x2029]], false));
      const both = [13, 10].map((code) => this.#literal(code, false));
      const pair: Node = { type: "sequence", items: both };
      return { type: "atomic", item: { type: "choice", options: [pair, feed] } };
    }
    if (letter === "K") {
      this.#at++;
      return { type: "keep" };
    }
    if (letter === "N" || letter === "O") {
      this.#at++;
      return this.#set(letter === "O" ? () => true : (code) => code !== 10);
    }
    if (letter === "X") {
      this.#at++;
      const any = this.#set(() => true);
      const inside: Node = { type: "assertion", assertion: "inside cluster" };
      const more: Node = { type: "sequence", items: [inside, any] };
      const rest: Node = { type: "repeat", item: more, min: 0, max: Infinity, mode: "greedy" };
      return { type: "atomic", item: { type: "sequence", items: [any, rest] } };
    }
    if (/[4-9kg]|[1-3](?![0-7]{2})/y.test(this.#source.slice(this.#at, this.#at + 3))) {
      this.#fail(`has \\${letter}, which is not supported`);
    }
    const word = this.#match(/([wW])|([pP])\{(\^?)word\}/iy);
    if (word) {
      const isNegated = (word[1] === "W" || word[2] === "P") !== (word[3] === "^");
      return this.#set((code) => isWordCharacter(String.fromCodePoint(code)) !== isNegated);
    }
    const item = this.#escaped();
    // Of a class alone the case counts.
    return typeof item === "function"
      ? this.#set(testOf([item], false))
      : this.#literal(item[0], options.i);
  }

  #literal(code: number, caseless: boolean): Node {
    const character = String.fromCodePoint(code);
    if (!caseless || character.toLowerCase() === character.toUpperCase()) {
      return { type: "character", code };
    }
    const cases = this.#set(testOf([[code, code]], true));
    const spelled = [...character.toUpperCase()];
    if (spelled.length === 1) return cases;
    // The sharp s is two letters in upper case, and matches them in both cases.
    const items = spelled.map((letter) => this.#literal(letter.codePointAt(0)!, true));
    return { type: "choice", options: [cases, { type: "sequence", items }] };
  }

  #set(test: (code: number) => boolean): Node {
    if (++this.#sets > MAX_SETS) this.#fail(`has more than ${MAX_SETS} classes`);
    return { type: "set", set: new CharacterSet(test) };
  }

  /** An escape that stands for characters, after its backslash; the same inside a class. */
  #escaped(): SetItem {
    const property = this.#match(/([pP])\{(\^?)([^}]*)\}/y);
    if (property) {
      const test = propertyClass(property[3]);
      if (test === undefined) {
        return this.#fail(`has the unknown property ${property[3].slice(0, 40)}`);
      }
      const isNegated = (property[1] === "P") !== (property[2] === "^");
      return isNegated ? (character) => !test(character) : test;
    }
    const code = this.#match(/x\{([\da-fA-F]{1,8})\}|x([\da-fA-F]{1,2})|u([\da-fA-F]{4})/y);
    const octal = code ? null : this.#match(/[0-3][0-7]{2}|0[0-7]?/y);
    if (code || octal) {
      const value = octal ? parseInt(octal[0], 8) : parseInt(code!.slice(1).find(Boolean)!, 16);
      if (value > 0x10ffff) this.#fail("has a number beyond the last code point");
      return [value, value];
    }
    const character = this.#character();
    const known = Object.hasOwn(classEscapes, character.toLowerCase())
      ? posixClass(classEscapes[character.toLowerCase()])
      : undefined;
    if (known) return /[a-z]/.test(character) ? known : (other) => !known(other);
    const value = Object.hasOwn(controls, character)
      ? controls[character]
      : character.codePointAt(0)!;
    return [value, value];
  }

  /** A class, `[…]`: a union of parts, or an intersection of unions. */
  #class(caseless: boolean): (code: number) => boolean {
    if (++this.#depth > MAX_DEPTH) this.#fail(`is nested more than ${MAX_DEPTH} deep`);
    this.#at++;
    const isNegated = this.#skip("^");
    const unions: SetItem[][] = [[]];
    let items = unions[0];
    // A bracket that closes nothing is a character of the class.
    if (this.#source[this.#at] === "]" && this.#source.includes("]", this.#at + 1)) {
      items.push([93, 93]);
      this.#at++;
    }
    while (!this.#skip("]")) {
      if (this.#skip("&&")) unions.push(items = []);
      else items.push(this.#classItem(caseless));
    }
    this.#depth--;
    const tests = unions.map((union) => testOf(union, caseless));
    const contains = (code: number) => tests.every((test) => test(code));
    return isNegated ? (code) => !contains(code) : contains;
  }

  #classItem(caseless: boolean): SetItem {
    const named = this.#match(/\[:(\^?)(\w+):\]/y);
    if (named) {
      const test = posixClass(named[2]) ?? this.#fail(`has the unknown class ${named[2]}`);
      return named[1] ? (character) => !test(character) : test;
    }
    if (this.#source[this.#at] === "[") {
      const test = this.#class(caseless);
      return (character) => test(character.codePointAt(0)!);
    }
    const first = this.#classCharacter();
    if (typeof first === "function" || !this.#match(/-(?!\])(?!\[)(?!&&)/y)) return first;
    const last = this.#classCharacter();
    if (typeof last === "function") return this.#fail("has a range that ends in a class");
    if (last[0] < first[0]) this.#fail("has a range that ends before it starts");
    return [first[0], last[0]];
  }

  #classCharacter(): SetItem {
    const character = this.#character();
    if (character !== "\\") return [character.codePointAt(0)!, character.codePointAt(0)!];
    if (this.#skip("b")) return [8, 8];
    return this.#escaped();
  }
}

/** The options with those of `(?i-m)`. */
function changed(options: Options, [, on, off = ""]: RegExpExecArray): Options {
  const after = { ...options };
  for (const name of on) after[name as keyof Options] = true;
  for (const name of off) after[name as keyof Options] = false;
  return after;
}
