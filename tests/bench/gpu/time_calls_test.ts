import { assertAlmostEquals, assertEquals } from "@std/assert";
import { timeCalls } from "../../../bench/gpu/time_calls.ts";

/** A clock on which a reading takes 11 ms, and each call some more. */
function fakeCard(milliseconds: number) {
  let clock = 0;
  const counts: number[] = [];
  return {
    counts,
    now: () => clock,
    run: (count: number) => {
      counts.push(count);
      clock += 11 + count * milliseconds;
      return Promise.resolve();
    },
  };
}

Deno.test("timeCalls() is the time of a call without that of the reading", async () => {
  for (const milliseconds of [0.002, 0.5, 30]) {
    const { now, run, counts } = fakeCard(milliseconds);
    const seconds = await timeCalls(run, { seconds: 0.1, repeats: 3, now });
    assertAlmostEquals(seconds, milliseconds / 1000, 1e-9);
    assertEquals(counts.every((count) => count <= 4096), true);
  }
});

Deno.test("timeCalls() is never negative, whatever a reading takes", async () => {
  let clock = 0;
  let readings = 0;
  const run = (count: number) => {
    // From the fifth reading on one call takes longer than many.
    clock += ++readings < 5 ? count : count === 1 ? 500 : 100;
    return Promise.resolve();
  };
  const seconds = await timeCalls(run, { seconds: 0.05, repeats: 1, now: () => clock });
  assertEquals(seconds > 0 && seconds <= 0.1, true);
});

Deno.test("timeCalls() runs a call that takes long once a reading", async () => {
  const { now, run, counts } = fakeCard(400);
  assertAlmostEquals(await timeCalls(run, { seconds: 0.1, repeats: 2, now }), 0.411, 1e-9);
  assertEquals(counts, [1, 1, 1, 1]);
});
