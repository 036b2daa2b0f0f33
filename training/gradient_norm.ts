/**
 * The norm of all gradients together.
 *
 * @module
 */
import type { Backend, Floats } from "../ops/backend.ts";
import { sumSquares } from "../ops/sum_squares.ts";

/**
 * The root of the sum of all squares; the squares of each gradient are summed on the backend.
 *
 * @param backend The backend of the gradients.
 * @param gradients The gradients, with names for messages.
 * @returns The norm.
 * @throws {RangeError} If one is infinite or NaN, or its square is.
 */
export async function gradientNorm(
  backend: Backend,
  gradients: readonly (readonly [name: string, gradient: Floats])[],
): Promise<number> {
  const squares = backend.scope(() =>
    gradients.map(([, gradient]) => backend.run(sumSquares, gradient))
  );
  try {
    const sums = await Promise.all(
      squares.map(async (square) => (await square.getData()).reduce((sum, part) => sum + part, 0)),
    );
    const at = sums.findIndex((sum) => !Number.isFinite(sum));
    if (at !== -1) {
      throw new RangeError(
        `Cannot train: the gradient of ${gradients[at][0]} is not finite; wanted a lower ` +
          "learning rate, or data that the model can learn",
      );
    }
    return Math.sqrt(sums.reduce((sum, square) => sum + square, 0));
  } finally {
    squares.forEach((square) => square.dispose());
  }
}
