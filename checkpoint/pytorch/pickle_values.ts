/**
 * Values of Python that a pickle here can make, beside null, booleans, numbers, strings and bytes.
 *
 * @module
 */
import { showValue } from "../../base/show_value.ts";
import { malformed } from "./fault.ts";

const NONE: readonly unknown[] = [];

/** A tuple. */
export class PickleTuple {
  /** Its items. */
  readonly items: readonly unknown[];

  /** Wraps the items. */
  constructor(items: readonly unknown[]) {
    this.items = items;
  }
}

/** A list. */
export class PickleList {
  // Made when it is needed: a hostile pickle has a million empty ones.
  #items: unknown[] | undefined;

  /** Its items. */
  get items(): readonly unknown[] {
    return this.#items ?? NONE;
  }

  /**
   * Appends items.
   *
   * @param items The items.
   */
  add(items: readonly unknown[]): void {
    this.#items ??= [];
    for (const item of items) this.#items.push(item);
  }
}

/** A `dict` or an `OrderedDict`. */
export class PickleDict {
  // Made when it is needed: each tensor comes with an empty dictionary.
  #entries: Map<unknown, unknown> | undefined;

  /**
   * Adds an entry.
   *
   * @param key Its key.
   * @param value Its value.
   * @throws {Fault} If there is an entry of that key.
   */
  add(key: unknown, value: unknown): void {
    if (typeof key === "object" && key !== null && !(key instanceof PickleTuple)) {
      throw malformed("it has a dictionary with a key that Python does not allow");
    }
    this.#entries ??= new Map();
    if (this.#entries.has(key)) {
      throw malformed(`it has a dictionary with the key ${showValue(key)} twice`);
    }
    this.#entries.set(key, value);
  }

  /** Lists the entries in order. */
  entries(): [unknown, unknown][] {
    return [...this.#entries ?? []];
  }
}

/** A function or class that a pickle may call: computed here, from data alone. */
export interface PickleCallable {
  /**
   * Computes the result.
   *
   * @param args The arguments.
   * @param spend Counts work beyond a step.
   * @throws {Fault} If they are not what PyTorch writes.
   */
  call(args: readonly unknown[], spend: (steps: number) => void): unknown;
}
