/**
 * Compares values with what was expected.
 *
 * @module
 */

/** Values with a shape. */
export interface Values {
  /** The length of each dimension. */
  readonly dims: readonly number[];
  /** The values, row-major. */
  readonly data: Float32Array;
}

/** What a comparison found. */
export interface Comparison {
  /** Whether every value lies within the bound. */
  readonly passed: boolean;
  /** The largest difference among the compared rows; infinite if there is no meaningful one. */
  readonly largestError: number;
  /** What was allowed. */
  readonly bound: number;
  /** What is wrong, and where; empty if nothing is. */
  readonly fault: string;
}

/**
 * Compares each value with the expected one.
 *
 * A wrong shape, nothing to compare, and anything that is not finite fail, whatever the bound; a
 * row that does not count may hold any number, but a finite one.
 *
 * @param actual What was computed.
 * @param expected What it should be.
 * @param bound The largest difference that is allowed.
 * @param isCompared Tells which rows (all dimensions but the last) count; absent: all.
 * @returns The verdict and the largest difference.
 */
export function compare(
  actual: Values,
  expected: Values,
  bound: number,
  isCompared: (row: number) => boolean = () => true,
): Comparison {
  const fail = (fault: string): Comparison => ({
    passed: false,
    largestError: Infinity,
    bound,
    fault,
  });
  if (!(bound >= 0)) return fail(`the bound is ${bound}`);
  if (String(actual.dims) !== String(expected.dims)) {
    return fail(`shape [${actual.dims}], wanted [${expected.dims}]`);
  }
  const size = expected.dims.reduce((product, n) => product * n, 1);
  if (actual.data.length !== size || expected.data.length !== size) {
    return fail(`${actual.data.length} values, wanted ${size}`);
  }
  const width = expected.dims.at(-1) ?? 1;
  let largestError = 0;
  let worst = -1;
  let compared = 0;
  for (let i = 0; i < size; i++) {
    const counts = isCompared(Math.floor(i / width));
    if (!Number.isFinite(actual.data[i]) || counts && !Number.isFinite(expected.data[i])) {
      return fail(`${actual.data[i]} at ${place(i, expected.dims)}, wanted ${expected.data[i]}`);
    }
    if (!counts) continue;
    compared++;
    const error = Math.abs(actual.data[i] - expected.data[i]);
    if (error > largestError) [largestError, worst] = [error, i];
  }
  if (compared === 0) return fail("there was nothing to compare");
  const passed = largestError <= bound;
  const fault = passed ? "" : `${actual.data[worst]} at ${place(worst, expected.dims)}, ` +
    `wanted ${expected.data[worst]} ± ${bound.toExponential(1)}`;
  return { passed, largestError, bound, fault };
}

/**
 * The same verdict; what is wrong says with what.
 *
 * @param name What was compared: an output, a tensor.
 * @param comparison The verdict.
 * @returns A copy.
 */
export function named(name: string, comparison: Comparison): Comparison {
  return comparison.passed ? comparison : { ...comparison, fault: `${name}: ${comparison.fault}` };
}

/** Index `i` of a row-major array as coordinates. */
function place(i: number, dims: readonly number[]): string {
  const coordinates: number[] = [];
  for (const length of [...dims].reverse()) {
    coordinates.unshift(i % length);
    i = Math.floor(i / length);
  }
  return `[${coordinates}]`;
}
