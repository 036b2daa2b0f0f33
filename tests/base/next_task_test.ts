import { assert, assertEquals } from "@std/assert";
import { nextTask, pauses } from "../../base/next_task.ts";

/** Waits for a timer by nothing but tasks. */
async function waitForTimer(): Promise<void> {
  let isOver = false;
  setTimeout(() => isOver = true, 2);
  const end = performance.now() + 5000;
  while (!isOver && performance.now() < end) await nextTask();
  assert(isOver);
}

Deno.test("timers fire between tasks", waitForTimer);

Deno.test("and where there is no setImmediate, as in a page", async () => {
  const { setImmediate } = globalThis as { setImmediate?: unknown };
  try {
    Object.assign(globalThis, { setImmediate: undefined });
    await waitForTimer();
  } finally {
    Object.assign(globalThis, { setImmediate });
  }
});

Deno.test("pauses() waits for other tasks after 12 milliseconds, not before", async () => {
  const { now } = performance;
  let time = 0;
  performance.now = () => time;
  try {
    const pause = pauses();
    time = 11.9;
    assertEquals(pause(), undefined);
    time = 12;
    const others = pause();
    assert(others instanceof Promise);
    await others;
    assertEquals(pause(), undefined);
    time = 24;
    await pause();
  } finally {
    performance.now = now;
  }
});
