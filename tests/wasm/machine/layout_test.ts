import { assert, assertEquals } from "@std/assert";
import {
  type Arguments,
  choice,
  command,
  type Layout,
  list,
} from "../../../wasm/machine/layout.ts";
import { NUMBERS } from "../../../wasm/machine/numbers.ts";

/** The words of a layout's values. */
function wordsOf<Fields extends Layout>(fields: Fields, values: Arguments<Fields>) {
  return command({ name: "add", fields }, values).words;
}

Deno.test("command() has the number of its kernel, and its fields in their order", () => {
  const fields = { x: "usize", count: "i32" } as const;
  assertEquals(command({ name: "linear", fields }, { count: -2, x: 2 ** 32 - 8 }), {
    operation: NUMBERS.linear,
    words: [2 ** 32 - 8, -2],
  });
});

Deno.test("command() writes addresses and integers that an Int32Array holds as they are", () => {
  const words = wordsOf({ x: "usize", count: "i32" }, { x: 2 ** 32 - 8, count: -2 });
  const memory = Int32Array.from(words).buffer;
  assertEquals([...new Uint32Array(memory, 0, 1)], [2 ** 32 - 8]);
  assertEquals([...new Int32Array(memory, 4)], [-2]);
});

Deno.test("command() writes the bits of the nearest float32", () => {
  for (const value of [0, -0, 1, -1.5, 0.1, 1e-40, 3.4e38, Infinity, 1e-5]) {
    const words = wordsOf({ value: "f32" }, { value });
    assertEquals([...new Float32Array(Int32Array.from(words).buffer)], [Math.fround(value)]);
  }
});

Deno.test("command() writes all bits of a float64, the lower word first", () => {
  for (const value of [0, -0, 1, 0.1, 10000, 500000.5, Math.PI, -1e300]) {
    const words = wordsOf({ value: "f64" }, { value });
    assertEquals([...new Float64Array(Int32Array.from(words).buffer)], [value]);
  }
});

Deno.test("command() aligns a float64 to 8 bytes from the start of its class", () => {
  const one = [0, 0x3ff00000];
  assertEquals(wordsOf({ a: "i32", x: "f64", b: "i32" }, { a: 7, x: 1, b: 8 }), [7, 0, ...one, 8]);
  assertEquals(wordsOf({ a: "i32", b: "i32", x: "f64" }, { a: 7, b: 8, x: 1 }), [7, 8, ...one]);
  const items = list("Item", { x: "f64", a: "i32" });
  const [first, second] = [{ x: 1, a: 5 }, { x: 1, a: 6 }];
  assertEquals(wordsOf({ items }, { items: [first, second] }), [2, ...one, 5, ...one, 6]);
});

Deno.test("command() numbers choices from 1; an absent one is 0", () => {
  const fields = { kind: choice("Kind", ["one", "two", "three"]) };
  const numbers = (["one", "two", "three", undefined] as const).flatMap((kind) =>
    wordsOf(fields, { kind })
  );
  assertEquals(numbers, [1, 2, 3, 0]);
});

Deno.test("command() writes booleans as 1 and 0", () => {
  assertEquals(wordsOf({ a: "i32", b: "i32" }, { a: true, b: false }), [1, 0]);
});

Deno.test("command() writes a list's count before its items, also in lists of lists", () => {
  const fields = {
    count: "i32",
    parts: list("Part", { first: "i32", spans: list("Span", { start: "i32", end: "i32" }) }),
  } as const;
  const spans = [{ start: 1, end: 2 }, { end: 4, start: 3 }];
  const parts = [{ first: 10, spans }, { first: 20, spans: [] }, { first: 30, spans: [spans[0]] }];
  const words = wordsOf(fields, { count: 9, parts });
  assertEquals(words, [9, 3, 10, 2, 1, 2, 3, 4, 20, 0, 30, 1, 1, 2]);
  assertEquals(wordsOf(fields, { count: 9, parts: [] }), [9, 0]);
  assert(words.every(Number.isInteger));
});
