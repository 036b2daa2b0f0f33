import { assertEquals, assertThrows } from "@std/assert";
import { checkWholeNumber, kindOf } from "../../base/whole_number.ts";

Deno.test("checkWholeNumber() returns the number, and names the range of one that is not whole", () => {
  assertEquals(checkWholeNumber("block_size", 4, 1), 4);
  for (const value of [0, 1.5, NaN, Infinity, 2 ** 31]) {
    assertThrows(
      () => checkWholeNumber("block_size", value, 1),
      RangeError,
      `Cannot use block_size ${value}: wanted a whole number`,
    );
  }
  assertThrows(() => checkWholeNumber("size", 9, 1, 8), RangeError, "from 1 to 8");
});

Deno.test("checkWholeNumber() shows a value of any other type", () => {
  const shown: [unknown, string][] = [
    ["4", "4: wanted a number, not a string"],
    [{ toString: 1, valueOf: 1 }, '{"toString":1,"valueOf":1}: wanted a number, not an object'],
    [Object.create(null), "{}: wanted"],
    [Symbol("four"), "Symbol(four): wanted"],
    [4n, "4: wanted a number, not a bigint"],
    [null, "null: wanted a number, not null"],
    [[4], "[4]: wanted a number, not an array"],
  ];
  for (const [value, text] of shown) {
    assertThrows(() => checkWholeNumber("size", value, 1), TypeError, `Cannot use size ${text}`);
  }
});

Deno.test("kindOf() names types with their article", () => {
  assertEquals([null, [], {}, "a"].map(kindOf), ["null", "an array", "an object", "a string"]);
});
