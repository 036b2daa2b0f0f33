import { assertEquals, assertRejects } from "@std/assert";
import { ConnectionError, retry, waitBeforeRetry, withTimeout } from "../../hub/retry.ts";

const POLICY = { attempts: 3, delay: 1, timeout: 20 };

Deno.test("retry() repeats an operation after connection errors only", async () => {
  let calls = 0;
  const failing = (error: Error) => () => {
    calls++;
    return Promise.reject(error);
  };
  await assertRejects(() => retry(POLICY, failing(new ConnectionError("x"))), ConnectionError);
  assertEquals(calls, 3);
  await assertRejects(() => retry(POLICY, failing(new RangeError("x"))), RangeError);
  assertEquals(calls, 4);
});

Deno.test("retry() returns the result of the first success", async () => {
  let calls = 0;
  const result = await retry(POLICY, () => {
    if (++calls < 3) return Promise.reject(new ConnectionError("x"));
    return Promise.resolve(calls);
  });
  assertEquals(result, 3);
});

Deno.test("withTimeout() closes the connection of a stalled operation", async () => {
  const connection = new AbortController();
  const never = new Promise<void>(() => {});
  await assertRejects(
    () => withTimeout(POLICY.timeout, never, "a/b", connection),
    ConnectionError,
    "Cannot fetch a/b: no data received for 0.02 s",
  );
  assertEquals(connection.signal.aborted, true);
});

Deno.test("withTimeout() ends at once by a signal that the operation does not listen to", async () => {
  const reason = new Error("stop");
  const never = new Promise<void>(() => {});
  const wait = (signal: AbortSignal) =>
    withTimeout(600_000, never, "a/b", new AbortController(), signal);
  await assertRejects(() => wait(AbortSignal.abort(reason)), Error, "stop");
  const controller = new AbortController();
  const waiting = wait(controller.signal);
  controller.abort(reason);
  await assertRejects(() => waiting, Error, "stop");
});

Deno.test("waitBeforeRetry() stops listening to the signal", async () => {
  const { signal } = new AbortController();
  let listeners = 0;
  const counted = Object.assign(signal, {
    addEventListener: () => void listeners++,
    removeEventListener: () => void listeners--,
  });
  await waitBeforeRetry(POLICY, 1, counted);
  assertEquals(listeners, 0);
});
