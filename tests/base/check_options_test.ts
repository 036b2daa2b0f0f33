import { assertEquals, assertThrows } from "@std/assert";
import {
  CALLBACK,
  checkNames,
  checkOptions,
  COUNT_OR_ALL,
  countFrom,
  FLAG,
  givenOptions,
  oneOf,
  TEXT,
} from "../../base/check_options.ts";

const CHECKS = {
  count: countFrom(1),
  most: COUNT_OR_ALL,
  flag: FLAG,
  text: TEXT,
  kind: oneOf(["mean", "cls"]),
  either: { type: ["boolean", "string"], wanted: "true, false or a name" } as const,
  callback: CALLBACK,
  anything: undefined,
};

Deno.test("checkOptions() accepts valid and absent options", () => {
  checkOptions<object>("Cannot run", {}, {});
  const all = { count: 3, most: null, flag: false, text: "", kind: "cls", callback: () => {} };
  checkOptions("Cannot run", { ...all, anything: Symbol() }, CHECKS);
  checkOptions("Cannot run", { ...all, most: 1, anything: undefined, kind: undefined }, CHECKS);
});

Deno.test("checkOptions() accepts any of several types, and formats bigints", () => {
  checkOptions("Cannot run", { either: true }, CHECKS);
  checkOptions("Cannot run", { either: "so" }, CHECKS);
  assertThrows(
    () => checkOptions("Cannot run", { count: 3n }, CHECKS),
    TypeError,
    "count 3:",
  );
});

Deno.test("checkNames() checks names only", () => {
  checkNames("Cannot run", { a: Symbol() }, ["a", "b"]);
  assertThrows(
    () => checkNames("Cannot run", { c: 1 }, ["a", "b"]),
    TypeError,
    "with c: wanted a, b",
  );
  assertThrows(() => checkNames("Cannot run", null!, []), TypeError, "wanted an object");
});

Deno.test("null means absent, where it is not a value of its own", () => {
  const nothing = { count: null, flag: null, kind: null, callback: null, anything: null };
  const unknown = { quantized: null, model_file_name: undefined };
  const options: Record<string, unknown> = { ...nothing, ...unknown, most: null, text: "a" };
  assertEquals(checkOptions("Cannot run", options, CHECKS), { most: null, text: "a" });
  assertEquals(checkNames("Cannot run", options, ["text"]), { text: "a" });
  assertEquals(givenOptions({ a: 0, b: false, c: "", d: null }), { a: 0, b: false, c: "" });
});

const INVALID: [unknown, typeof Error, string][] = [
  [{ cuont: 1 }, TypeError, "Cannot run with cuont: wanted count, most, flag"],
  [{ toString: 1 }, TypeError, "toString"],
  [{ count: 0 }, RangeError, "Cannot run with count 0: wanted a whole number ≥ 1"],
  [{ count: 1.5 }, RangeError, "count 1.5"],
  [{ count: NaN }, RangeError, "count NaN"],
  [{ count: "3" }, TypeError, 'count "3"'],
  [{ either: 3 }, TypeError, "either 3: wanted true, false or a name"],
  [{ most: 0 }, RangeError, "or null for all"],
  [{ flag: "yes" }, TypeError, "true or false"],
  [{ text: 3 }, TypeError, "text 3"],
  [{ kind: "max" }, RangeError, 'kind "max": wanted "mean" or "cls"'],
  [{ callback: {} }, TypeError, "a function"],
  [null, TypeError, "an object"],
  ["count", TypeError, "an object"],
];

for (const [options, errorType, message] of INVALID) {
  Deno.test(`checkOptions() throws on ${JSON.stringify(options)} (${message})`, () => {
    assertThrows(
      () => checkOptions("Cannot run", options as Record<string, unknown>, CHECKS),
      errorType,
      message,
    );
  });
}
