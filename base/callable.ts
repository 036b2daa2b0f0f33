/** An object that is called like a function: `object(…)` runs its `_call(…)`. */
export abstract class Callable {
  /** Makes the function that stands for the object; fields and methods are found on it. */
  constructor() {
    const self = (...args: unknown[]): unknown => (self as unknown as Callable)._call(...args);
    return Object.setPrototypeOf(self, new.target.prototype);
  }

  /** What a call does. */
  abstract _call(...args: unknown[]): unknown;
}
