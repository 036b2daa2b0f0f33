/**
 * Functions of the caller that must answer at once.
 *
 * @module
 */

/**
 * Refuses promises, which would be neither waited for nor, if they reject, handled.
 *
 * @param value What a function of the caller returned: a promise, a list with promises, anything else.
 * @param name What the function is, for the message.
 * @throws {TypeError} If there is a promise.
 */
export function refusePromise(value: unknown, name: string): void {
  const promises = [value].flat().filter((each) =>
    typeof (each as PromiseLike<unknown> | undefined)?.then === "function"
  );
  if (promises.length === 0) return;
  for (const promise of promises) Promise.resolve(promise).catch(() => {});
  throw new TypeError(
    `Cannot wait for a ${name}: it returned a promise, wanted its result at once`,
  );
}
