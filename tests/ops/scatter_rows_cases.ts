import { assertSame, type Steps } from "./compared_backends.ts";
import { drawRows, WIDTHS } from "./rows.ts";

/** Rows that replace others, also several of them the same one. */
export const scatterRowsCases: Steps = async (backends, step) => {
  await step("puts rows, the last one where several have the same index", async () => {
    for (const width of WIDTHS) {
      for (const [batch, rows, put] of [[1, 1, 1], [3, 7, 4], [2, 3, 11], [2, 4, 0], [5, 2, 2]]) {
        await backends.compare(`${put} into ${batch}·${rows}·${width}`, (backend) => {
          const x = backend.floats(backends.draw(batch * rows * width), [batch, rows, width]);
          const y = backend.floats(backends.draw(batch * put * width, 3), [batch, put, width]);
          const index = backend.integers(drawRows(batch * put, -1, rows), [batch, put]);
          return [backend.scatterRows(x, index, y), x];
        }, assertSame);
      }
    }
  });
};
