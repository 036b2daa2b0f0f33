import { assert } from "@std/assert";
import { nextTask } from "../../base/next_task.ts";

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
