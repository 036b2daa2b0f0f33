/**
 * An object that can be called like a function: `object(…)` runs its `_call(…)`.
 *
 * @example
 * ```ts
 * import { Callable } from "@lsg/core/tokenizer";
 * import { assertEquals } from "@std/assert";
 *
 * interface Counter {
 *   (text: string): number;
 * }
 * class Counter extends Callable {
 *   total = 0;
 *   override _call(text: string): number {
 *     return this.total += text.length;
 *   }
 * }
 * const count = new Counter();
 * count("abc");
 * assertEquals([count("de"), count.total, count instanceof Counter], [5, 5, true]);
 * ```
 */
export abstract class Callable {
  /** Returns a function with the object's fields and methods. */
  constructor() {
    const self = (...args: unknown[]): unknown => (self as unknown as Callable)._call(...args);
    return Object.setPrototypeOf(self, new.target.prototype);
  }

  /** Runs when the object is called, with the same arguments; its result is the call's. */
  abstract _call(...args: unknown[]): unknown;
}
