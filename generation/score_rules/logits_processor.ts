/**
 * Rules that change the scores of the next id, with transformers.js's names.
 *
 * @module
 */
import { Callable } from "../../base/callable.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** Scores of the next id, `[V]`. */
export type Scores = Float32Array | Float64Array;

/** A processor of scores as a function: changes `logits.data` in place, or returns a new tensor. */
export type LogitsFunction = (
  input_ids: bigint[][],
  logits: Tensor<"float32">,
) => Tensor<"float32"> | void;

/** The call `processor(input_ids, logits)`. */
export interface LogitsProcessor {
  /** Changes the scores; see {@linkcode LogitsProcessor._call}. */
  (input_ids: bigint[][], logits: Tensor<"float32">): Tensor<"float32"> | void;
}

/**
 * A rule that changes the scores of the next id. A subclass has `_call()`, as in transformers.js, or
 * `apply()`, which sees one row.
 *
 * @example A rule that forbids an id
 * ```ts
 * import { Tensor } from "@lsg/core";
 * import { LogitsProcessor } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * class NeverSeven extends LogitsProcessor {
 *   override _call(_ids: bigint[][], logits: Tensor<"float32">) {
 *     const [rows, words] = logits.dims;
 *     for (let row = 0; row < rows; row++) logits.data[row * words + 7] = -Infinity;
 *     return logits;
 *   }
 * }
 * const logits = new Tensor("float32", new Float32Array(8), [1, 8]);
 * new NeverSeven()([[2n]], logits);
 * assertEquals(logits.data[7], -Infinity);
 * ```
 */
export abstract class LogitsProcessor extends Callable {
  /**
   * Makes the rule.
   *
   * @param keepsOrder Whether the rule only bans ids (−∞) or forces some: then the order of the
   * others stays, and a backend may choose the best before it.
   */
  constructor(readonly keepsOrder: boolean = false) {
    super();
  }

  /**
   * Changes the scores of one row in place.
   *
   * @param _ids The row's ids so far.
   * @param _scores `[V]`: its scores.
   */
  apply(_ids: readonly number[], _scores: Scores): void {
    throw new TypeError(
      `Cannot run ${this.constructor.name}: wanted a subclass with _call() or apply()`,
    );
  }

  /**
   * Changes the scores of a batch in place.
   *
   * @param input_ids The ids of each row so far.
   * @param logits `[rows, V]`: their scores.
   * @returns The same tensor.
   */
  override _call(input_ids: bigint[][], logits: Tensor<"float32">): Tensor<"float32"> | void {
    const width = logits.dims[logits.dims.length - 1];
    input_ids.forEach((ids, row) => {
      const scores = logits.data.subarray(row * width, (row + 1) * width);
      this.apply(ids.map(Number), scores);
    });
    return logits;
  }
}

/**
 * A rule of sampling: what it leaves out cannot be drawn.
 *
 * @example
 * ```ts
 * import { LogitsWarper, Tensor } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * // Draws only ids of even number.
 * class Even extends LogitsWarper {
 *   override apply(_ids: readonly number[], scores: Float32Array | Float64Array) {
 *     for (let id = 1; id < scores.length; id += 2) scores[id] = -Infinity;
 *   }
 * }
 * const logits = new Tensor("float32", [1, 2, 3], [1, 3]);
 * new Even()([[0n]], logits);
 * assertEquals(logits.tolist(), [[1, -Infinity, 3]]);
 * ```
 */
export abstract class LogitsWarper extends LogitsProcessor {}

/** The call `list(input_ids, logits)`. */
export interface LogitsProcessorList {
  /** Runs all processors, one after the other. */
  (input_ids: bigint[][], logits: Tensor<"float32">): Tensor<"float32"> | void;
}

/**
 * Processors that run one after the other.
 *
 * @example
 * ```ts
 * import { Tensor } from "@lsg/core";
 * import { LogitsProcessorList, TemperatureLogitsWarper } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * const list = new LogitsProcessorList();
 * list.push(new TemperatureLogitsWarper(2));
 * list.push((_ids, logits) => void (logits.data[0] = -Infinity));
 * const logits = new Tensor("float32", new Float32Array([1, 2]), [1, 2]);
 * list([[0n]], logits);
 * assertEquals([...logits.data], [-Infinity, 1]);
 * ```
 */
export class LogitsProcessorList extends Callable {
  /** The processors, in the order in which they run. */
  readonly processors: LogitsFunction[] = [];

  /**
   * Adds a processor.
   *
   * @param item The processor.
   */
  push(item: LogitsFunction): void {
    this.processors.push(item);
  }

  /**
   * Adds several processors.
   *
   * @param items The processors.
   */
  extend(items: Iterable<LogitsFunction>): void {
    this.processors.push(...items);
  }

  /**
   * Runs all processors.
   *
   * @param input_ids The ids of each row so far.
   * @param logits `[rows, V]`: their scores.
   * @returns What the last processor that returned something returned, or the same tensor.
   */
  override _call(input_ids: bigint[][], logits: Tensor<"float32">): Tensor<"float32"> {
    let result = logits;
    for (const processor of this.processors) result = processor(input_ids, result) ?? result;
    return result;
  }

  /** The processors, in the order in which they run. */
  [Symbol.iterator](): IterableIterator<LogitsFunction> {
    return this.processors.values();
  }
}
