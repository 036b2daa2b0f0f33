import { assertSame, type Steps } from "./compared_backends.ts";
import { drawRows, WIDTHS } from "./rows.ts";

/** Rows that are picked, also none and more than there are. */
export const gatherRowsCases: Steps = async (backends, step) => {
  for (const shared of [false, true]) {
    await step(shared ? "picks the same of all sequences" : "picks of each sequence", async () => {
      for (const width of WIDTHS) {
        for (const [batch, rows, picked] of [[1, 1, 1], [3, 7, 4], [2, 3, 11], [2, 4, 0]]) {
          const sequences = shared ? 1 : batch;
          await backends.compare(`${picked} of ${batch}·${rows}·${width}`, (backend) => {
            const x = backend.floats(backends.draw(batch * rows * width), [batch, rows, width]);
            const index = drawRows(sequences * picked, -1, rows);
            return [backend.gatherRows(x, backend.integers(index, [sequences, picked]))];
          }, assertSame);
        }
      }
    });
  }
};
