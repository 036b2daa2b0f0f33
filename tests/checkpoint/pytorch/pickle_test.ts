import { assertEquals, assertThrows } from "@std/assert";
import { findAllowed } from "../../../checkpoint/pytorch/allowed_names.ts";
import { Fault, Truncated } from "../../../checkpoint/pytorch/fault.ts";
import { PLAIN, readPickle } from "../../../checkpoint/pytorch/pickle.ts";
import { PickleDict, PickleList, PickleTuple } from "../../../checkpoint/pytorch/pickle_values.ts";
import { bytes, imported, number, pickle, text } from "./build_pickle.ts";

const read = (...parts: (number | string | Uint8Array)[]) =>
  plain(readPickle(pickle(...parts), 0, { ...PLAIN, find: findAllowed }).value);

/** Values of JavaScript, for comparison. */
function plain(value: unknown): unknown {
  if (value instanceof PickleTuple) return { tuple: value.items.map(plain) };
  if (value instanceof PickleList) return value.items.map(plain);
  if (value instanceof PickleDict) return new Map(value.entries().map(([k, v]) => [k, plain(v)]));
  return value;
}

const VALUES: [(number | string | Uint8Array)[], unknown][] = [
  [["N"], null],
  [[0x88], true],
  [[0x89], false],
  [["K", 200], 200],
  [["M", 1, 2], 513],
  [["J", 0xfe, 0xff, 0xff, 0xff], -2],
  [[0x8a, 0], 0],
  [[0x8a, 2, 0xff, 0x7f], 32767],
  [[0x8a, 2, 0x00, 0xff], -256],
  [[0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1], 2n ** 64n],
  [["G", 0x3f, 0xf8, 0, 0, 0, 0, 0, 0], 1.5],
  [[0x8c, 2, "ab"], "ab"],
  [["U", 2, "ab"], "ab"],
  [["T", number(3, 4), "abc"], "abc"],
  [[text("größe")], "größe"],
  [[text("x".repeat(40) + "ö")], "x".repeat(40) + "ö"],
  [[0x8d, number(1, 8), "a"], "a"],
  [["C", 2, 1, 2], new Uint8Array([1, 2])],
  [["B", number(1, 4), 7], new Uint8Array([7])],
  [[")"], { tuple: [] }],
  [["N", 0x85], { tuple: [null] }],
  [["N", 0x88, 0x86], { tuple: [null, true] }],
  [["N", "N", 0x88, 0x87], { tuple: [null, null, true] }],
  [["(", "K", 1, "K", 2, "K", 3, "K", 4, "t"], { tuple: [1, 2, 3, 4] }],
  [["]", "K", 1, "a", "(", "K", 2, "K", 3, "e"], [1, 2, 3]],
  [
    ["}", "K", 1, "N", "s", "(", text("a"), 0x88, "u"],
    new Map<unknown, unknown>([[1, null], ["a", true]]),
  ],
  [["K", 1, "K", 2, "0"], 1],
  [["K", 1, "(", "K", 2, "K", 3, "1"], 1],
  [["K", 7, "2", 0x86], { tuple: [7, 7] }],
  [["K", 7, "q", 0, "0", "h", 0], 7],
  [["K", 7, "r", number(1, 4), "0", "j", number(1, 4)], 7],
  [["K", 7, 0x94, "K", 8, 0x94, "h", 0, 0x87], { tuple: [7, 8, 7] }],
  [[0x95, number(1, 8), "N"], null],
  [["}", "}", "b"], new Map()],
  [[imported("collections", "OrderedDict"), ")R"], new Map()],
];

for (const [parts, expected] of VALUES) {
  Deno.test(`readPickle() reads ${[...bytes(...parts)].slice(0, 12)}`, () => {
    assertEquals(read(...parts), expected);
  });
}

Deno.test("readPickle() says where the pickle ends", () => {
  assertEquals(readPickle(bytes(0, pickle("N"), 9), 1, PLAIN), { value: null, end: 5 });
});

const MALFORMED: [string, (number | string | Uint8Array)[], string][] = [
  ["an empty stack", [], "stack is empty"],
  ["a tuple of too little", ["N", 0x86], "stack is empty"],
  ["a tuple across a mark", ["N", "(", "N", 0x86], "stack is empty"],
  ["an end within a mark", ["N", "("], "stack is empty"],
  ["a mark that is missing", ["t"], "no mark"],
  ["a memo that is missing", ["h", 1], "recalls the value 1"],
  ["a memo entry far ahead", ["N", "r", number(2, 4)], "skips values"],
  ["a memo of nothing", ["q", 1], "stack is empty"],
  ["an appended tuple", [")", "N", "a"], "other than a list"],
  ["items of a list", ["]", "N", "N", "s"], "other than a dictionary"],
  ["half an item", ["}", "(", "N", "u"], "other than a dictionary"],
  ["a key that is a list", ["}", "]", "N", "s"], "key that Python does not allow"],
  ["a key twice", ["}", "(", "N", "N", "N", "N", "u"], "the key null twice"],
  ["attributes of a list", ["]", "N", "b"], "sets attributes"],
  ["a call of a string", [text("a"), ")R"], "cannot be called"],
  ["a call with a list", [imported("collections", "OrderedDict"), "]R"], "tuple of arguments"],
  [
    "an OrderedDict of a number",
    [imported("collections", "OrderedDict"), "(K", 1, "tR"],
    "malformed",
  ],
  ["an OrderedDict of triples", [
    imported("collections", "OrderedDict"),
    "(](",
    "NNN",
    0x87,
    "e",
    "tR",
  ], "malformed"],
  ["an import of numbers", ["K", 1, "K", 2, 0x93], "not a string"],
  ["a reference", ["N", "Q"], "refers to a storage"],
  ["text that is not UTF-8", [0x8c, 1, 0xff], "not UTF-8"],
  ...[
    ..."SVIFLPlgpdio",
    "\x81",
    "\x8f",
    "\x90",
    "\x91",
    "\x92",
    "\x96",
    "\x97",
    "\x98",
    "\x8b",
    "\x8e",
    "\x82",
    "\x83",
    "\x84",
  ]
    .map((code): [string, (number | string)[], string] => [
      `the opcode ${code.charCodeAt(0).toString(16)}`,
      ["N", code.charCodeAt(0), "1\n1\n."],
      "do not need",
    ]),
];

for (const [description, parts, message] of MALFORMED) {
  Deno.test(`readPickle() throws on ${description}`, () => {
    assertThrows(() => read(...parts), Fault, message);
  });
}

Deno.test("readPickle() throws on other protocols", () => {
  for (const protocol of [0, 1, 6]) {
    assertThrows(() => readPickle(bytes(0x80, protocol, "N."), 0, PLAIN), Fault, "wanted 2 to 5");
  }
  assertThrows(() => readPickle(bytes("(dp0\n."), 0, PLAIN), Fault, "begin with a protocol");
});

Deno.test("readPickle() throws at the end of the bytes, whatever lengths say", () => {
  const lengths = [
    ["X", number(2 ** 32 - 1, 4)],
    [0x8d, new Uint8Array(8).fill(0xff)],
    ["B", number(2 ** 32 - 1, 4)],
    ["c", "no line"],
    ["N"],
  ] as const;
  for (const parts of lengths) {
    assertThrows(() => readPickle(bytes(0x80, 2, ...parts), 0, PLAIN), Truncated, "truncated");
  }
});

/** Repeats bytes, so that there are more opcodes than are allowed. */
function repeated(start: Uint8Array, unit: Uint8Array): Uint8Array {
  const long = new Uint8Array(2 ** 22);
  long.set(start);
  for (let i = start.length; i + unit.length <= long.length; i += unit.length) long.set(unit, i);
  return long;
}

const START = bytes(0x80, 2);
const ORDERED = imported("collections", "OrderedDict");

/** Pickles that are only meant to take time or memory. */
const HOSTILE: [string, Uint8Array][] = [
  ["empty lists", repeated(START, bytes("]"))],
  ["empty dictionaries", repeated(START, bytes("}"))],
  ["dictionaries of one entry", repeated(START, bytes("}NNs"))],
  ["marks", repeated(START, bytes("("))],
  ["memo entries", repeated(bytes(START, "N"), bytes(0x94))],
  ["nested tuples", repeated(START, bytes(")", 0x85))],
  ["tuples that double", repeated(bytes(START, ")"), bytes("2", 0x86))],
  ["lists that double", repeated(bytes(START, "]"), bytes("2a"))],
  ["short strings", repeated(START, bytes(0x8c, 0))],
  ["short strings that are not ASCII", repeated(START, bytes(0x8c, 2, "ö"))],
  ["long numbers", repeated(START, bytes(0x8a, 255, new Uint8Array(255).fill(77)))],
  ["imports", repeated(START, ORDERED)],
  ["dictionaries by calls", repeated(bytes(START, ORDERED, "q", 0), bytes("h", 0, ")R"))],
  [
    "dictionaries of a long list",
    repeated(
      bytes(
        START,
        ORDERED,
        "q",
        0,
        "](",
        ...Array.from({ length: 60_000 }, (_, i) => bytes("M", number(i, 2), "N", 0x86)),
        "eq",
        1,
      ),
      bytes("h", 0, "h", 1, 0x85, "R"),
    ),
  ],
];

for (const [description, content] of HOSTILE) {
  Deno.test(`readPickle() throws on ${description} without end`, () => {
    const context = { ...PLAIN, find: findAllowed };
    const { kind } = assertThrows(() => readPickle(content, 0, context), Fault, "more steps");
    assertEquals(kind, RangeError);
  });
}
