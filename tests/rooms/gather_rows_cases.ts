import { assertThrows } from "@std/assert";
import { assertSame, type Steps } from "./floors.ts";
import { drawRows, WIDTHS } from "./rows.ts";

/** Rows that are picked, also none and more than there are. */
export const gatherRowsCases: Steps = async (floors, step) => {
  for (const shared of [false, true]) {
    await step(shared ? "picks the same of all sequences" : "picks of each sequence", async () => {
      for (const width of WIDTHS) {
        for (const [batch, rows, picked] of [[1, 1, 1], [3, 7, 4], [2, 3, 11], [2, 4, 0]]) {
          const sequences = shared ? 1 : batch;
          await floors.compare(`${picked} of ${batch}·${rows}·${width}`, (backend) => {
            const x = backend.floats(floors.draw(batch * rows * width), [batch, rows, width]);
            const index = drawRows(sequences * picked, -1, rows);
            return [backend.gatherRows(x, backend.integers(index, [sequences, picked]))];
          }, assertSame);
        }
      }
    });
  }

  await step("refuses rows that there are not, and indices that a kernel made", () => {
    for (const backend of floors.all) {
      const x = backend.floats(new Float32Array(6), [1, 3, 2]);
      for (const row of [-2, 3]) {
        const index = backend.integers(new Int32Array([row]), [1, 1]);
        assertThrows(() => backend.gatherRows(x, index), RangeError, `index ${row} at place 0`);
        index.dispose();
      }
      const ones = backend.integers(new Int32Array([1, 1, 1]), [1, 3]);
      const shape = { heads: 1, first: 0, tokens: 3, block: 3, factor: 3, chunk: 3 };
      const list = backend.selectStride(x, x, ones, shape);
      const made = list.mask.reshape([1, 1]);
      assertThrows(() => backend.gatherRows(x, made), TypeError, "integers that a kernel made");
      [x, ones, list.keys, list.values, list.mask].forEach((tensor) => tensor.dispose());
    }
  });
};
