import { assertThrows } from "@std/assert";
import { checkLength, checkMask } from "../../ops/checks.ts";

Deno.test("checkLength() names room, array, what it has and what was wanted", () => {
  checkLength("room", "x", [1, 2, 3, 4, 5, 6], [2, 3]);
  checkLength("room", "x", [1], []);
  checkLength("room", "x", [], [0, 3]);
  assertThrows(
    () => checkLength("room", "x", [1, 2], [2, 3]),
    RangeError,
    "room: x has 2 values, wanted 6 for the shape [2,3]",
  );
});

Deno.test("checkMask() takes 0 and 1 and nothing else", () => {
  checkMask("room", "mask", [0, 1, 1], [3]);
  for (const wrong of [2, -1, 0.5, NaN]) {
    assertThrows(
      () => checkMask("room", "mask", [1, wrong], [2]),
      RangeError,
      `room: mask holds ${wrong} at 1, wanted 1 (visible) or 0 (masked)`,
    );
  }
  assertThrows(
    () => checkMask("room", "mask", [1], [2]),
    RangeError,
    "mask has 1 values, wanted 2",
  );
});
