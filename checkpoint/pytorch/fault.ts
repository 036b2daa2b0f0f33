/**
 * Errors in a file's contents. They are thrown where the file's name is not known, and get it in
 * one place.
 *
 * @module
 */

/** A fault in a file, without the file's name. */
export class Fault extends Error {
  /** The class of the error that a caller of the library gets. */
  readonly kind: typeof SyntaxError | typeof RangeError;

  /** Describes the fault. */
  constructor(kind: typeof SyntaxError | typeof RangeError, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** The bytes end before a value does. */
export class Truncated extends Fault {}

/** Makes the fault of a file that is not what its format wants. */
export function malformed(message: string): Fault {
  return new Fault(SyntaxError, message);
}

/** Makes the fault of a file that is valid, but not read here. */
export function refused(message: string): Fault {
  return new Fault(RangeError, message);
}

/**
 * Runs `body` and gives faults the file's name.
 *
 * @param origin The file's name.
 * @param body The reading of the file.
 * @returns Its result.
 * @throws {SyntaxError | RangeError} In place of a fault.
 */
export async function withOrigin<Result>(
  origin: string,
  body: () => Promise<Result>,
): Promise<Result> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof Fault) throw new error.kind(`Cannot read ${origin}: ${error.message}`);
    throw error;
  }
}
