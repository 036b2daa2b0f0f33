/**
 * Comparison of tensors with expected values.
 *
 * @module
 */

/** Values with their shape. */
export interface Values {
  /** Length of each dimension. */
  readonly dims: readonly number[];
  /** Values, row-major. */
  readonly data: Float32Array;
}

/** Result of a comparison. */
export interface Comparison {
  /** Whether every value is within the bound. */
  readonly passed: boolean;
  /** Largest difference among the compared rows; infinite if it is not defined. */
  readonly largestError: number;
  /** Largest allowed difference. */
  readonly bound: number;
  /** Description of the fault and its position; empty if there is none. */
  readonly fault: string;
}

/**
 * Compares each value with the expected one.
 *
 * A wrong shape, nothing to compare, and non-finite values fail for any bound. Rows that are not
 * compared may hold any finite values.
 *
 * @param actual Computed values.
 * @param expected Expected values.
 * @param bound Largest allowed difference.
 * @param isCompared Returns whether a row (over all dimensions but the last) is compared; all are if
 * absent.
 * @returns The result.
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
    const isIncluded = isCompared(Math.floor(i / width));
    if (!Number.isFinite(actual.data[i]) || isIncluded && !Number.isFinite(expected.data[i])) {
      return fail(
        `${actual.data[i]} at ${coordinatesOf(i, expected.dims)}, wanted ${expected.data[i]}`,
      );
    }
    if (!isIncluded) continue;
    compared++;
    const error = Math.abs(actual.data[i] - expected.data[i]);
    if (error > largestError) [largestError, worst] = [error, i];
  }
  if (compared === 0) return fail("there was nothing to compare");
  const passed = largestError <= bound;
  const fault = passed ? "" : `${actual.data[worst]} at ${coordinatesOf(worst, expected.dims)}, ` +
    `wanted ${expected.data[worst]} ± ${bound.toExponential(1)}`;
  return { passed, largestError, bound, fault };
}

/**
 * Compares values as a whole: the Euclidean norm of the difference beside that of the expected values.
 *
 * @param actual Computed values.
 * @param expected Expected values.
 * @param bound Largest allowed ratio of the norms.
 * @param isCompared Returns whether a row is compared; all are if absent.
 * @returns The result, whose largest error is the ratio; as {@linkcode compare} fails otherwise.
 */
export function compareNorms(
  actual: Values,
  expected: Values,
  bound: number,
  isCompared: (row: number) => boolean = () => true,
): Comparison {
  const compared = compare(actual, expected, Number.MAX_VALUE, isCompared);
  if (!compared.passed) return { ...compared, bound };
  const width = expected.dims.at(-1) ?? 1;
  const norm = (valueOf: (i: number) => number) =>
    Math.sqrt(expected.data.reduce(
      (sum, _, i) => isCompared(Math.floor(i / width)) ? sum + valueOf(i) ** 2 : sum,
      0,
    ));
  const largestError = norm((i) => actual.data[i] - expected.data[i]) /
    norm((i) => expected.data[i]);
  const passed = largestError <= bound;
  const fault = passed ? "" : `off by ${largestError.toExponential(1)} of the expected values' ` +
    `norm, wanted at most ${bound.toExponential(1)}`;
  return { passed, largestError, bound, fault };
}

/**
 * Prefixes the description of a fault with a name.
 *
 * @param name Name of the compared output or tensor.
 * @param comparison The result.
 * @returns A copy with the prefix; the same result if it passed.
 */
export function nameFault(name: string, comparison: Comparison): Comparison {
  return comparison.passed ? comparison : { ...comparison, fault: `${name}: ${comparison.fault}` };
}

/** Converts index `i` of a row-major array to coordinates. */
function coordinatesOf(i: number, dims: readonly number[]): string {
  const coordinates: number[] = [];
  for (const length of [...dims].reverse()) {
    coordinates.unshift(i % length);
    i = Math.floor(i / length);
  }
  return `[${coordinates}]`;
}
