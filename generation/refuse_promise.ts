/**
 * Functions of the caller that must answer at once.
 *
 * @module
 */

/**
 * Refuses a promise, which would be neither waited for nor, if it rejects, handled.
 *
 * @param value What a function of the caller returned.
 * @param name What the function is, for the message.
 * @throws {TypeError} If it is a promise.
 */
export function refusePromise(value: unknown, name: string): void {
  if (typeof (value as PromiseLike<unknown> | undefined)?.then !== "function") return;
  Promise.resolve(value).catch(() => {});
  throw new TypeError(
    `Cannot wait for a ${name}: it returned a promise, wanted its result at once`,
  );
}
