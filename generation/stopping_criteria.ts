/**
 * Criteria that end rows, with transformers.js's names.
 *
 * @module
 */
import { Callable } from "../base/callable.ts";
import { showValue } from "../base/show_value.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { refusePromise } from "./refuse_promise.ts";

/** A criterion as a function: true for each row that ends. */
export type StoppingFunction = (
  input_ids: bigint[][],
  scores: Tensor<"float32">,
) => boolean[];

/**
 * Asks criteria which rows end.
 *
 * @param criteria The criteria, of which one suffices.
 * @param input_ids `[rows][ids]`: the ids of each row.
 * @param scores `[rows, V]`: the scores from which the last ids were chosen.
 * @returns True for each row that ends.
 * @throws {TypeError} If a criterion does not return a boolean for each row.
 *
 * @example
 * ```ts
 * import { Tensor } from "@lsg/core";
 * import { decideEnds, EosTokenCriteria, type StoppingFunction } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * const sure: StoppingFunction = (_ids, scores) => scores.tolist().map(([, score]) => score > 9);
 * const scores = new Tensor("float32", [0, 1, 0, 10, 0, 1], [3, 2]);
 * const ends = decideEnds([new EosTokenCriteria(2), sure], [[5n, 2n], [5n, 1n], [5n, 1n]], scores);
 * assertEquals(ends, [true, true, false]);
 * ```
 */
export function decideEnds(
  criteria: readonly StoppingFunction[],
  input_ids: bigint[][],
  scores: Tensor<"float32">,
): boolean[] {
  const rows = input_ids.length;
  const ends = new Array<boolean>(rows).fill(false);
  for (const criterion of criteria) {
    const decisions: unknown = criterion(input_ids, scores);
    refusePromise(decisions, "stopping criterion");
    const isList = Array.isArray(decisions) && decisions.length === rows;
    if (!isList || !decisions.every((decision) => typeof decision === "boolean")) {
      throw new TypeError(
        `Cannot end rows by ${showValue(decisions)} of a stopping criterion: wanted a list of ` +
          `true or false for each of ${rows} rows`,
      );
    }
    decisions.forEach((decision, row) => ends[row] ||= decision);
  }
  return ends;
}

/** The call `criterion(input_ids, scores)`. */
export interface StoppingCriteria {
  /** Returns true for each row that ends; see {@linkcode StoppingCriteria._call}. */
  (input_ids: bigint[][], scores: Tensor<"float32">): boolean[];
}

/**
 * A criterion that ends rows. With beams an input's rows end when it is true for all its beams.
 *
 * @example
 * ```ts
 * import { StoppingCriteria } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * class AfterSeven extends StoppingCriteria {
 *   override _call(input_ids: bigint[][]) {
 *     return input_ids.map((ids) => ids.at(-1) === 7n);
 *   }
 * }
 * const criterion = new AfterSeven();
 * assertEquals(criterion._call([[2n, 7n], [2n, 5n]]), [true, false]);
 * ```
 */
export abstract class StoppingCriteria extends Callable {
  /**
   * Makes the criterion.
   *
   * @param needsScores Whether it looks at scores; false lets a backend choose candidates without
   * reading all.
   */
  constructor(readonly needsScores: boolean = true) {
    super();
  }

  /**
   * Decides for each row.
   *
   * @param input_ids The ids of each row.
   * @param scores `[rows, V]`: the scores from which the last ids were chosen.
   * @returns True for each row that ends.
   */
  abstract override _call(input_ids: bigint[][], scores: Tensor<"float32">): boolean[];
}

/** The call `list(input_ids, scores)`. */
export interface StoppingCriteriaList {
  /** Returns true for each row that one of the criteria ends. */
  (input_ids: bigint[][], scores: Tensor<"float32">): boolean[];
}

/**
 * Criteria of which one suffices.
 *
 * @example
 * ```ts
 * import { EosTokenCriteria, MaxLengthCriteria, StoppingCriteriaList } from "@lsg/core/generation";
 * import { Tensor } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const list = new StoppingCriteriaList();
 * list.extend([new MaxLengthCriteria(3), new EosTokenCriteria(2)]);
 * const scores = new Tensor("float32", new Float32Array(), [0]);
 * assertEquals(list([[5n, 2n], [5n, 6n], [5n, 6n, 7n]], scores), [true, false, true]);
 * ```
 */
export class StoppingCriteriaList extends Callable {
  /** The criteria. */
  readonly criteria: StoppingFunction[] = [];

  /**
   * Adds a criterion.
   *
   * @param item The criterion.
   */
  push(item: StoppingFunction): void {
    this.criteria.push(item);
  }

  /**
   * Adds several criteria.
   *
   * @param items The criteria, or one.
   */
  extend(items: StoppingFunction | Iterable<StoppingFunction>): void {
    this.criteria.push(...(Symbol.iterator in items ? items : [items]));
  }

  /**
   * Decides for each row.
   *
   * @param input_ids The ids of each row.
   * @param scores `[rows, V]`: the scores from which the last ids were chosen.
   * @returns True for each row that one of the criteria ends.
   */
  override _call(input_ids: bigint[][], scores: Tensor<"float32">): boolean[] {
    return decideEnds(this.criteria, input_ids, scores);
  }

  /** The criteria. */
  [Symbol.iterator](): IterableIterator<StoppingFunction> {
    return this.criteria.values();
  }
}

/**
 * Ends rows of a length.
 *
 * @example
 * ```ts
 * import { MaxLengthCriteria } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new MaxLengthCriteria(3)._call([[0n, 5n], [0n, 5n, 6n]]), [false, true]);
 * ```
 */
export class MaxLengthCriteria extends StoppingCriteria {
  /**
   * Makes the criterion.
   *
   * @param max_length Ids of a row, those it starts with included.
   */
  constructor(readonly max_length: number) {
    super(false);
  }

  /** Decides for each row; see the class. */
  override _call(input_ids: bigint[][]): boolean[] {
    return input_ids.map((ids) => ids.length >= this.max_length);
  }
}

/**
 * Ends rows at ids.
 *
 * @example
 * ```ts
 * import { EosTokenCriteria } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new EosTokenCriteria([2, 3])._call([[0n, 3n], [2n, 5n]]), [true, false]);
 * ```
 */
export class EosTokenCriteria extends StoppingCriteria {
  readonly #ends: readonly number[];

  /**
   * Makes the criterion.
   *
   * @param eos_token_id The ids that end a row.
   */
  constructor(eos_token_id: number | readonly number[]) {
    super(false);
    this.#ends = [eos_token_id].flat();
  }

  /** Decides for each row; see the class. */
  override _call(input_ids: bigint[][]): boolean[] {
    return input_ids.map((ids) => ids.length > 0 && this.#ends.includes(Number(ids.at(-1))));
  }
}

/**
 * Ends all rows when it is told to, such as by a button; what was generated is returned.
 *
 * @example
 * ```ts
 * import { InterruptableStoppingCriteria } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * const criterion = new InterruptableStoppingCriteria();
 * criterion.interrupt();
 * assertEquals(criterion._call([[2n]]), [true]);
 * criterion.reset();
 * assertEquals(criterion._call([[2n]]), [false]);
 * ```
 */
export class InterruptableStoppingCriteria extends StoppingCriteria {
  /** Makes the criterion. */
  constructor() {
    super(false);
  }

  /** Whether it ends rows. */
  interrupted = false;

  /** Ends all rows after the step that runs. */
  interrupt(): void {
    this.interrupted = true;
  }

  /** Lets rows go on again. */
  reset(): void {
    this.interrupted = false;
  }

  /** Decides for each row; see the class. */
  override _call(input_ids: bigint[][]): boolean[] {
    return input_ids.map(() => this.interrupted);
  }
}
