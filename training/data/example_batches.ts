/**
 * Examples as batches, epoch by epoch.
 *
 * @module
 */
import { checkOptions, countFrom, FLAG, TEXT } from "../../base/check_options.ts";
import type { TrainingBatch } from "../training_batch.ts";
import type { LocatedExample } from "./example.ts";
import { type ExampleData, openExamples } from "./examples.ts";
import { orderOf } from "./order.ts";

/** Makes batches: a {@linkcode Collator}, or another object with its method. */
export interface BatchMaker<Batch extends TrainingBatch = TrainingBatch> {
  /** Makes a batch of examples in an epoch. */
  collateLocated(
    examples: readonly LocatedExample[],
    epoch: number,
  ): Batch | Promise<Batch>;
}

/** How examples become batches. */
export interface ExampleBatchesOptions {
  /** Examples of a batch. */
  readonly batch_size: number;
  /** Seed of a new order in each epoch; absent: as they are. */
  readonly seed?: number;
  /** Whether examples of similar length share a batch; false if absent. */
  readonly group_by_length?: boolean;
  /** Batches of a step: with `group_by_length` examples are grouped step by step; 1 if absent. */
  readonly gradient_accumulation_steps?: number;
  /** Whether a last batch that is not full is left out; false if absent. */
  readonly drop_last?: boolean;
  /** What errors call a list of examples; `examples` if absent. */
  readonly name?: string;
}

/** Batches of examples, in an order that depends on the epoch alone. */
export interface ExampleBatches<Batch extends TrainingBatch = TrainingBatch> {
  /** Examples of an epoch. */
  readonly examples: number;
  /** Batches of an epoch. */
  readonly batches: number;
  /**
   * Makes the batches of an epoch, each when it is asked for.
   *
   * @param epoch Its number, from 0.
   * @param from The first batch, from 0; those before are neither read nor tokenised.
   */
  epoch(epoch: number, from?: number): AsyncIterable<Batch>;
}

/**
 * Opens examples and makes batches of them. Order and hidden words depend on seeds and the epoch only:
 * a training that goes on in the middle of an epoch reads what it would have read.
 *
 * @param data A list, a file, or an iterable, which is read into memory once.
 * @param collator Tokenises and pads.
 * @param options Size and order of the batches.
 * @returns The batches.
 * @throws {TypeError} If an option is unknown or of the wrong type, or the data are no examples.
 * @throws {RangeError | SyntaxError} If a file is missing or malformed.
 *
 * @example
 * ```ts
 * import { AutoModelForMaskedLM, AutoTokenizer, Collator } from "@lsg/core";
 * import { exampleBatches } from "@lsg/core/training";
 * import { assertEquals } from "@std/assert";
 *
 * const name = "FacebookAI/roberta-base";
 * using model = await AutoModelForMaskedLM.from_pretrained(name);
 * const collator = new Collator(model, await AutoTokenizer.from_pretrained(name));
 * const texts = ["One.", "And two.", "Then there are three."].map((text) => ({ text }));
 * const { batches, epoch } = await exampleBatches(texts, collator, { batch_size: 2, seed: 42 });
 * assertEquals(batches, 2);
 * for await (const { input_ids, labels } of epoch(0)) assertEquals(labels!.dims, input_ids.dims);
 * ```
 */
export async function exampleBatches<Batch extends TrainingBatch>(
  data: ExampleData,
  collator: BatchMaker<Batch>,
  options: ExampleBatchesOptions,
): Promise<ExampleBatches<Batch>> {
  const checked = checkOptions("Cannot make batches", options, {
    batch_size: countFrom(1),
    seed: countFrom(0),
    group_by_length: FLAG,
    gradient_accumulation_steps: countFrom(1),
    drop_last: FLAG,
    name: TEXT,
  });
  const { batch_size: batchSize, seed, group_by_length, drop_last, name } = checked;
  const stepSize = batchSize * (checked.gradient_accumulation_steps ?? 1);
  const examples = await openExamples(data, name);
  const { length } = examples;
  const batches = drop_last ? Math.floor(length / batchSize) : Math.ceil(length / batchSize);
  return {
    examples: length,
    batches,
    async *epoch(epoch, from = 0) {
      const sizeOf = group_by_length ? examples.sizeOf : undefined;
      const order = orderOf(length, { seed, epoch, stepSize, sizeOf });
      for (let batch = from; batch < batches; batch++) {
        const indices = order.slice(batch * batchSize, (batch + 1) * batchSize);
        const chosen = await Promise.all(indices.map((index) => examples.at(index)));
        yield await collator.collateLocated(chosen, epoch);
      }
    },
  };
}
