import { assertThrows } from "@std/assert";
import { assertSame, type Steps } from "./floors.ts";
import { drawRows, WIDTHS } from "./rows.ts";

/** Rows that are put in places, also several in one. */
export const scatterRowsCases: Steps = async (floors, step) => {
  await step("puts rows, the last one where several go to one place", async () => {
    for (const width of WIDTHS) {
      for (const [batch, rows, put] of [[1, 1, 1], [3, 7, 4], [2, 3, 11], [2, 4, 0], [5, 2, 2]]) {
        await floors.compare(`${put} into ${batch}·${rows}·${width}`, (backend) => {
          const x = backend.floats(floors.draw(batch * rows * width), [batch, rows, width]);
          const y = backend.floats(floors.draw(batch * put * width, 3), [batch, put, width]);
          const index = backend.integers(drawRows(batch * put, -1, rows), [batch, put]);
          return [backend.scatterRows(x, index, y), x];
        }, assertSame);
      }
    }
  });

  await step("refuses rows that there are not", () => {
    for (const backend of floors.all) {
      const x = backend.floats(new Float32Array(6), [1, 3, 2]);
      const y = backend.floats(new Float32Array(2), [1, 1, 2]);
      for (const row of [-2, 3]) {
        const index = backend.integers(new Int32Array([row]), [1, 1]);
        assertThrows(() => backend.scatterRows(x, index, y), RangeError, `index ${row} at place 0`);
        index.dispose();
      }
      [x, y].forEach((tensor) => tensor.dispose());
    }
  });
};
