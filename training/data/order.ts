/**
 * The order in which examples are read.
 *
 * @module
 */
import { Random } from "../../tensor/random.ts";

/** Largest number of steps whose examples are sorted by length together. */
const MAX_MEGABATCHES = 50;

/** What an order depends on. */
export interface OrderOptions {
  /** Seed of the order; absent: as they are. */
  readonly seed?: number;
  /** The epoch, from 0. */
  readonly epoch: number;
  /** Examples of a step: of a batch, or of several whose gradients are summed. */
  readonly stepSize: number;
  /** About how long an example is; absent: examples of similar length are not put together. */
  readonly sizeOf?: (index: number) => number;
}

/**
 * Orders examples: a permutation by Fisher and Yates from `Random(seed + epoch)`. With lengths, it is
 * cut into chunks of up to 50 steps, each of them sorted from long to short, and the longest example
 * comes first, so that too little memory shows at once (transformers' `group_by_length`).
 *
 * @param count Number of examples.
 * @param options Seed, epoch, lengths.
 * @returns Their indices.
 */
export function orderOf(count: number, options: OrderOptions): number[] {
  const { seed, epoch, stepSize, sizeOf } = options;
  const order = Array.from({ length: count }, (_, i) => i);
  if (seed !== undefined) {
    const random = new Random((seed + epoch) >>> 0);
    for (let i = count - 1; i > 0; i--) {
      const j = Math.floor(random.uniform() * (i + 1));
      [order[i], order[j]] = [order[j], order[i]];
    }
  }
  if (!sizeOf) return order;
  const megabatches = Math.max(1, Math.min(MAX_MEGABATCHES, Math.floor(count / (4 * stepSize))));
  const chunk = megabatches * stepSize;
  const chunks = Array.from(
    { length: Math.ceil(count / chunk) },
    (_, i) => order.slice(i * chunk, (i + 1) * chunk).sort((a, b) => sizeOf(b) - sizeOf(a)),
  );
  if (chunks.length > 1) {
    const heads = chunks.map(([head]) => sizeOf(head));
    const longest = heads.indexOf(heads.reduce((most, size) => Math.max(most, size)));
    [chunks[0][0], chunks[longest][0]] = [chunks[longest][0], chunks[0][0]];
  }
  return chunks.flat();
}
