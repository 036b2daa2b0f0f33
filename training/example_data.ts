/**
 * Examples as batches.
 *
 * @module
 */
import { showValue } from "../base/show_value.ts";
import { Random } from "../tensor/random.ts";
import type { TrainingBatch } from "./training_batch.ts";
import type { TrainingData } from "./training_data.ts";

/** Examples: a list, or an iterable that begins again each time it is read. */
export type Dataset<Example> = readonly Example[] | AsyncIterable<Example>;

/** Makes a batch of examples. */
export type DataCollator<Example> = (
  examples: readonly Example[],
) => TrainingBatch | Promise<TrainingBatch>;

/** How examples become batches. */
export interface DataOptions<Example> {
  /** Examples of a batch. */
  readonly batchSize: number;
  /** Makes a batch. */
  readonly collator: DataCollator<Example>;
  /** Seed of the order of a list; absent: as it is. An iterable is always read as it is. */
  readonly seed?: number;
  /** Whether a batch that is not full is left out; false if absent. */
  readonly dropLast?: boolean;
}

/**
 * Prepares the reading of examples.
 *
 * @param dataset The examples.
 * @param options How they become batches.
 * @returns The batches.
 * @throws {TypeError} If they are neither a list nor an iterable.
 */
export function exampleData<Example>(
  dataset: Dataset<Example>,
  options: DataOptions<Example>,
): TrainingData {
  const { batchSize, collator, seed, dropLast = false } = options;
  const isList = Array.isArray(dataset);
  if (
    !isList && typeof (dataset as AsyncIterable<Example>)?.[Symbol.asyncIterator] !== "function"
  ) {
    throw new TypeError(
      `Cannot read examples from ${showValue(dataset)}: wanted an array or an async iterable`,
    );
  }
  const examples = isList ? dataset.length : undefined;
  const round = dropLast ? Math.floor : Math.ceil;
  return {
    examples,
    batches: examples === undefined ? undefined : round(examples / batchSize),
    async *epoch(epoch, from) {
      const skipped = from * batchSize;
      let chosen: Example[] = [];
      for await (
        const example of isList
          ? inOrder(dataset, seed, epoch, skipped)
          : skip(dataset as AsyncIterable<Example>, skipped)
      ) {
        chosen.push(example);
        if (chosen.length < batchSize) continue;
        yield await collator(chosen);
        chosen = [];
      }
      if (chosen.length > 0 && !dropLast) yield await collator(chosen);
    },
  };
}

function* inOrder<Example>(
  list: readonly Example[],
  seed: number | undefined,
  epoch: number,
  from: number,
): Generator<Example> {
  const order = seed === undefined ? [...list.keys()] : permutation(list.length, seed, epoch);
  for (const index of order.slice(from)) yield list[index];
}

async function* skip<Example>(
  examples: AsyncIterable<Example>,
  count: number,
): AsyncGenerator<Example> {
  let index = 0;
  for await (const example of examples) if (index++ >= count) yield example;
}

/**
 * The order of the examples in an epoch: a permutation by Fisher and Yates from `Random(seed + epoch)`.
 *
 * @param count Number of examples.
 * @param seed The seed.
 * @param epoch The epoch.
 * @returns The indices.
 */
export function permutation(count: number, seed: number, epoch: number): number[] {
  const random = new Random((seed + epoch) >>> 0);
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random.uniform() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
