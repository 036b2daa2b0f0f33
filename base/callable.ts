/** An object that can be called like a function: `object(…)` runs its `_call(…)`. */
export abstract class Callable {
  /** Returns a function with the object's fields and methods. */
  constructor() {
    const self = (...args: unknown[]): unknown => (self as unknown as Callable)._call(...args);
    return Object.setPrototypeOf(self, new.target.prototype);
  }

  /** Runs when the object is called. */
  abstract _call(...args: unknown[]): unknown;
}
