/**
 * The sizes that are measured, which the address of the page may change.
 *
 * @module
 */
import type { CardOptions } from "../../bench/gpu/measure_card.ts";

/** Sizes of `deno task bench:gpu`, with fewer repetitions. */
const SIZES = {
  rows: 4096,
  tokens: 4096,
  heads: 12,
  vocabulary: 50265,
  encoder: 4096,
  repeats: 3,
  milliseconds: 100,
};

/** Largest value of each size. */
const LARGEST = 65536;

/** What the page asks for. */
export interface CardChoices {
  /** Data type of weights, and with "fp16" of all values. */
  readonly dtype: CardOptions["dtype"];
  /** Whether RoBERTa-base is measured, too. */
  readonly hasEncoder: boolean;
}

/**
 * Reads sizes from the address, as `?rows=512&tokens=1024`.
 *
 * @param search The part of the address from the question mark on.
 * @param choices What the page asks for.
 * @returns What is measured.
 * @throws {RangeError} If a size is unknown or not a whole number in its range.
 */
export function readSizes(search: string, { dtype, hasEncoder }: CardChoices): CardOptions {
  const sizes = { ...SIZES };
  for (const [name, given] of new URLSearchParams(search)) {
    if (!Object.hasOwn(sizes, name)) {
      throw new RangeError(
        `Cannot measure ${name.slice(0, 20)}: wanted one of ${Object.keys(SIZES).join(", ")}`,
      );
    }
    const value = Number(given);
    if (!/^\d{1,5}$/.test(given) || value < 1 || value > LARGEST) {
      throw new RangeError(
        `Cannot measure with ${name} ${
          given.slice(0, 20)
        }: wanted a whole number from 1 to ${LARGEST}`,
      );
    }
    sizes[name as keyof typeof SIZES] = value;
  }
  const { tokens, milliseconds, encoder, ...same } = sizes;
  return {
    ...same,
    dtype,
    tokens: [tokens],
    encoder: hasEncoder ? encoder : 0,
    seconds: milliseconds / 1000,
  };
}
