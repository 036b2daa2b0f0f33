/**
 * Keys and values that outlive a call.
 *
 * @module
 */
import type { NextRow, SequenceRunner } from "../models/sequence_runner.ts";
import type { Floats } from "../ops/backend.ts";

/**
 * Keys and values of rows, `past_key_values` of a result. Its owner disposes of it, or hands it in
 * with longer prompts: prompt i begins with the ids of row i, and only what follows them is run. The
 * call's result has the same object, which then holds the longer rows. A call that fails after it
 * has begun disposes of it.
 *
 * @example A conversation: only what is new is run
 * ```ts
 * import { AutoModelForCausalLM } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * using model = await AutoModelForCausalLM.from_pretrained("HuggingFaceTB/SmolLM2-135M");
 * const settings = { max_new_tokens: 4, return_dict_in_generate: true } as const;
 * const first = await model.generate({ input_ids: [[1, 5, 6]], ...settings });
 * const longer = [[...first.sequences.tolist()[0].map(Number), 7, 8]];
 * using cache = first.past_key_values!;
 * const second = await model.generate({ input_ids: longer, past_key_values: cache, ...settings });
 * assertEquals(second.past_key_values, cache);
 * assertEquals(second.sequences.tolist()[0].length, longer[0].length + 4);
 * ```
 */
export class GenerationCache implements Disposable {
  readonly #runner: SequenceRunner;
  #rows: readonly (readonly number[])[] = [];
  #documents: readonly number[] = [];
  #state: "new" | "begun" | "disposed" = "new";
  #isInUse = false;

  /**
   * Makes a cache that holds nothing yet.
   *
   * @param runner The decoder, which the cache owns from now on.
   */
  constructor(runner: SequenceRunner) {
    this.#runner = runner;
  }

  /** The ids of each row whose keys and values it holds. */
  get rows(): readonly (readonly number[])[] {
    return this.#rows;
  }

  /** Which prompt of its first call each row continues: that prompt's document is the row's. */
  get documents(): readonly number[] {
    return this.#documents;
  }

  /** The decoder. */
  get runner(): SequenceRunner {
    return this.#runner;
  }

  /**
   * Checks prompts against the rows that it holds.
   *
   * @param prompts The ids of each prompt.
   * @throws {RangeError} If it holds other rows.
   * @throws {Error} If it was disposed, or another call uses it.
   */
  check(prompts: readonly (readonly number[])[]): void {
    if (this.#isInUse) {
      throw new Error(
        "Cannot go on with past_key_values while another call does: await that first",
      );
    }
    this.#checkRows(prompts);
  }

  #checkRows(prompts: readonly (readonly number[])[]): void {
    this.#assertThere();
    if (this.#state === "new") return;
    if (prompts.length !== this.#rows.length) {
      throw new RangeError(
        `Cannot go on from ${this.#rows.length} rows of past_key_values with ${prompts.length} ` +
          "prompts: wanted one for each row",
      );
    }
    prompts.forEach((prompt, i) => {
      const held = this.#rows[i];
      if (prompt.length > held.length && held.every((id, j) => prompt[j] === id)) return;
      throw new RangeError(
        `Cannot go on from row ${i} of past_key_values: wanted a prompt that begins with its ` +
          `${held.length} ids and is longer, got one of ${prompt.length} ids`,
      );
    });
  }

  /**
   * Keeps other calls off while a call runs.
   *
   * @param call The call.
   * @returns What the call returns.
   */
  async use<Result>(call: () => Promise<Result>): Promise<Result> {
    this.#isInUse = true;
    try {
      return await call();
    } finally {
      this.#isInUse = false;
      if (this.#state === "disposed") this.#runner.dispose();
    }
  }

  /**
   * Runs prompts, or what they have more than the rows that it holds.
   *
   * @param prompts The ids of each prompt.
   * @param signal Ends the call before all ids have run, if they are many.
   * @returns Logits `[prompts, V]` of each one's last id; the caller disposes of them.
   * @throws {RangeError} If it holds other rows.
   * @throws {Error} If it was disposed.
   * @throws `signal.reason` If the signal aborts.
   */
  async begin(
    prompts: readonly (readonly number[])[],
    signal?: AbortSignal,
  ): Promise<Floats> {
    this.#checkRows(prompts);
    if (this.#state === "begun") {
      const held = this.#rows.map(({ length }) => length);
      return await this.step(
        prompts.map((ids, parent) => ({ parent, ids: ids.slice(held[parent]) })),
        signal,
      );
    }
    const logits = await this.#running(this.#runner.start(prompts, signal));
    this.#state = "begun";
    this.#rows = prompts.map((ids) => [...ids]);
    this.#documents = prompts.map((_, b) => b);
    return logits;
  }

  /**
   * Adds ids to rows; see {@linkcode SequenceRunner.step}.
   *
   * @param rows The rows of this call.
   * @param signal Ends the call before all ids have run, if they are many.
   * @returns Logits of the rows that have ids; the caller disposes of them.
   */
  async step(rows: readonly NextRow[], signal?: AbortSignal): Promise<Floats> {
    this.#assertThere();
    const logits = await this.#running(this.#runner.step(rows, signal));
    this.#rows = rows.map(({ parent, ids }) =>
      ids.length === 0 ? this.#rows[parent] : this.#rows[parent].concat(ids)
    );
    this.#documents = rows.map(({ parent }) => this.#documents[parent]);
    return logits;
  }

  /** Waits for logits; they are disposed of if the cache was meanwhile. */
  async #running(step: Promise<Floats>): Promise<Floats> {
    const logits = await step;
    if (this.#state === "disposed") logits.dispose();
    this.#assertThere();
    return logits;
  }

  #assertThere(): void {
    if (this.#state !== "disposed") return;
    throw new Error("Cannot go on with past_key_values that were disposed");
  }

  /** Releases all memory; a call that uses it fails, and releases it then. A second call does nothing. */
  dispose(): void {
    if (this.#state === "disposed") return;
    this.#state = "disposed";
    this.#rows = [];
    if (!this.#isInUse) this.#runner.dispose();
  }

  /** Same as {@linkcode GenerationCache.dispose}, at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}
