import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { f1 } from "../../../bench/table2/f1.ts";

Deno.test("f1() is scikit-learn's", () => {
  // f1_score([0, 1, 2, 0, 1, 2], [0, 2, 1, 0, 0, 1]): micro 0.3333…, macro 0.2666…
  const { micro, macro } = f1([0, 1, 2, 0, 1, 2], [0, 2, 1, 0, 0, 1]);
  assertAlmostEquals(micro, 1 / 3);
  assertAlmostEquals(macro, 0.8 / 3);
  assertEquals(f1([4, 7], [4, 7]), { micro: 1, macro: 1 });
});

Deno.test("f1() needs a prediction for each example", () => {
  assertThrows(() => f1([], []), RangeError, "0 classes");
  assertThrows(() => f1([1, 2], [1]), RangeError, "1 predictions with 2 classes");
});
