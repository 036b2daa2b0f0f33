import { assertEquals, assertThrows } from "@std/assert";
import { checkProjections, headWidth } from "../../ops/shapes.ts";

Deno.test("headWidth() refuses numbers of heads that there are not", () => {
  assertEquals(headWidth("room", 12, 3), 4);
  for (const heads of [5, 0, -2, 0.5, NaN]) {
    assertThrows(
      () => headWidth("room", 12, heads),
      RangeError,
      `room: rows of width 12 do not divide into ${heads} heads`,
    );
  }
});

Deno.test("checkProjections() wants one for each round, the last of fewer columns", () => {
  const shape = { heads: 2, first: 0, tokens: 8, block: 8, factor: 2, chunk: 8 };
  const check = (...columns: number[]) =>
    checkProjections({ dims: [1, 8, 6] }, columns.map((count) => ({ dims: [2, 3, count] })), shape);
  check(2);
  check(4, 4, 2);
  assertThrows(() => check(), RangeError, "got no projections");
  assertThrows(() => check(4), TypeError, "projection 0 has the shape [2,3,4], wanted [2,3,2]");
  assertThrows(() => check(4, 2, 2), TypeError, "projection 1 has the shape [2,3,2]");
});
