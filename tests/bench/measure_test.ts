import { assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { measure, median } from "../../bench/measure.ts";

Deno.test("median is the middle value, or the mean of the two in the middle", () => {
  assertEquals(median([5]), 5);
  assertEquals(median([9, 1, 5]), 5);
  assertEquals(median([10, 9, 1, 2]), 5.5);
  assertThrows(() => median([]), RangeError, "no values");
});

Deno.test("median leaves its values in their order", () => {
  const values = [3, 1, 2];
  median(values);
  assertEquals(values, [3, 1, 2]);
});

Deno.test("measure gives the median of the runs after the warm-up, in seconds", async () => {
  // The clock goes on by these milliseconds during each run; the first two warm up.
  const lasting = [9000, 8000, 30, 10, 500];
  let clock = 0;
  let runs = 0;
  const run = () => Promise.resolve(clock += lasting[runs++]);
  const [seconds] = await measure([run], { warmups: 2, repeats: 3, now: () => clock });
  assertAlmostEquals(seconds, 0.03, 1e-12);
  assertEquals(runs, 5);
});

Deno.test("measure runs what is compared in turn", async () => {
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

Deno.test("measure waits for a run to end", async () => {
  let running = 0;
  const run = async () => {
    assertEquals(++running, 1);
    await new Promise((resolve) => setTimeout(resolve, 0));
    running--;
  };
  await measure([run, run], { warmups: 1, repeats: 2 });
  assertEquals(running, 0);
});

Deno.test("measure passes on what goes wrong", async () => {
  const run = () => Promise.reject(new Error("stop"));
  await assertRejects(() => measure([run], { warmups: 0, repeats: 1 }), Error, "stop");
});
