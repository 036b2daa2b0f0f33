/**
 * Python's `range`.
 *
 * @module
 */

/** Most numbers of a range, as in Jinja's sandbox. */
const MAX_RANGE = 100_000;

/**
 * Lists the numbers of a range.
 *
 * @param args The end; or start, end and perhaps a step.
 * @returns The numbers.
 * @throws {RangeError} If an argument is not a whole number, or there are too many numbers.
 */
export function range(args: readonly unknown[]): number[] {
  const [start, stop, step] = args.length < 2 ? [0, args[0], 1] : [...args, 1];
  const isWhole = [start, stop, step].every(Number.isSafeInteger) && step !== 0;
  const length = Math.ceil((Number(stop) - Number(start)) / Number(step));
  if (!isWhole || args.length > 3 || length > MAX_RANGE) {
    throw new RangeError(
      `range(${args.join(", ")}): wanted one to three whole numbers, ${MAX_RANGE} steps at most`,
    );
  }
  return Array.from({ length: Math.max(0, length) }, (_, i) => Number(start) + i * Number(step));
}
