/**
 * The event loop.
 *
 * @module
 */

/**
 * Lets other tasks run: timers, messages, a page's events. Not a timer, which pages delay by 4 ms.
 */
export function nextTask(): Promise<void> {
  const { setImmediate } = globalThis as { setImmediate?: (callback: () => void) => void };
  return new Promise((resolve) => {
    if (setImmediate) {
      setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

/**
 * Milliseconds after which long work on a page's thread lets other tasks run. The last step comes on
 * top: together they stay well below 50 ms, from where on a page seems to stand still.
 */
const SLICE_MILLISECONDS = 12;

/**
 * Makes a function that long work calls between its steps, to let other tasks run now and then.
 *
 * @returns A function that returns a promise if it is time to wait for other tasks.
 */
export function pauses(): () => Promise<void> | undefined {
  let resumed = performance.now();
  return () => {
    if (performance.now() - resumed < SLICE_MILLISECONDS) return;
    return nextTask().then(() => {
      resumed = performance.now();
    });
  };
}
