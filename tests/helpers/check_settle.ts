import { assert } from "@std/assert";
import type { Backend } from "../../ops/backend.ts";

/**
 * Checks that `settle()` lets timers run: a promise that is resolved already would not.
 *
 * @param backend The backend, which is disposed of.
 */
export async function checkSettle(backend: Backend): Promise<void> {
  let hasRun = false;
  setTimeout(() => hasRun = true, 1);
  const end = performance.now() + 10_000;
  const waits = () => !hasRun && performance.now() < end;
  while (waits()) await backend.settle();
  backend.dispose();
  assert(hasRun);
}
