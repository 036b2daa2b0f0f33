import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { rateFactor, type ScheduleName } from "../../training/schedule.ts";

const factors = (name: ScheduleName, warmup: number) =>
  [0, 1, 2, 3, 4, 5].map((done) => rateFactor(name, done, { warmup, total: 4 }));

Deno.test("schedules rise in the warm-up, then fall or stay", () => {
  assertEquals(factors("linear", 0), [1, 0.75, 0.5, 0.25, 0, 0]);
  assertEquals(factors("constant", 2), [1, 1, 1, 1, 1, 1]);
  assertEquals(factors("constant_with_warmup", 2), [0, 0.5, 1, 1, 1, 1]);
  const [first, second, third, fourth] = factors("cosine", 1);
  assertEquals([first, second], [0, 1]);
  assertAlmostEquals(third, 0.75);
  assertAlmostEquals(fourth, 0.25);
  assertEquals(factors("linear", 9), [0, 1 / 9, 2 / 9, 3 / 9, 4 / 9, 5 / 9]);
});

Deno.test("an unknown schedule is refused", () => {
  assertThrows(() => factors("polynomial" as ScheduleName, 0), RangeError, '"polynomial"');
});
