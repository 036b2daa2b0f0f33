import { assertSame, type Steps } from "./compared_backends.ts";
import { WIDTHS } from "./rows.ts";

/** Rows of y after rows of x, at each width. */
export const concatRowsCases: Steps = async (backends, step) => {
  const sizes = [[1, 1, 1], [2, 3, 4], [3, 1, 5], [2, 0, 3], [2, 3, 0]];

  for (const shared of [false, true]) {
    await step(
      shared ? "of rows that all sequences share" : "of rows of each sequence",
      async () => {
        for (const width of WIDTHS) {
          for (const [batch, n, m] of sizes) {
            const first = shared ? 1 : batch;
            await backends.compare(`${first}·${n} and ${batch}·${m} of ${width}`, (backend) => {
              const x = backend.floats(backends.draw(first * n * width), [first, n, width]);
              return [
                backend.concatRows(
                  x,
                  backend.floats(backends.draw(batch * m * width), [batch, m, width]),
                ),
              ];
            }, assertSame);
          }
        }
      },
    );
  }
};
