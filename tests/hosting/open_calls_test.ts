import { assertEquals } from "@std/assert";
import { OpenCalls } from "../../hosting/open_calls.ts";

Deno.test("a call is wanted until it is cancelled", () => {
  const calls = new OpenCalls();
  calls.add(1, 2);
  assertEquals([calls.settle(1), calls.isCancelled(1)], [true, false]);
  assertEquals(calls.settle(1), true);
  // It has ended.
  calls.cancel(1, () => {});
  assertEquals(calls.isCancelled(1), false);
});

Deno.test("what waits goes when its call is cancelled, what was taken is settled", () => {
  const calls = new OpenCalls<{ call: number }>();
  const items = [1, 2, 2].map((call) => ({ call }));
  calls.add(1, 1);
  calls.add(2, 3); // one of them waits
  calls.take(items);
  // While the first half of the batch runs.
  calls.cancel(2, () => assertEquals(calls.isCancelled(2), true));
  assertEquals(calls.settle(1, items[0]), true);
  assertEquals(calls.isCancelled(2), true);
  assertEquals(calls.settle(2, items[1]), false);
  assertEquals(calls.isCancelled(2), true);
  assertEquals(calls.settle(2, items[2]), false);
  assertEquals(calls.isCancelled(2), false);
});
