/**
 * Attention inside hash buckets.
 *
 * @module
 */
import type { HashedShape } from "../cpu/attend_hashed.ts";
import type { Command } from "./machine/commands.ts";

/** Where the operands are. */
export interface HashedAddresses {
  /** `[batch, tokens, heads·width]`. */
  readonly query: number;
  /** `[batch, tokens, heads·width]`. */
  readonly value: number;
  /** `[batch, tokens]`. */
  readonly mask: number;
  /** `[heads, width, columns]`. */
  readonly projection: number;
  /** `[batch, tokens, heads·width]`. */
  readonly y: number;
  /** Memory of the threads' own. */
  readonly scratch: number;
}

/**
 * Reformer's attention with one hash round; see cpu/attend_hashed.ts.
 *
 * @param addresses The operands.
 * @param shape Sizes.
 * @returns The operation.
 */
export function attendHashed(addresses: HashedAddresses, shape: HashedShape): Command {
  const { query, value, mask, projection, y, scratch } = addresses;
  const { batch, tokens, heads, width, columns, chunk } = shape;
  const operands = [query, value, mask, projection, y, scratch, hashedScratch(shape)];
  return {
    operation: "attendHashed",
    words: [...operands, batch, tokens, heads, width, columns, chunk],
  };
}

/**
 * Memory that each thread needs for a head: each token's bucket and key factor, the sorted tokens,
 * where each bucket starts, and the scores of two chunks.
 *
 * @param shape Sizes.
 * @returns How many bytes.
 */
export function hashedScratch(
  { tokens, columns, chunk }: Pick<HashedShape, "tokens" | "columns" | "chunk">,
): number {
  return 4 * (3 * tokens + 2 * columns + 1 + 2 * chunk);
}
