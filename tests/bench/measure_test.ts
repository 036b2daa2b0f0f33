import { assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { measure, median, quantile } from "../../bench/measure.ts";

Deno.test("median() returns the middle value, or the mean of the two in the middle", () => {
  assertEquals(median([5]), 5);
  assertEquals(median([9, 1, 5]), 5);
  assertEquals(median([10, 9, 1, 2]), 5.5);
  assertThrows(() => median([]), RangeError, "no values");
});

Deno.test("median() does not reorder its argument", () => {
  const values = [3, 1, 2];
  median(values);
  assertEquals(values, [3, 1, 2]);
});

Deno.test("measure() returns the median of the runs after the warm-up, in seconds", async () => {
  // Milliseconds of each run; the first two are warm-up runs.
  const durations = [9000, 8000, 30, 10, 500];
  let clock = 0;
  let runs = 0;
  const run = () => Promise.resolve(clock += durations[runs++]);
  const [seconds] = await measure([run], { warmups: 2, repeats: 3, now: () => clock });
  assertAlmostEquals(seconds, 0.03, 1e-12);
  assertEquals(runs, 5);
});

Deno.test("measure() interleaves its functions", async () => {
  const order: string[] = [];
  let clock = 0;
  const runOf = (name: string, milliseconds: number) => () => {
    order.push(name);
    return Promise.resolve(clock += milliseconds);
  };
  const runs = [runOf("slow", 300), runOf("fast", 100)];
  const [slow, fast] = await measure(runs, { warmups: 1, repeats: 2, now: () => clock });
  assertEquals(order, ["slow", "fast", "slow", "fast", "slow", "fast"]);
  assertAlmostEquals(slow, 0.3, 1e-12);
  assertAlmostEquals(fast, 0.1, 1e-12);
});

Deno.test("measure() awaits each run", async () => {
  let running = 0;
  const run = async () => {
    assertEquals(++running, 1);
    await new Promise((resolve) => setTimeout(resolve, 0));
    running--;
  };
  await measure([run, run], { warmups: 1, repeats: 2 });
  assertEquals(running, 0);
});

Deno.test("measure() rejects if a run does", async () => {
  const run = () => Promise.reject(new Error("stop"));
  await assertRejects(() => measure([run], { warmups: 0, repeats: 1 }), Error, "stop");
});

Deno.test("quantile() is one of the values, NaN without any", () => {
  assertEquals(quantile([3, 1, 2, 4], 0.5), 3);
  assertEquals(quantile([3, 1], 0.99), 3);
  assertEquals(quantile([], 0.5), NaN);
});
